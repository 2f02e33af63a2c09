"""Saturation strengthened in YCrCb."""

from __future__ import annotations

from distortions.model import Distortion
from distortions.saturation import scale_chroma

__all__ = ["PLUGIN"]

PLUGIN = Distortion(
    name="saturate_strengthen.ycrcb",
    category="saturate_strengthen",
    taxonomy="dq495k",
    levels=tuple({"scale": value} for value in (2.0, 3.0, 5.0, 8.0, 16.0)),
    sentence="Colours are garish, clip, and blotches of colour appear where there was grey.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/saturate.py",
    apply=scale_chroma,
)
