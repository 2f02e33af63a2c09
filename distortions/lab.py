"""CIE L*a*b* in float32, such that a pixel's bits do not depend on where it lies in the picture or in a crop.

OpenCV converts most of a row with vector instructions and the last few pixels with scalar ones, which differ in the last bits
(up to 1e-6 of full scale, measured). Here pixels are laid out in one row that is filled up to a multiple of the longest vector,
so all of them go the same way.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Pixels

__all__ = ["from_lab", "rgb_of_lab", "to_lab"]

Lab = NDArray[np.float32]
_VECTOR = 64


def to_lab(pixels: Pixels) -> Lab:
    """float32 H x W x 3: L* 0 to 100, a* and b* about -128 to 127 (sRGB, D65)."""
    return _convert(np.multiply(pixels, np.float32(1 / 255), dtype=np.float32), cv2.COLOR_RGB2Lab)


def rgb_of_lab(lab: Lab) -> NDArray[np.float32]:
    """float32 H x W x 3 sRGB, 0 to 255; colours outside the gamut are clipped."""
    rgb = _convert(lab, cv2.COLOR_Lab2RGB)
    rgb *= 255
    return np.clip(rgb, 0, 255, out=rgb)


def from_lab(lab: Lab) -> Pixels:
    """uint8 H x W x 3 sRGB, rounded."""
    result: Pixels = cv2.convertScaleAbs(rgb_of_lab(lab))
    return result


def _convert(values: Lab, code: int) -> Lab:
    count = values.shape[0] * values.shape[1]
    row = np.zeros((1, count + -count % _VECTOR, 3), np.float32)
    row[0, :count] = values.reshape(-1, 3)
    converted: Lab = cv2.cvtColor(row, code)
    return converted[0, :count].reshape(values.shape)
