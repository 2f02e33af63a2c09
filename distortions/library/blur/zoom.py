"""Zoom blur: the mean of the picture and of copies of it that are enlarged about its centre."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

_STEP = 0.02
_PARTS = 32
"""positions are multiples of 1/32 pixel: then every sample is a whole number of 1024ths, which float32 adds exactly"""


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    copies = int(parameters["copies"])
    samples = pixels.astype(np.float32)
    # The picture itself counts twice: once as it is and once as the copy of factor 1.
    total = samples * np.float32(2)
    for number in range(1, copies):
        cv2.add(total, _enlarged(samples, 1 + _STEP * number), dst=total)
    result: Pixels = cv2.multiply(total, 1 / (copies + 1), dtype=cv2.CV_8U)
    return result


def _enlarged(samples: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """The middle of a picture, enlarged with its corners aligned and cut at the bottom right, as scipy's bilinear zoom does."""
    height, width = samples.shape[:2]
    y, x = _positions(height, factor), _positions(width, factor)
    whole = np.empty((height, width, 2), np.int16)
    whole[..., 0], whole[..., 1] = (x // _PARTS)[None, :], (y // _PARTS)[:, None]
    part = ((y % _PARTS)[:, None] * _PARTS + (x % _PARTS)[None, :]).astype(np.uint16)
    result: NDArray[np.float32] = cv2.remap(samples, whole, part, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return result


def _positions(length: int, factor: float) -> NDArray[np.int32]:
    """Where each sample is read, in 32nds of a pixel."""
    kept = int(np.ceil(length / factor))
    first, step = (length - kept) // 2, (kept - 1) / (round(kept * factor) - 1)
    positions: NDArray[np.int32] = np.rint((first + step * np.arange(length)) * _PARTS).astype(np.int32)
    return positions


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
