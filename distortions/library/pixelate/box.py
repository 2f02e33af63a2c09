"""Pixelation: the mean of each block of a grid, repeated over the block."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

Indices = NDArray[np.int64]


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    rows, row = _blocks(window.height, parameters["scale"], window.top, pixels.shape[0])
    columns, column = _blocks(window.width, parameters["scale"], window.left, pixels.shape[1])
    corners = np.take(np.take(cv2.integral(pixels), rows, axis=0), columns, axis=1)
    sums = np.diff(np.diff(corners, axis=0), axis=1)
    counts = (np.diff(rows)[:, None] * np.diff(columns)[None, :])[..., None]
    counts = np.maximum(counts, 1)  # a block that the window cuts off entirely lies in the margin
    means = (sums.astype(np.float32) / counts.astype(np.float32) + np.float32(0.5)).astype(np.uint8)
    return _repeated(means, row, column)


def _repeated(means: Pixels, row: Indices, column: Indices) -> Pixels:
    """Rows and columns of ``means`` by number; a pixel moves as one 32-bit word."""
    packed = cv2.cvtColor(means, cv2.COLOR_RGB2RGBA).view(np.uint32)[..., 0]
    wide = np.take(packed, column, axis=1).view(np.uint8).reshape(len(means), len(column), 4)
    return np.take(cv2.cvtColor(wide, cv2.COLOR_RGBA2RGB), row, axis=0)


def _blocks(whole: int, scale: float, start: int, length: int) -> tuple[Indices, Indices]:
    """Edges of the blocks that a window shows, cut to it, and the number of the block that each of its pixels shows.

    ``whole`` pixels become int(whole x scale) blocks, divided as Pillow's BOX and NEAREST resizing does; on an exact half the
    two differ by a pixel.
    """
    count = max(int(whole * scale), 1)
    shown = (2 * np.arange(start, start + length) + 1) * count // (2 * whole)
    number = np.arange(shown[0], shown[-1] + 2)
    edges = (2 * number * whole + count) // (2 * count) - start
    return np.clip(edges, 0, length), shown - shown[0]


def _reach(parameters: Parameters) -> Support:
    return Support.around(math.ceil(2 / parameters["scale"]) + 2)


PLUGIN = Distortion(
    name="pixelate.box",
    category="pixelate",
    taxonomy="dq495k",
    levels=tuple({"scale": value} for value in (0.5, 0.4, 0.3, 0.25, 0.2)),
    sentence="Detail turns into visible square blocks of one colour each.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/pixelate.py",
    apply=_apply,
    reach=_reach,
)
