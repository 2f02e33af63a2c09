"""Quantization to evenly spaced levels, which are then moved by the equalised histogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distortions.histogram import channel_histograms
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _measure(whole: Pixels, parameters: Parameters) -> NDArray[np.uint8]:
    """The table of 256 values: one histogram over all channels gives it. A picture of one value has nothing to equalise."""
    count = int(parameters["bins"])
    samples = np.arange(256)
    bins = np.minimum(samples * count // 255, count - 1)
    totals = np.bincount(bins, weights=channel_histograms(whole).sum(axis=0), minlength=count).cumsum()
    floor = totals[totals > 0].min()
    if floor == totals[-1]:
        return samples.astype(np.uint8)
    equalised = byte_table(np.maximum(totals - floor, 0) * 255 / (totals[-1] - floor))
    return equalised[np.rint(samples / 255 * (count - 1)).astype(np.int64)]


def _apply(pixels: Pixels, _: Parameters, window: Window) -> Pixels:
    return apply_table(pixels, window.statistics)


PLUGIN = Distortion(
    name="quantization.hist",
    category="quantization",
    taxonomy="dq495k",
    levels=tuple({"bins": value} for value in (24, 16, 8, 6, 4)),
    sentence="Smooth gradients break into flat bands of few colours, with tones spread over the whole range.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/quantization.py",
    apply=_apply,
    measure=_measure,
    sound_levels=(3, 4, 5),
    kept="Equalises the tones as well, as in the source: levels 1 and 2 change brightness and contrast too much to be mild. Its "
    "bins (floor) and its indices (rounded) disagree there, so two tones can fall on one.",
)
