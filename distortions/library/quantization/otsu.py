"""Quantization of each channel by multi-level Otsu thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distortions.histogram import channel_histograms
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.thresholds import last_bins
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
    last = last_bins(filled, min(classes, int(np.count_nonzero(filled))))
    thresholds = (edges[last] + edges[last + 1]) / 2
    number = np.digitize(values, thresholds)
    return byte_table(low + number * (high - low) / classes)


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
    sound_levels=(3, 4, 5),
    kept="The top class stays below the brightest tone, as in the source, so the picture darkens; levels 1 and 2 darken as "
    "much as level 3 and are no milder.",
)
