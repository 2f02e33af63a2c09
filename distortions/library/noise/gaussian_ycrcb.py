"""Additive Gaussian noise in YCrCb, stronger in the colour channels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.noise import normal_table

__all__ = ["PLUGIN"]

_FINENESS = 16
"""noise is added up in sixteenths of a level"""
_RED_OF_CR, _GREEN_OF_CR, _GREEN_OF_CB, _BLUE_OF_CB = 1.403, -0.714, -0.344, 1.773
"""OpenCV's YCrCb to RGB: the conversion is linear, so the noise alone is converted"""


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    samples = cv2.split(window.noise.uint16(3).copy())
    luma, chroma = 255 * _FINENESS * parameters["sigma_y"], 255 * _FINENESS * parameters["sigma_c"]

    def part(channel: int, scale: float) -> NDArray[np.int16]:
        looked_up: NDArray[np.int16] = cv2.LUT(samples[channel], normal_table(scale))
        return looked_up

    light = part(0, luma)
    red = light + part(1, _RED_OF_CR * chroma)
    green = light + part(1, _GREEN_OF_CR * chroma) + part(2, _GREEN_OF_CB * chroma)
    blue = light + part(2, _BLUE_OF_CB * chroma)
    noise = (cv2.merge([red, green, blue]) + _FINENESS // 2) >> 4
    result: Pixels = cv2.add(pixels, noise, dtype=cv2.CV_8U)
    return result


_LUMA = (0.05, 0.06, 0.07, 0.08, 0.09)
_RATIO = (1.0, 1.45, 1.9, 2.35, 2.8)

PLUGIN = Distortion(
    name="noise.gaussian_ycrcb",
    category="noise",
    taxonomy="dq495k",
    levels=tuple({"sigma_y": luma, "sigma_c": round(luma * ratio, 6)} for luma, ratio in zip(_LUMA, _RATIO, strict=True)),
    sentence="Strong grain of random colours lies over everything.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/noise.py",
    apply=_apply,
    random=True,
)
