"""Fits the weights of region_merging to people's segments and writes ``annotate/segmenters/region_merging/weights.py``.

    python benchmarks/segmenters/fit_region_merging.py --data BSDS500/data [--write]

Trained on the 200 training photos of BSDS500 only. Regions are merged with the present weights (a rough start in the first of
three passes); each border met on the way is a case whose truth is the share of people who put its two regions into different
segments, weighted by the root of the smaller region's area. The border weights are the logistic regression of all cases so far
(Newton's method; no randomness beyond a seeded thinning). Then each node of the tree is a case whose truth is its best IoU with
any person's segment. Takes about five minutes and 3 GB.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from bsds import samples

import annotate.segmenters.region_merging as package
from annotate.segmenters.region_merging import tree as trees
from annotate.segmenters.region_merging.features import BORDER_FEATURES, border_features
from annotate.segmenters.region_merging.graph import Graph, build, merge
from annotate.segmenters.region_merging.planes import planes, working_size
from annotate.segmenters.region_merging.superpixels import superpixels
from annotate.segmenters.region_merging.tree import REGION_FEATURES, grow

PASSES = 3
CASES_PER_ROUND = 80  # borders kept of each round of merging of a photo
STOP = 2.6, 5.0  # cost at which a pass stops collecting; the rough start goes further
START = {"edge_2": 1.0, "colour_step": 1.0, "small_area": 0.3}
START_BIAS = -2.0


@dataclass(frozen=True)
class Case:
    """A photo's graph and, for each person, the pixels that each superpixel shares with each segment."""

    graph: Graph
    people: list[np.ndarray]


@dataclass(frozen=True)
class Fit:
    """A logistic regression in the features' own units."""

    weights: np.ndarray
    bias: float


def case(image: np.ndarray, people: list[np.ndarray]) -> Case:
    height, width = working_size(*image.shape[:2], package.RegionMergingOptions().working_side)
    measured = planes(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA))
    pixels = superpixels(measured)
    graph = build(measured, pixels)
    shared = []
    for truth in people:
        small, count = cv2.resize(truth, (width, height), interpolation=cv2.INTER_NEAREST), int(truth.max()) + 1
        both = np.bincount((pixels.astype(np.int64) * count + small).ravel(), minlength=graph.count * count)
        shared.append(both.reshape(graph.count, count).astype(np.float64))
    return Case(graph, shared)


def borders_met(one: Case, fit: Fit, stop: float, draws: np.random.Generator) -> list[tuple[np.ndarray, ...]]:
    """Features, share of people who part the two regions, and weight of borders met while merging."""
    graph, people, met = one.graph, one.people, []
    while len(graph.first):
        features = border_features(graph)
        costs = np.round(features @ fit.weights + fit.bias, 9)
        owners = [shared.argmax(axis=1) for shared in people]
        parted = np.mean([owner[graph.first] != owner[graph.second] for owner in owners], axis=0)
        areas = graph.regions[:, 0] / graph.regions[:, 0].sum()
        kept = draws.random(len(costs)) < min(1.0, CASES_PER_ROUND / len(costs))
        met.append((features[kept], parted[kept], np.sqrt(np.minimum(areas[graph.first], areas[graph.second]))[kept]))
        if costs.min() > stop:
            break
        pairs = trees._cheapest_pairs(graph, costs)  # noqa: SLF001 - the fit must merge as the segmenter does
        joined = np.arange(graph.count)
        joined[graph.second[pairs]] = graph.first[pairs]
        renumbered = np.unique(joined, return_inverse=True)[1]
        graph = merge(graph, renumbered)
        people = [summed(shared, renumbered) for shared in people]
    return met


