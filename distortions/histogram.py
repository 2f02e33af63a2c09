"""Histograms of 8-bit pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Pixels

__all__ = ["channel_histograms"]

_EXACT = 2**24
"""pixels up to which OpenCV's float32 counts are exact"""


def channel_histograms(pixels: Pixels) -> NDArray[np.int64]:
    """How often each of the 256 values occurs in each channel, 3 x 256."""
    totals = np.zeros((3, 256), np.int64)
    rows = max(_EXACT // pixels.shape[1], 1)
    for top in range(0, len(pixels), rows):
        part = [pixels[top : top + rows]]
        totals += np.stack([cv2.calcHist(part, [channel], None, [256], [0, 256]).ravel() for channel in range(3)]).astype(
            np.int64
        )
    return totals
