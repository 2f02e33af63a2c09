"""Brightening by a power below one on every channel."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_table(pixels, byte_table(255 * (np.arange(256) / 255) ** parameters["gamma"]))


PLUGIN = Distortion(
    name="brighten.gamma_rgb",
    category="brighten",
    taxonomy="dq495k",
    levels=tuple({"gamma": value} for value in (0.8, 0.7, 0.6, 0.45, 0.3)),
    sentence="Shadows and middle tones are lifted, so that the picture looks pale.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/brightness.py",
    apply=_apply,
)