def summed(rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    total = np.zeros((int(groups.max()) + 1, rows.shape[1]))
    np.add.at(total, groups, rows)
    return total


def logistic(features: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> Fit:
    weights = weights / weights.sum()
    mean = weights @ features
    spread = np.sqrt(weights @ np.square(features - mean)) + 1e-6
    columns = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    found, ridge = np.zeros(columns.shape[1]), 1e-5
    for _ in range(12):
        odds = 1 / (1 + np.exp(-columns @ found))
        slope = columns.T @ (weights * (odds - truth)) + ridge * found
        curve = (columns * (weights * odds * (1 - odds))[:, None]).T @ columns + ridge * np.eye(len(found))
        found = found - np.linalg.solve(curve, slope)
    raw = found[:-1] / spread
    return Fit(np.array([float(f"{value:.5g}") for value in raw]), float(f"{found[-1] - mean @ raw:.5g}"))


def fit_borders(cases: list[Case]) -> Fit:
    fit = Fit(np.array([START.get(name, 0.0) for name in BORDER_FEATURES]), START_BIAS)
    met: list[tuple[np.ndarray, ...]] = []
    for number in range(PASSES):
        for place, one in enumerate(cases):
            met += borders_met(one, fit, STOP[0] if number else STOP[1], np.random.default_rng(place))
        fit = logistic(*(np.concatenate(parts) for parts in zip(*met, strict=True)))
        print(f"pass {number + 1}: {sum(len(part[1]) for part in met)} borders", flush=True)
    return fit


def fit_regions(cases: list[Case], borders: Fit) -> Fit:
    features, truth, weights = [], [], []
    for one in cases:
        tree = grow(one.graph, borders.weights, borders.bias)
        best = np.max([node_ious(tree, shared).max(axis=1) for shared in one.people], axis=0)
        usable = (tree.share > 0.003) & (tree.share < 0.8)
        features.append(tree.features[usable])
        truth.append(best[usable])
        weights.append(np.sqrt(tree.share[usable]))
    return logistic(np.concatenate(features), np.concatenate(truth), np.concatenate(weights))


def node_ious(tree: trees.Tree, shared: np.ndarray) -> np.ndarray:
    nodes = np.zeros((len(tree.parent), shared.shape[1]))
    nodes[: tree.leaves] = shared
    for node, parent in enumerate(tree.parent[:-1]):
        nodes[parent] += nodes[node]
    return nodes / (nodes.sum(axis=1)[:, None] + shared.sum(axis=0)[None] - nodes)


def source(borders: Fit, regions: Fit) -> str:
    def table(names: tuple[str, ...], fit: Fit) -> str:
        return "\n".join(f'    "{name}": {float(value)!r},' for name, value in zip(names, fit.weights, strict=True))

    return f'''"""Fitted numbers of region_merging, written by benchmarks/segmenters/fit_region_merging.py; not to be edited."""

from __future__ import annotations

from typing import Final

__all__ = ["BORDER_BIAS", "BORDER_WEIGHTS", "REGION_BIAS", "REGION_WEIGHTS"]

BORDER_WEIGHTS: Final[dict[str, float]] = {{
{table(BORDER_FEATURES, borders)}
}}
"""log odds that people draw a border, for each unit of a feature (``features.BORDER_FEATURES``)"""
BORDER_BIAS: Final = {borders.bias!r}

REGION_WEIGHTS: Final[dict[str, float]] = {{
{table(REGION_FEATURES, regions)}
}}
"""log odds of the best IoU with a person's segment, for each unit of a feature (``tree.REGION_FEATURES``)"""
REGION_BIAS: Final = {regions.bias!r}
'''


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="BSDS500/data")
    parser.add_argument("--limit", type=int, help="photos, to try it out")
    parser.add_argument("--write", action="store_true", help="replace weights.py; without it the file is printed")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    trained = [case(sample.image, sample.people) for sample in samples(chosen.data, "train", chosen.limit)]
    fitted = fit_borders(trained)
    text = source(fitted, fit_regions(trained, fitted))
    if chosen.write:
        (Path(package.__file__).parent / "weights.py").write_text(text, encoding="utf-8")
    else:
        print(text)
