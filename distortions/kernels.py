"""Two-dimensional kernels with soft borders, of MATLAB's ``fspecial``, from their geometry."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Pixels

__all__ = ["disk", "filtered", "line", "line_radius"]

_BITS = 16
_STRIPS = 4096
_DIRECT = 120
"""weights up to which OpenCV adds products one by one (fewer than 130 on any x86-64 CPU)"""


@lru_cache(maxsize=32)
def disk(radius: float) -> NDArray[np.float32]:
    """Weights in proportion to the area of each pixel that a disk covers; sides of 2 x ceil(radius - 0.5) + 1, sum 1."""
    reach = math.ceil(radius - 0.5)
    offsets = np.arange(-reach, reach + 1)
    across = (np.arange(_STRIPS) + 0.5) / _STRIPS - 0.5
    half = np.sqrt(np.maximum(radius**2 - (offsets[:, None] + across) ** 2, 0))[None]
    lower, upper = offsets[:, None, None] - 0.5, offsets[:, None, None] + 0.5
    covered = np.maximum(np.minimum(upper, half) - np.maximum(lower, -half), 0).mean(axis=-1)
    return _exact(covered)


def line_radius(length: float) -> int:
    """Pixels that a line kernel reaches in any direction, at most."""
    return math.ceil((max(length, 1) - 1) / 2)


@lru_cache(maxsize=256)
def line(length: float, angle: float) -> NDArray[np.float32]:
    """A line of ``length`` pixels at ``angle`` degrees, counter-clockwise from the horizontal; sum 1.

    A pixel weighs 1 less its distance to the line's segment (0 at one pixel or more), so the line is one pixel wide with soft
    sides and ends.
    """
    half, radius = (max(length, 1) - 1) / 2, line_radius(length)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along, beside = np.abs(x * cosine - y * sine), np.abs(x * sine + y * cosine)
    distance = np.where(np.hypot(x, y) >= half, np.hypot(beside, half - along), beside)
    return _exact(np.maximum(1 - distance, 0))


def _exact(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weights as whole multiples of 2**-16 that sum to 1: sums of 8-bit samples are exact whatever their order."""
    share = weights / weights.sum() * 2**_BITS
    whole = np.floor(share)
    missing = int(2**_BITS - whole.sum())
    whole.flat[np.argsort(np.round(whole - share, 6), axis=None, kind="stable")[:missing]] += 1
    kernel: NDArray[np.float32] = (whole / 2**_BITS).astype(np.float32)
    kernel.setflags(write=False)
    return kernel


def filtered(pixels: Pixels, kernel: NDArray[np.float32]) -> Pixels:
    """The picture filtered with a kernel of this module, borders replicated, rounded.

    Large kernels go in bands of rows: OpenCV filters with more weights by Fourier transforms, whose sums are not exact.
    """
    if kernel.size <= _DIRECT:
        result: Pixels = cv2.filter2D(pixels, -1, kernel, borderType=cv2.BORDER_REPLICATE)
        return result
    rows, middle, values = _DIRECT // len(kernel), len(kernel) // 2, pixels.astype(np.float32)
    total = np.zeros_like(values)
    for top in range(0, len(kernel), rows):
        band = kernel[top : top + rows]
        total += _band(values, band, middle - top)
    return np.rint(total).astype(np.uint8)


def _band(values: NDArray[np.float32], band: NDArray[np.float32], middle: int) -> NDArray[np.float32]:
    """Filters with rows of a kernel whose middle lies ``middle`` rows below the first of them."""
    reach = max(middle, len(band) - 1 - middle)
    padded = cv2.copyMakeBorder(values, reach, reach, 0, 0, cv2.BORDER_REPLICATE)
    anchor = len(band) // 2
    soft = cv2.filter2D(padded, -1, band, anchor=(-1, anchor), borderType=cv2.BORDER_REPLICATE)
    first = reach - middle + anchor
    result: NDArray[np.float32] = soft[first : first + len(values)]
    return result
