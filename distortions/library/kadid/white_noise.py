"""KADID type 11: white noise."""

from __future__ import annotations

import math

import cv2

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.noise import normal_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    noise = window.noise.take(normal_table(255 * math.sqrt(parameters["variance"])), 3)
    result: Pixels = cv2.add(pixels, noise, dtype=cv2.CV_8U)
    return result


PLUGIN = Distortion(
    name="kadid.white_noise",
    category="noise",
    taxonomy=TAXONOMY,
    levels=levels("variance", 0.001, 0.002, 0.003, 0.005, 0.01),
    sentence="Coloured grain of even strength lies over everything, in light and dark areas alike.",
    source=f"{GENERATOR}, type 11",
    apply=_apply,
    random=True,
)
