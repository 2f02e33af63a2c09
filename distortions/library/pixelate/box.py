"""Pixelation: the mean of each block of a grid, repeated over the block."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

Indices = NDArray[np.int64]


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    tops, bottoms, rows = _blocks(window.height, parameters["scale"], window.top, pixels.shape[0])
    lefts, rights, columns = _blocks(window.width, parameters["scale"], window.left, pixels.shape[1])
    sums = _sums(_sums(pixels, tops, bottoms, 0), lefts, rights, 1)
    counts = ((bottoms - tops)[:, None] * (rights - lefts)[None, :])[..., None]
    means = ((2 * sums + counts) // (2 * counts)).astype(np.uint8)
    result: Pixels = means[rows][:, columns]
    return result


def _blocks(whole: int, scale: float, start: int, length: int) -> tuple[Indices, Indices, Indices]:
    """First and last (exclusive) pixel of each block that a window shows, cut to it, and the block of each of its pixels.

    ``whole`` pixels become int(whole x scale) blocks, as Pillow's BOX and NEAREST resizing divides them.
    """
    count = max(int(whole * scale), 1)
    block = (2 * np.arange(start, start + length) + 1) * count // (2 * whole)
    number = np.arange(block[0], block[-1] + 1)
    first = (2 * number * whole + count) // (2 * count)
    last = (2 * (number + 1) * whole + count) // (2 * count)
    return np.clip(first - start, 0, length - 1), np.clip(last - start, 1, length), block - block[0]


def _sums(values: NDArray[np.generic], first: Indices, last: Indices, axis: int) -> NDArray[np.int64]:
    edges = np.stack([first, last], axis=-1).ravel()
    padded = np.concatenate([values, np.zeros_like(values.take([0], axis))], axis)
    return np.add.reduceat(padded, edges, axis=axis, dtype=np.int64)[(slice(None, None, 2),) if axis == 0 else np.s_[:, ::2]]


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
