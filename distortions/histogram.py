"""Histograms of 8-bit pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Pixels

__all__ = ["channel_histograms"]


def channel_histograms(pixels: Pixels) -> NDArray[np.int64]:
    """How often each of the 256 values occurs in each channel, 3 x 256."""
    return np.stack([np.bincount(channel.ravel(), minlength=256) for channel in cv2.split(pixels)])
