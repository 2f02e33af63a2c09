"""Superpixels: watershed of the colours from one marker in each cell of a grid, put where the cell is most even."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.segmenters.region_merging.planes import CELL, Planes

__all__ = ["superpixels"]

_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.uint8)
_RIM: Final = 2  # markers keep this many pixels from their cell's rim, so that no two touch


def superpixels(measured: Planes) -> NDArray[np.int32]:
    """A number from 0 for each pixel of the working size; every superpixel is 4-connected."""
    height, width = measured.lab.shape[:2]
    rows, columns = _markers(measured.edges[0])
    seeds = np.zeros((height, width), dtype=np.int32)
    numbers = np.arange(1, len(rows) + 1, dtype=np.int32)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            seeds[rows + down, columns + right] = numbers
    flooded = cv2.watershed(cv2.GaussianBlur(measured.lab, (3, 3), 0), seeds)
    return close_lines(flooded) - 1


def _markers(edge: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of the lowest edge strength in each grid cell."""
    height, width = edge.shape
    down, across = height // CELL, width // CELL
    calm = cv2.blur(edge, (3, 3)).reshape(down, CELL, across, CELL).transpose(0, 2, 1, 3)[:, :, _RIM:-_RIM, _RIM:-_RIM]
    inner = CELL - 2 * _RIM
    row, column = np.divmod(calm.reshape(down, across, inner * inner).argmin(axis=2), inner)
    rows = row + _RIM + np.arange(down)[:, None] * CELL
    columns = column + _RIM + np.arange(across)[None, :] * CELL
    return rows.ravel(), columns.ravel()


def close_lines(flooded: NDArray[np.int32]) -> NDArray[np.int32]:
    """Labels from 1 on with the watershed's lines (-1, also along the picture's rim) given to a neighbour."""
    labels = np.maximum(flooded, 0).astype(np.float32)  # OpenCV dilates no int32; labels are far below 2^24
    open_pixels = labels == 0
    while open_pixels.any():
        grown = cv2.dilate(labels, _CROSS)
        labels[open_pixels] = grown[open_pixels]
        open_pixels = labels == 0
    return labels.astype(np.int32)
