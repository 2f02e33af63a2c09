"""Saturation weakened in HSV."""

from __future__ import annotations

from distortions.model import Distortion
from distortions.saturation import scale_saturation

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="saturate_weaken.hsv",
    category="saturate_weaken",
    taxonomy="dq495k",
    levels=tuple({"scale": value} for value in (0.7, 0.55, 0.4, 0.2, 0.0)),
    sentence="Colours fade to a light grey.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/saturate.py",
    apply=scale_saturation,
)
