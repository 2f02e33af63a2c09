"""The tree of merges: from superpixels to the whole picture, cheapest borders first, and cuts through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.segmenters.region_merging.features import Floats, border_features, perimeters
from annotate.segmenters.region_merging.graph import Graph, Indices, merge

__all__ = ["REGION_FEATURES", "Tree", "cut", "grow", "paint"]

REGION_FEATURES: Final = ("birth", "death", "lowest", "mean", "area", "area_squared", "rim", "roundness", "picture_2")
"""Names of the columns of ``Tree.features``: the costs at which the node was made, was swallowed, of its cheapest border, of its
borders on average; log of its share of the picture and its square; share of its outline on the picture's rim, log of outline by
root of area, the picture's edge level."""

_SHARE_PER_ROUND: Final = 0.5  # of the pairs that are each other's cheapest neighbours, the cheaper part merges at once


@dataclass(frozen=True)
class Tree:
    """Nodes 0 to k - 1: first the n superpixels, then merges in order, so a parent comes after its children."""

    leaves: int
    parent: Indices
    """number of the node that swallowed this one; the last node has itself"""
    features: Floats
    """k x len(REGION_FEATURES)"""
    share: Floats
    """area of each node, share of the picture"""


_BOUND: Final = 8.0  # costs are held within plus or minus this; what was never made or swallowed has the bound itself


class _Growth:
    """The tree while it grows: the node that each present region is, and what is known of every node."""

    def __init__(self, leaves: int) -> None:
        self.nodes = np.arange(leaves)
        self.parent = [np.arange(leaves)]
        self.birth = np.full(leaves, -_BOUND)
        self.death = np.full(leaves, _BOUND)
        self.seen: list[Floats] = []
        self.fresh = np.arange(leaves)  # regions that are new nodes in this round

    def look(self, graph: Graph, costs: Floats) -> None:
        """Measures the regions that are new."""
        self.seen.append(_measures(graph, costs)[self.fresh])

    def join(self, first: Indices, second: Indices, costs: Floats, count: int) -> Indices:
        """Merges pairs of regions into new nodes; the new number of each region is returned."""
        made = len(self.birth) + np.arange(len(first))
        self.parent.append(made.copy())
        parents = np.concatenate(self.parent)
        parents[self.nodes[first]] = made
        parents[self.nodes[second]] = made
        self.parent = [parents]
        self.death[self.nodes[first]] = costs
        self.death[self.nodes[second]] = costs
        self.birth = np.concatenate([self.birth, costs])
        self.death = np.concatenate([self.death, np.full(len(made), _BOUND)])
        self.nodes[first] = made
        kept = np.ones(count, dtype=bool)
        kept[second] = False
        renumbered = np.cumsum(kept) - 1
        renumbered[second] = renumbered[first]
        self.nodes = self.nodes[kept]
        self.fresh = renumbered[first]
        return renumbered


def grow(graph: Graph, weights: Floats, bias: float) -> Tree:
    """The tree of a graph; a border's cost is the weighted sum of its features."""
    growth, leaves = _Growth(graph.count), graph.count
    while len(graph.first):
        costs = np.round(border_features(graph) @ weights + bias, 9)
        growth.look(graph, costs)
        pairs = _cheapest_pairs(graph, costs)
        graph = merge(graph, growth.join(graph.first[pairs], graph.second[pairs], costs[pairs], graph.count))
    growth.look(graph, np.zeros(0))
    return _finished(growth, leaves)


def _finished(growth: _Growth, leaves: int) -> Tree:
    seen = np.concatenate(growth.seen)
    birth, death = np.clip(growth.birth, -_BOUND, _BOUND), np.clip(growth.death, -_BOUND, _BOUND)
    features = np.column_stack([birth, death, seen])
    return Tree(leaves, growth.parent[0], features, np.exp(seen[:, 2]))


def _measures(graph: Graph, costs: Floats) -> Floats:
    """Lowest and mean border cost, log area share and its square, rim share, roundness, edge level: of each region of a graph."""
    area = graph.regions[:, 0] * 4
    around = perimeters(graph) + 1
    rim = graph.regions[:, 1] * 2
    lowest = np.full(graph.count, _BOUND)
    np.minimum.at(lowest, graph.first, costs)
    np.minimum.at(lowest, graph.second, costs)
    length = graph.borders[:, 0] * np.clip(costs, -_BOUND, _BOUND)
    ends = np.concatenate([graph.first, graph.second])
    mean = np.bincount(ends, weights=np.tile(length, 2), minlength=graph.count) / around
    share = np.log(area / area.sum())
    level = np.full(graph.count, graph.picture[1])
    return np.column_stack(
        [
            np.clip(lowest, -_BOUND, _BOUND),
            mean,
            share,
            share * share,
            rim / (around + rim),
            np.log((around + rim) / np.sqrt(area)),
            level,
        ]
    )


def _cheapest_pairs(graph: Graph, costs: Floats) -> Indices:
    """Borders between regions that are each other's cheapest neighbour, the cheaper part of them, at least one."""
    order = np.lexsort((graph.second, graph.first, costs))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(graph.count, len(order), dtype=np.int64)
    np.minimum.at(best, graph.first, rank)
    np.minimum.at(best, graph.second, rank)
    mutual = order[(best[graph.first[order]] == rank[order]) & (best[graph.second[order]] == rank[order])]
    cheaper: Indices = mutual[: max(1, int(np.ceil(_SHARE_PER_ROUND * len(mutual))))]
    return cheaper


def cut(tree: Tree, threshold: float) -> list[int]:
    """The nodes of the partition with every merge whose cost, like all below it in the tree, is at most ``threshold``."""
    highest = tree.features[:, REGION_FEATURES.index("birth")].copy()
    for node, parent in enumerate(tree.parent[:-1]):
        highest[parent] = max(highest[parent], highest[node])
    made = highest <= threshold
    top = np.arange(len(made)) == tree.parent
    return [int(node) for node in np.flatnonzero(made & (top | ~made[tree.parent]))]


def paint(tree: Tree, nodes: list[int], superpixels: NDArray[np.int32]) -> NDArray[np.int32]:
    """The picture of a partition: for each pixel the place of its node in ``nodes``."""
    owner = np.full(len(tree.parent), -1, dtype=np.int32)
    owner[nodes] = np.arange(len(nodes), dtype=np.int32)
    for node in range(len(tree.parent) - 2, -1, -1):
        if owner[node] < 0:
            owner[node] = owner[tree.parent[node]]
    return owner[superpixels]
