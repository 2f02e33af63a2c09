"""Zoom blur: the mean of the picture and of copies of it that are enlarged about its centre."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window
from schemas.values import Box

__all__ = ["PLUGIN"]

_STEP = 0.02
_STRIP_PIXELS = 2**16
"""pixels worked on at once, so that all copies of them stay in the processor's cache"""
_PARTS = 32
"""positions are multiples of 1/32 pixel: then every sample is a whole number of 1024ths, which float32 adds exactly"""


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    x0, y0, x1, y1 = window.shown
    result = np.empty_like(pixels)
    rows = max(_STRIP_PIXELS // (x1 - x0), 1)
    for top in range(y0, y1, rows):
        end = min(top + rows, y1)
        result[top:end, x0:x1] = _mean(pixels, (x0, top, x1, end), int(parameters["copies"]))
    return result


def _mean(pixels: Pixels, shown: Box, copies: int) -> Pixels:
    x0, y0, x1, y1 = shown
    # The picture itself counts twice: once as it is and once as the copy of factor 1.
    total = pixels[y0:y1, x0:x1].astype(np.float32) * np.float32(2)
    for number in range(1, copies):
        cv2.add(total, _enlarged(pixels, shown, 1 + _STEP * number), dst=total)
    result: Pixels = cv2.multiply(total, 1 / (copies + 1), dtype=cv2.CV_8U)
    return result


def _enlarged(pixels: Pixels, shown: Box, factor: float) -> NDArray[np.float32]:
    """A box of the picture's middle, enlarged with corners aligned and cut at the bottom right, as scipy's bilinear zoom does."""
    x0, y0, x1, y1 = shown
    top, y = _positions(pixels.shape[0], factor, y0, y1)
    left, x = _positions(pixels.shape[1], factor, x0, x1)
    whole = np.empty((y1 - y0, x1 - x0, 2), np.int16)
    whole[..., 0], whole[..., 1] = (x // _PARTS)[None, :], (y // _PARTS)[:, None]
    part = ((y % _PARTS)[:, None] * _PARTS + (x % _PARTS)[None, :]).astype(np.uint16)
    samples = pixels[top : top + y[-1] // _PARTS + 2, left : left + x[-1] // _PARTS + 2].astype(np.float32)
    result: NDArray[np.float32] = cv2.remap(samples, whole, part, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return result


def _positions(length: int, factor: float, start: int, end: int) -> tuple[int, NDArray[np.int32]]:
    """Where the samples ``start`` to ``end`` of a side are read: the first one read, and 32nds of a pixel from there."""
    kept = int(np.ceil(length / factor))
    margin, step = (length - kept) // 2, (kept - 1) / (round(kept * factor) - 1)
    positions: NDArray[np.int32] = np.rint((margin + step * np.arange(start, end)) * _PARTS).astype(np.int32)
    first = int(positions[0]) // _PARTS
    return first, positions - np.int32(first * _PARTS)


def _reach(_: Parameters) -> Support:
    return WHOLE


PLUGIN = Distortion(
    name="blur.zoom",
    category="blur",
    taxonomy="dq495k",
    levels=tuple({"copies": value} for value in (2, 4, 6, 8, 11)),
    sentence="Everything streaks away from the centre, more towards the borders.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/blur.py, helper.py (factors 1.00, 1.02, ... )",
    apply=_apply,
    reach=_reach,
)
