"""Saturation strengthened in HSV."""

from __future__ import annotations

from distortions.model import Distortion
from distortions.saturation import scale_saturation

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="saturate_strengthen.hsv",
    category="saturate_strengthen",
    taxonomy="dq495k",
    levels=tuple({"scale": value} for value in (3.0, 6.0, 12.0, 20.0, 64.0)),
    sentence="Even faint tints turn into full, garish colours.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/saturate.py",
    apply=scale_saturation,
)
