"""Contrast weakened by a flat curve about each channel's mean."""

from __future__ import annotations

from distortions.contrast import channel_means, stretch
from distortions.model import Distortion

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="contrast_weaken.stretch",
    category="contrast_weaken",
    taxonomy="dq495k",
    levels=tuple({"factor": value} for value in (1.0, 0.9, 0.8, 0.6, 0.4)),
    sentence="Tones are drawn together around a pale middle, as if seen through haze.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/contrast.py",
    apply=stretch,
    measure=channel_means,
    kept="Moves the mean of every channel to the middle, as in the source: brightness and colour cast change with contrast.",
)
