"""Contrast strengthened by an S-shaped curve about each channel's mean."""

from __future__ import annotations

from distortions.contrast import channel_means, stretch
from distortions.model import Distortion

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="contrast_strengthen.stretch",
    category="contrast_strengthen",
    taxonomy="dq495k",
    levels=tuple({"factor": value} for value in (2.0, 4.0, 6.0, 8.0, 10.0)),
    sentence="Tones are pushed to the extremes and middle tones vanish.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/contrast.py",
    apply=stretch,
    measure=channel_means,
    kept="Moves the mean of every channel to the middle, as in the source: brightness and colour cast change with contrast.",
)
