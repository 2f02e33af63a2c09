"""Lens blur: the mean over a disk."""

from __future__ import annotations

from math import isqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

_STRIP = 64
"""rows computed at once, so that their sums stay in the processor's cache"""


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    radius = int(parameters["radius"])
    padded = cv2.copyMakeBorder(pixels, radius, radius, radius, radius, cv2.BORDER_REFLECT_101)
    result = np.empty_like(pixels)
    for top in range(0, len(pixels), _STRIP):
        strip = result[top : top + _STRIP]
        strip[...] = _disk_means(padded[top : top + len(strip) + 2 * radius], radius)
    return result


def _disk_means(padded: Pixels, radius: int) -> Pixels:
    """Rounded means over a disk: sums of ever wider row pieces are added where the disk is that wide. Exact whole numbers."""
    halves = [isqrt(radius**2 - offset**2) for offset in range(-radius, radius + 1)]
    area = sum(2 * half + 1 for half in halves)
    samples = padded.astype(np.uint16 if area * 255 < 2**16 else np.uint32)
    height, width = len(padded) - 2 * radius, padded.shape[1] - 2 * radius
    piece = np.zeros_like(samples[:, radius : radius + width])
    sums = np.full_like(piece[:height], area // 2)
    for half in range(radius + 1):
        for column in {radius - half, radius + half}:
            piece += samples[:, column : column + width]
        for row in [row for row, wide in enumerate(halves) if wide == half]:
            sums += piece[row : row + height]
    return _divided(sums, area)


def _divided(sums: NDArray[np.uint16 | np.uint32], area: int) -> Pixels:
    result: Pixels = (sums // sums.dtype.type(area)).astype(np.uint8)
    return result


def _reach(parameters: Parameters) -> Support:
    return Support.around(int(parameters["radius"]))


PLUGIN = Distortion(
    name="blur.lens",
    category="blur",
    taxonomy="dq495k",
    levels=tuple({"radius": value} for value in (2, 3, 4, 6, 8)),
    sentence="Everything is out of focus, and bright points spread into disks.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/blur.py",
    apply=_apply,
    reach=_reach,
)
