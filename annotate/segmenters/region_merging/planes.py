"""What the merging looks at: colour, edge strength at three scales and texture of a photo at its working size.

Every step works on whole numbers (also those held in float32, all below 2^24), so results do not depend on the order of
additions, on vector instructions or on threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["CELL", "EDGE_SCALES", "Planes", "planes", "working_size"]

CELL: Final = 16
"""side of the grid cells, pixels; the working size is a multiple of it"""
EDGE_SCALES: Final = (1, 2, 4)
"""edges are taken on the picture averaged over blocks of this many pixels"""
# One step of L* weighs as much as one of a* or b*; OpenCV stores L* times 2.55.
_LAB_WEIGHTS: Final = np.array([1 / 2.55**2, 1.0, 1.0], dtype=np.float32)
_SOBEL: Final = 48.0  # sum of the positive weights of the 5 x 5 Sobel kernel


@dataclass(frozen=True)
class Planes:
    """Measurements of a photo at its working size h x w, both multiples of ``CELL``."""

    lab: NDArray[np.uint8]
    """CIE Lab as OpenCV stores it in 8 bits, h x w x 3"""
    half: NDArray[np.float32]
    """the mean of ``lab`` over 2 x 2 pixels, h/2 x w/2 x 3"""
    edges: tuple[NDArray[np.float32], ...]
    """edge strength in Lab steps a pixel at each of ``EDGE_SCALES`` (h/s x w/s), then the texture edge (h/4 x w/4)"""
    energy: NDArray[np.float32]
    """log of the fine detail of the luma, h/2 x w/2"""
    slant: NDArray[np.float32]
    """log ratio of horizontal to vertical luma steps, h/2 x w/2"""


def working_size(height: int, width: int, long_side: int) -> tuple[int, int]:
    """(height, width) at which a photo is segmented: about ``long_side`` on the long side, multiples of ``CELL``."""
    factor = long_side / max(height, width) / CELL
    return max(1, round(height * factor)) * CELL, max(1, round(width * factor)) * CELL


def planes(image: NDArray[np.uint8]) -> Planes:
    """The planes of a photo at its working size (uint8 RGB)."""
    lab = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), dtype=np.uint8)
    exact = lab.astype(np.float32)
    half, quarter = _blocks(exact, 2), _blocks(exact, 4)
    luma = np.ascontiguousarray(exact[..., 0])
    across = np.abs(cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=3))
    down = np.abs(cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=3))
    detail = np.abs(cv2.Laplacian(luma, cv2.CV_32F, ksize=3))
    edges = (*(_edge(level) for level in (exact, half, quarter)), _texture_edge(across, down, detail))
    across, down, detail = (_blocks(plane, 2) for plane in (across, down, detail))
    return Planes(lab, half, edges, np.log1p(detail), np.log1p(across) - np.log1p(down))


def _blocks(plane: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Means over blocks of ``side`` x ``side`` pixels; exact for whole numbers."""
    height, width = plane.shape[:2]
    return np.asarray(cv2.resize(plane, (width // side, height // side), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _edge(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """Length of the Lab gradient (5 x 5 Sobel), Lab steps over about two pixels of this scale."""
    across, down = (cv2.Sobel(lab, cv2.CV_32F, dx, 1 - dx, ksize=5, borderType=cv2.BORDER_REFLECT_101) for dx in (1, 0))
    squares: NDArray[np.float32] = ((across * across + down * down) * _LAB_WEIGHTS).sum(axis=2)
    return np.asarray(np.sqrt(squares) / np.float32(_SOBEL), dtype=np.float32)


def _texture_edge(*details: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gradient of the log of the detail planes at a quarter of the size."""
    logs = [np.rint(np.log1p(_blocks(detail, 4)) * 64).astype(np.float32) for detail in details]
    squares = np.zeros_like(logs[0])
    for plane in logs:
        for dx in (1, 0):
            step = cv2.Sobel(plane, cv2.CV_32F, dx, 1 - dx, ksize=5, borderType=cv2.BORDER_REFLECT_101)
            squares += step * step
    return np.asarray(np.sqrt(squares) / np.float32(_SOBEL * 8), dtype=np.float32)
