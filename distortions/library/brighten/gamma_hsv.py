"""Brightening by a power below one on the HSV value."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_value_curve

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_value_curve(pixels, 255 * (np.arange(256) / 255) ** parameters["gamma"])


PLUGIN = Distortion(
    name="brighten.gamma_hsv",
    category="brighten",
    taxonomy="dq495k",
    levels=tuple({"gamma": value} for value in (0.7, 0.58, 0.47, 0.36, 0.25)),
    sentence="Shadows and middle tones are lifted while colours stay full.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/brightness.py",
    apply=_apply,
)
