"""Additive Gaussian noise, independent in each channel."""

from __future__ import annotations

import cv2

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.noise import normal_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    noise = window.noise.take(normal_table(255 * parameters["sigma"]), 3)
    result: Pixels = cv2.add(pixels, noise, dtype=cv2.CV_8U)
    return result


PLUGIN = Distortion(
    name="noise.gaussian_rgb",
    category="noise",
    taxonomy="dq495k",
    levels=tuple({"sigma": value} for value in (0.05, 0.1, 0.15, 0.2, 0.25)),
    sentence="Coloured grain of even strength lies over everything, in light and dark areas alike.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/noise.py",
    apply=_apply,
    random=True,
)
