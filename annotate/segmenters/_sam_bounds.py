"""What is certain about a full-size mask before it is upscaled.

A full-size logit is a mean, with weights that are not negative, of the 2 or 3 x 3 low-resolution logits around it. So where
the smallest of those exceeds a threshold the full-size logit does too, and where the largest does not, it does not. Counts
weighted by how many full-size pixels see the same neighbours bound the stability score and the box of a mask from both
sides, at a fraction of the cost of upscaling. Decisions that the bounds cannot settle are left to the full-size mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from annotate.segmenters._sam_boxes import Boxes

__all__ = ["Bounds", "Neighbourhoods", "neighbourhoods"]

_SLACK = 1e-4  # of the largest logit: far above the rounding of two interpolations in float32


@dataclass(frozen=True)
class Bounds:
    """Bounds for K masks, on the CPU."""

    stability: NDArray[np.float32]
    """K, no smaller than the full-size stability score"""
    inner: Boxes
    """K x 4, lies in the full-size box; all zero if it may be empty"""
    outer: Boxes
    """K x 4, holds the full-size box"""


@dataclass(frozen=True)
class _Axis:
    """Full-size rows (or columns) grouped by the first low-resolution row they depend on."""

    starts: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


class Neighbourhoods:
    """Bounds of masks of one geometry: low-resolution logits to the size of the photo."""

    def __init__(self, rows: _Axis, columns: _Axis, device: Any) -> None:
        self.rows, self.columns = rows, columns
        self._row_starts = torch.as_tensor(rows.starts, device=device)
        self._column_starts = torch.as_tensor(columns.starts, device=device)
        self._row_counts = (rows.last - rows.first + 1).astype(np.float64)
        self._column_counts = torch.as_tensor(columns.last - columns.first + 1, dtype=torch.float32, device=device)

    def bounds(self, logits: Any, offset: float) -> Bounds:
        """Bounds for K x h x w low-resolution logits; ``offset`` is that of the stability score (threshold 0)."""
        smallest, largest = self._extremes(logits, torch.minimum), self._extremes(logits, torch.maximum)
        slack = logits.abs().amax(dim=(1, 2), keepdim=True) * _SLACK
        with np.errstate(divide="ignore", invalid="ignore"):
            most = self._count(largest > offset - slack) / self._count(smallest > slack - offset)
        inner, outer = self._boxes(smallest > slack), self._boxes(largest > -slack)
        return Bounds(np.nan_to_num(most, nan=np.inf), inner, outer)

    def _extremes(self, logits: Any, choose: Any) -> Any:
        """K x groups of rows x groups of columns: extreme of the 3 x 3 neighbours of each group."""
        rows = choose(choose(logits[:, :-2], logits[:, 1:-1]), logits[:, 2:]).index_select(1, self._row_starts)
        return choose(choose(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:]).index_select(2, self._column_starts)

    def _count(self, chosen: Any) -> NDArray[np.float64]:
        """Full-size pixels of the chosen groups."""
        by_row: NDArray[np.float32] = (chosen.float() @ self._column_counts).cpu().numpy()  # exact: below 2**24
        counts: NDArray[np.float64] = by_row @ self._row_counts
        return counts

    def _boxes(self, chosen: Any) -> Boxes:
        rows, columns = chosen.any(dim=2).cpu().numpy(), chosen.any(dim=1).cpu().numpy()
        y0, y1 = _span(rows, self.rows)
        x0, x1 = _span(columns, self.columns)
        boxes = np.stack([x0, y0, x1, y1], axis=1).astype(np.float32)
        boxes[~rows.any(axis=1)] = 0
        return boxes


def _span(chosen: NDArray[np.bool_], axis: _Axis) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first, last = chosen.argmax(axis=1), chosen.shape[1] - 1 - chosen[:, ::-1].argmax(axis=1)
    return axis.first[first], axis.last[last]


def neighbourhoods(low: int, model: int, inner: tuple[int, int], size: tuple[int, int], device: Any) -> Neighbourhoods:
    """How full-size pixels depend on low-resolution logits.

    Args:
        low: side of the square of logits, at least 3.
        model: side of the square that the logits are first brought to.
        inner: (height, width) of the part of that square that the photo fills.
        size: (height, width) of the photo.
        device: of the logits.
    """
    rows, columns = (_axis(low, model, inner[i], size[i]) for i in range(2))
    return Neighbourhoods(rows, columns, device)


def _axis(low: int, model: int, inner: int, size: int) -> _Axis:
    starts = np.minimum(_below(_below(np.arange(size), size, inner), model, low), low - 3)
    groups, first = np.unique(starts, return_index=True)
    return _Axis(groups, first, np.append(first[1:], size) - 1)


def _below(index: NDArray[np.int64], size: int, source: int) -> NDArray[np.int64]:
    """First of the two source pixels that bilinear interpolation (corners not aligned) mixes for each index."""
    below: NDArray[np.int64] = np.maximum(np.floor((index + 0.5) * (source / size) - 0.5), 0).astype(np.int64)
    return below
