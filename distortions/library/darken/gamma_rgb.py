"""Darkening by a power above one on every channel."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_table(pixels, byte_table(255 * (np.arange(256) / 255) ** parameters["gamma"]))


PLUGIN = Distortion(
    name="darken.gamma_rgb",
    category="darken",
    taxonomy="dq495k",
    levels=tuple({"gamma": value} for value in (1.4, 1.7, 2.1, 2.6, 3.2)),
    sentence="Middle tones sink into shadow, so that the picture looks gloomy.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/brightness.py",
    apply=_apply,
)
