"""Saturation weakened in YCrCb."""

from __future__ import annotations

from distortions.model import Distortion
from distortions.saturation import scale_chroma

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="saturate_weaken.ycrcb",
    category="saturate_weaken",
    taxonomy="dq495k",
    levels=tuple({"scale": value} for value in (0.6, 0.4, 0.2, 0.1, 0.0)),
    sentence="Colours fade to grey.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/saturate.py",
    apply=scale_chroma,
)
