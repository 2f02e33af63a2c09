"""What speaks for or against merging two touching regions."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.segmenters.region_merging.graph import BINS, FIXED, Graph

__all__ = ["BORDER_FEATURES", "border_features"]

Floats = NDArray[np.float64]

_STARTS: Final = dict(zip(BINS, FIXED + np.cumsum([0, *BINS.values()]), strict=False))

BORDER_FEATURES: Final = (
    "edge_1", "edge_2", "edge_4", "edge_texture", "log_edge_1", "log_edge_2",
    "chi_l", "chi_a", "chi_b", "chi_energy", "chi_slant", "move_l", "move_a", "move_b", "move_energy", "move_slant",
    "colour_step", "chroma_step", "step_by_spread", "small_area", "large_area", "shared", "shared_by_size", "roundness", "rim",
    "picture_1", "picture_2", "picture_4", "picture_texture",
)  # fmt: skip
"""Names of the columns of ``border_features``."""


def border_features(graph: Graph) -> Floats:
    """The features of the m borders of a graph, m x len(BORDER_FEATURES)."""
    columns = [*_edges(graph), *_contents(graph), *_colours(graph), *_shapes(graph)]
    columns += [np.full(len(graph.first), level) for level in graph.picture]
    return np.stack(columns, axis=1)


def _edges(graph: Graph) -> list[Floats]:
    means = graph.borders[:, 1:] / graph.borders[:, :1]
    return [*np.log1p(means[:, :4]).T, means[:, 4], means[:, 5]]


def _contents(graph: Graph) -> list[Floats]:
    """Square roots of the chi-squared and of the earth mover's distance (in bins) of each histogram."""
    chi, move = [], []
    for name, bins in BINS.items():
        counts = graph.regions[:, _STARTS[name] : _STARTS[name] + bins]
        shares = counts / counts.sum(axis=1, keepdims=True)
        one, other = shares[graph.first], shares[graph.second]
        step = one - other
        chi.append(np.sqrt((step * step / (one + other + 1e-6)).sum(axis=1) / 2))
        move.append(np.sqrt(np.abs(np.cumsum(step, axis=1)).sum(axis=1)))
    return chi + move


def _colours(graph: Graph) -> list[Floats]:
    area = graph.regions[:, :1]
    means = graph.regions[:, 2:5] / area
    spread = np.sqrt(np.maximum(graph.regions[:, 5] / area[:, 0] - means[:, 0] ** 2, 0)) / 2.55
    steps = (means[graph.first] - means[graph.second]) / np.array([2.55, 1, 1])
    chroma = np.square(steps[:, 1:]).sum(axis=1)
    colour = np.sqrt(chroma + np.square(steps[:, 0]))
    calm = np.minimum(spread[graph.first], spread[graph.second])
    return [np.log1p(colour), np.log1p(np.sqrt(chroma)), np.log1p(colour / (1 + calm))]


def _shapes(graph: Graph) -> list[Floats]:
    areas, rims = graph.regions[:, 0] * 4, graph.regions[:, 1] * 2
    picture = areas.sum()
    length = graph.borders[:, 0]
    around = perimeters(graph)
    one, other = graph.first, graph.second
    small, large = np.minimum(areas[one], areas[other]), np.maximum(areas[one], areas[other])
    joined = around[one] + around[other] - 2 * length + 1
    rim_shares = rims / (around + rims)
    return [
        np.log(small / picture),
        np.log(large / picture),
        length / np.minimum(around[one], around[other]),
        np.log(length / np.sqrt(small)),
        np.log(joined / np.sqrt(small + large)),
        np.minimum(rim_shares[one], rim_shares[other]),
    ]


def perimeters(graph: Graph) -> Floats:
    """Border pixels of each region, the picture's rim not counted."""
    ends = np.concatenate([graph.first, graph.second])
    return np.bincount(ends, weights=np.tile(graph.borders[:, 0], 2), minlength=graph.count).astype(np.float64)
