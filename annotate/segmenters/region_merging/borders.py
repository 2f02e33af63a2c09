"""Borders found at the working size, drawn again at the photo's own size."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.segmenters.region_merging.superpixels import close_lines

__all__ = ["refine"]

_LIMIT: Final = (
    2048  # borders of larger photos are drawn at this long side and enlarged: a few pixels of a hundred-megapixel photo
)


def refine(labels: NDArray[np.int32], image: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Labels (h x w, from 0) at the size of the photo (uint8 RGB H x W x 3).

    A band of one working pixel on either side of each border is opened and flooded from both sides along the photo's own colours.
    """
    height, width = image.shape[:2]
    factor = _LIMIT / max(height, width)
    if factor < 1:
        size = max(1, round(width * factor)), max(1, round(height * factor))
        drawn = refine(labels, np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
        return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.int32)
    sure = cv2.resize(_without_band(labels), (width, height), interpolation=cv2.INTER_NEAREST)
    if min(height, width) < 3 or not sure.any():
        return np.asarray(cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.int32)
    return close_lines(cv2.watershed(cv2.GaussianBlur(image, (3, 3), 0), np.ascontiguousarray(sure))) - 1


def _without_band(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Labels plus one, 0 beside every border; a region that is all border keeps all its pixels."""
    marked = (labels + 1).astype(np.float32)
    kernel = np.ones((3, 3), dtype=np.uint8)
    inner = cv2.erode(marked, kernel) == cv2.dilate(marked, kernel)
    survivors = np.bincount(labels[inner], minlength=int(labels.max()) + 1) > 0
    return np.where(inner | ~survivors[labels], labels + 1, 0).astype(np.int32)
