"""Contrast strengthened by scaling about the mean luma."""

from __future__ import annotations

from distortions.contrast import grey_mean, scale
from distortions.model import Distortion

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="contrast_strengthen.scale",
    category="contrast_strengthen",
    taxonomy="dq495k",
    levels=tuple({"factor": value} for value in (1.4, 1.7, 2.1, 2.6, 4.0)),
    sentence="Light and dark tones are driven apart until both ends clip.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/contrast.py",
    apply=scale,
    measure=grey_mean,
)
