"""Darkening by a power above one on the HSV value."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_value_curve

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_value_curve(pixels, 255 * (np.arange(256) / 255) ** parameters["gamma"])


PLUGIN = Distortion(
    name="darken.gamma_hsv",
    category="darken",
    taxonomy="dq495k",
    levels=tuple({"gamma": value} for value in (1.5, 1.8, 2.2, 2.7, 3.5)),
    sentence="Middle tones sink into shadow while colours stay full.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/brightness.py",
    apply=_apply,
)
