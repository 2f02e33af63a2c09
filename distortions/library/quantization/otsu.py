"""Quantization of each channel by multi-level Otsu thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distortions.histogram import channel_histograms
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]

_BINS = 30


def _measure(whole: Pixels, parameters: Parameters) -> NDArray[np.uint8]:
    """One table for each channel, 256 x 3."""
    return np.stack([_table(counts, int(parameters["classes"])) for counts in channel_histograms(whole)], axis=-1)


def _table(counts: NDArray[np.int64], classes: int) -> NDArray[np.uint8]:
    """Class n of the thresholds becomes min + n / classes x (max - min). A channel of too few tones gets fewer classes."""
    values = np.arange(256)
    present = np.flatnonzero(counts)
    low, high = int(present[0]), int(present[-1])
    if low == high:
        return values.astype(np.uint8)
    edges = np.linspace(low, high, _BINS + 1)
    bins = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, _BINS - 1)
    filled = np.bincount(bins[present], weights=counts[present].astype(np.float64), minlength=_BINS).astype(np.float64)
    last = _last_bins(filled, min(classes, int(np.count_nonzero(filled))))
    thresholds = (edges[last] + edges[last + 1]) / 2
    number = np.digitize(values, thresholds)
    return byte_table(low + number * (high - low) / classes)


def _last_bins(filled: NDArray[np.float64], classes: int) -> NDArray[np.int64]:
    """The last bin of every class but the top one, for the largest between-class variance (exact, by dynamic programming)."""
    gain = _gains(filled)
    size = len(filled)
    best = np.full((classes, size), -np.inf)
    best[0] = gain[0]
    choice = np.zeros((classes, size), dtype=np.int64)
    for number in range(1, classes):
        options = np.full((size, size), -np.inf)
        options[:-1] = best[number - 1][:-1, None] + gain[1:]
        choice[number], best[number] = options.argmax(axis=0), options.max(axis=0)
    ends = [size - 1]
    for number in range(classes - 1, 0, -1):
        ends.append(int(choice[number][ends[-1]]))
    return np.array(ends[:0:-1], dtype=np.int64)


def _gains(filled: NDArray[np.float64]) -> NDArray[np.float64]:
    """(sum of n x bin)**2 / sum of n over bins i to j: what a class of these bins adds to the between-class variance.

    Minus infinity where j < i or the class would be empty.
    """
    weight = np.concatenate([[0.0], filled.cumsum()])
    moment = np.concatenate([[0.0], (filled * np.arange(len(filled))).cumsum()])
    weights = weight[None, 1:] - weight[:-1, None]
    moments = moment[None, 1:] - moment[:-1, None]
    gains: NDArray[np.float64] = np.divide(moments**2, weights, out=np.full_like(weights, -np.inf), where=np.triu(weights) > 0)
    return gains


def _apply(pixels: Pixels, _: Parameters, window: Window) -> Pixels:
    return apply_table(pixels, window.statistics)


PLUGIN = Distortion(
    name="quantization.otsu",
    category="quantization",
    taxonomy="dq495k",
    levels=tuple({"classes": value} for value in (15, 11, 8, 5, 3)),
    sentence="Smooth gradients break into flat bands of few, evenly spaced tones.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/quantization.py; skimage.filters.threshold_multiotsu with 30 bins",
    apply=_apply,
    measure=_measure,
    kept="The top class stays below the brightest tone, as in the source, so the picture darkens a little.",
)
