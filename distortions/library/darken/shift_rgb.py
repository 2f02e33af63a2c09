"""Darkening by a constant taken from every channel."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_table(pixels, byte_table(np.arange(256) - 255 * parameters["shift"]))


PLUGIN = Distortion(
    name="darken.shift_rgb",
    category="darken",
    taxonomy="dq495k",
    levels=tuple({"shift": value} for value in (0.1, 0.15, 0.2, 0.27, 0.35)),
    sentence="Everything is darker and shadows turn to plain black.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/brightness.py",
    apply=_apply,
)
