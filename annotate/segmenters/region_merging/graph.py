"""The graph of touching regions: additive statistics of regions and borders, and how both are joined when regions merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.segmenters.region_merging.planes import EDGE_SCALES, Planes

__all__ = ["BINS", "Graph", "build", "merge"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

BINS: Final = {"l": 16, "a": 16, "b": 16, "energy": 12, "slant": 9}
"""histograms of a region and their numbers of bins"""
_RANGES: Final = {"l": (0.0, 255.0), "a": (88.0, 178.0), "b": (78.0, 188.0), "energy": (0.0, 6.0), "slant": (-2.4, 2.4)}
FIXED: Final = 6  # columns of ``regions`` before the histograms


@dataclass(frozen=True)
class Graph:
    """Regions 0 to n - 1 of a picture and the borders between those that touch. All sums, so merging adds rows."""

    regions: Floats
    """n x (6 + bins): area, pixels on the rim, sums of L, a, b and of L squared (8-bit Lab), then the histograms; at half size"""
    first: Indices
    """one end of each border, less than ``second``"""
    second: Indices
    borders: Floats
    """m x 7: pixels, sum of the edge strength at each scale, of the texture edge, and of the logs of the two finest"""
    picture: Floats
    """mean edge strength of the picture at each scale: what is strong depends on it"""

    @property
    def count(self) -> int:
        """Number of regions."""
        return len(self.regions)


def build(measured: Planes, labels: NDArray[np.int32]) -> Graph:
    """The graph of the superpixels of a picture (numbered from 0, h x w)."""
    count = int(labels.max()) + 1
    first, second, borders = _borders(measured, labels, count)
    picture = np.array([float(np.log1p(edge).mean(dtype=np.float64)) for edge in measured.edges])
    return Graph(_regions(measured, labels[::2, ::2], count), first, second, borders, picture)


def _regions(measured: Planes, labels: NDArray[np.int32], count: int) -> Floats:
    flat = labels.ravel().astype(np.int64)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    sums = [np.bincount(flat, weights=measured.half[..., channel].ravel(), minlength=count) for channel in range(3)]
    sums.append(np.bincount(flat, weights=np.square(measured.half[..., 0].astype(np.float64)).ravel(), minlength=count))
    codes = {"l": measured.half[..., 0], "a": measured.half[..., 1], "b": measured.half[..., 2]}
    codes |= {"energy": measured.energy, "slant": measured.slant}
    histograms = [_histogram(flat, codes[name], name, count) for name in BINS]
    fixed = np.stack([np.bincount(flat, minlength=count), np.bincount(rim, minlength=count), *sums], axis=1)
    return np.concatenate([fixed, *histograms], axis=1).astype(np.float64)


def _histogram(flat: Indices, values: NDArray[np.float32], name: str, count: int) -> NDArray[np.int64]:
    bins, (low, high) = BINS[name], _RANGES[name]
    codes = np.clip((values.ravel() - low) * np.float32(bins / (high - low)), 0, bins - 1).astype(np.int64)
    return np.bincount(flat * bins + codes, minlength=count * bins).reshape(count, bins)


def _borders(measured: Planes, labels: NDArray[np.int32], count: int) -> tuple[Indices, Indices, Floats]:
    """Sums over the pairs of neighbouring pixels (4-neighbourhood) with different labels."""
    pairs = [_pairs(labels, down, right) for down, right in ((0, 1), (1, 0))]
    rows, columns, low, high = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    strengths = [edge[rows // scale, columns // scale] for edge, scale in zip(measured.edges, (*EDGE_SCALES, 4), strict=True)]
    strengths += [np.log1p(strengths[0]), np.log1p(strengths[1])]
    keys, which = np.unique(low * count + high, return_inverse=True)
    sums = [np.bincount(which)] + [np.bincount(which, weights=np.rint(strength * 256)) / 256 for strength in strengths]
    return keys // count, keys % count, np.stack(sums, axis=1).astype(np.float64)


def _pairs(labels: NDArray[np.int32], down: int, right: int) -> tuple[Indices, Indices, Indices, Indices]:
    """Row and column of the first pixel of each pair, the smaller label, the larger label."""
    height, width = labels.shape
    here, there = labels[: height - down, : width - right], labels[down:, right:]
    rows, columns = np.nonzero(here != there)
    one, other = here[rows, columns].astype(np.int64), there[rows, columns].astype(np.int64)
    return rows, columns, np.minimum(one, other), np.maximum(one, other)


def merge(graph: Graph, renumbered: Indices) -> Graph:
    """The graph after each region r became ``renumbered[r]`` (numbers from 0 without gaps)."""
    count = int(renumbered.max()) + 1
    order = np.argsort(renumbered, kind="stable")
    starts = np.searchsorted(renumbered[order], np.arange(count))
    regions = np.add.reduceat(graph.regions[order], starts, axis=0)
    one, other = renumbered[graph.first], renumbered[graph.second]
    outer = one != other
    keys = np.minimum(one, other)[outer] * count + np.maximum(one, other)[outer]
    if not len(keys):
        return Graph(regions, keys, keys, graph.borders[:0], graph.picture)
    order = np.argsort(keys, kind="stable")
    fresh = np.flatnonzero(np.diff(keys[order], prepend=-1))
    kept = keys[order][fresh]
    return Graph(regions, kept // count, kept % count, np.add.reduceat(graph.borders[outer][order], fresh, axis=0), graph.picture)
