"""KADID type 12: white noise in the colour components."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.noise import normal_quantiles

__all__ = ["PLUGIN"]

_RGB_OF_YCBCR = (
    np.round(np.array([[1.164383, 0, 1.596027], [1.164383, -0.391762, -0.812968], [1.164383, 2.017232, 0]]) * 256) / 256
)
"""ITU-R BT.601, digital range (MATLAB's ycbcr2rgb), in 1/256: products with noise in 1/16 are exact in float32"""


@lru_cache(maxsize=16)
def _table(sigma: float) -> NDArray[np.float32]:
    table: NDArray[np.float32] = (np.rint(normal_quantiles() * sigma * 16) / 16).astype(np.float32)
    return table


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    noise = window.noise.take(_table(255 * math.sqrt(parameters["variance"])), 3)
    result: Pixels = cv2.add(pixels, cv2.transform(noise, _RGB_OF_YCBCR), dtype=cv2.CV_8U)
    return result


PLUGIN = Distortion(
    name="kadid.white_noise_colour",
    category="noise",
    taxonomy=TAXONOMY,
    levels=levels("variance", 0.0001, 0.0005, 0.001, 0.002, 0.003),
    sentence="Blotchy grain in green, magenta and blue lies over everything.",
    source=f"{GENERATOR}, type 12, and the stored imnoisecolorcomp.m: the same noise in Y, Cb and Cr",
    apply=_apply,
    random=True,
)
