"""KADID type 22: quantization of all channels by one set of thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distortions.histogram import channel_histograms
from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.thresholds import last_bins
from distortions.tone import apply_table

__all__ = ["PLUGIN"]


def _measure(whole: Pixels, parameters: Parameters) -> NDArray[np.uint8]:
    """What becomes of each of the 256 values: 0 in the lowest class, 255 in the highest, else the class's upper threshold."""
    counts = channel_histograms(whole).sum(axis=0).astype(np.float64)
    classes = int(parameters["thresholds"]) + 1
    if np.count_nonzero(counts) < classes:
        return np.arange(256, dtype=np.uint8)
    thresholds = last_bins(counts, classes)
    outputs = np.array([0, *thresholds[1:], 255], np.uint8)
    return outputs[np.searchsorted(thresholds, np.arange(256))]


def _apply(pixels: Pixels, _: Parameters, window: Window) -> Pixels:
    return apply_table(pixels, window.statistics)


PLUGIN = Distortion(
    name="kadid.quantization",
    category="quantization",
    taxonomy=TAXONOMY,
    levels=levels("thresholds", 20, 16, 13, 10, 7),
    sentence="Smooth gradients break into flat bands with visible steps.",
    source=f"{GENERATOR}, type 22, and the stored imnoisequantize.m: Otsu's thresholds (MATLAB's multithresh) over all channels",
    apply=_apply,
    measure=_measure,
    kept="A picture with fewer distinct values than classes stays as it is.",
)
