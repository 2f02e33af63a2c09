"""Contrast weakened by scaling about the mean luma."""

from __future__ import annotations

from distortions.contrast import grey_mean, scale
from distortions.model import Distortion

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="contrast_weaken.scale",
    category="contrast_weaken",
    taxonomy="dq495k",
    levels=tuple({"factor": value} for value in (0.75, 0.6, 0.45, 0.3, 0.2)),
    sentence="Tones are drawn together, so that everything looks flat and grey.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/contrast.py",
    apply=scale,
    measure=grey_mean,
)
