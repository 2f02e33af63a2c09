"""Quantization of each channel to few values by median cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distortions.histogram import channel_histograms
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table

__all__ = ["PLUGIN"]

Span = tuple[int, int]
"""first and last value of a box"""


def _measure(whole: Pixels, parameters: Parameters) -> NDArray[np.uint8]:
    """One table for each channel, 256 x 3."""
    tables = [_table(counts, int(parameters["colours"])) for counts in channel_histograms(whole)]
    return np.stack(tables, axis=-1)


def _table(counts: NDArray[np.int64], colours: int) -> NDArray[np.uint8]:
    """Each value becomes the nearest of the boxes' rounded means; its own box's on a tie."""
    values = np.arange(256)
    boxes = sorted(_boxes(counts, colours))
    below, moment = [0, *counts.cumsum().tolist()], [0, *(values * counts).cumsum().tolist()]
    means = np.array([int((moment[high + 1] - moment[low]) / (below[high + 1] - below[low]) + 0.5) for low, high in boxes])
    lows = np.array([low for low, _ in boxes])
    own = np.clip(np.searchsorted(lows, values, side="right") - 1, 0, len(boxes) - 1)
    distances = 2 * np.abs(values[:, None] - means[None, :])
    distances[values, own] -= 1
    table: NDArray[np.uint8] = means[distances.argmin(axis=1)].astype(np.uint8)
    return table


def _boxes(counts: NDArray[np.int64], colours: int) -> list[Span]:
    """Spans of values: the fullest span is cut at its median until there are enough, or none can be cut."""
    present = np.flatnonzero(counts)
    below = [0, *counts.cumsum().tolist()]
    open_spans: list[Span] = [(int(present[0]), int(present[-1]))]
    closed: list[Span] = []
    while open_spans and len(open_spans) + len(closed) < colours:
        fullest = max(open_spans, key=lambda span: below[span[1] + 1] - below[span[0]])
        open_spans.remove(fullest)
        if fullest[0] == fullest[1]:
            closed.append(fullest)
        else:
            open_spans.extend(_cut(counts, fullest))
    return open_spans + closed


def _cut(counts: NDArray[np.int64], span: Span) -> list[Span]:
    """Counted from the bright end, the upper part is the first to hold more than half of the span's pixels."""
    values = span[0] + np.flatnonzero(counts[span[0] : span[1] + 1])
    held = counts[values][::-1].cumsum()
    upper = min(int(np.argmax(2 * held > held[-1])) + 1, len(values) - 1)
    border = len(values) - upper
    return [(int(values[0]), int(values[border - 1])), (int(values[border]), int(values[-1]))]


def _apply(pixels: Pixels, _: Parameters, window: Window) -> Pixels:
    return apply_table(pixels, window.statistics)


PLUGIN = Distortion(
    name="quantization.median",
    category="quantization",
    taxonomy="dq495k",
    levels=tuple({"colours": value} for value in (20, 15, 10, 6, 3)),
    sentence="Smooth gradients break into flat bands, finest where tones are common.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/quantization.py; python-pillow/Pillow src/libImaging/Quant.c",
    apply=_apply,
    measure=_measure,
)
