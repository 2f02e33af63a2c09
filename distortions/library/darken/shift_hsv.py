"""Darkening by a constant taken from the HSV value."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_value_curve

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_value_curve(pixels, np.arange(256) - 255 * parameters["shift"])


PLUGIN = Distortion(
    name="darken.shift_hsv",
    category="darken",
    taxonomy="dq495k",
    levels=tuple({"shift": value} for value in (0.1, 0.2, 0.3, 0.4, 0.5)),
    sentence="Everything is darker and shadows lose all detail.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/brightness.py",
    apply=_apply,
)
