"""Multiplicative Gaussian noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.noise import normal_quantiles

__all__ = ["PLUGIN"]


def _factors(scale: float) -> NDArray[np.float32]:
    factors: NDArray[np.float32] = (1 + scale * normal_quantiles()).clip(0).astype(np.float32)
    return factors


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    factors = window.noise.take(_factors(parameters["scale"]), 3)
    result: Pixels = cv2.multiply(pixels, factors, dtype=cv2.CV_8U)
    return result


PLUGIN = Distortion(
    name="noise.speckle",
    category="noise",
    taxonomy="dq495k",
    levels=tuple({"scale": value} for value in (0.14, 0.21, 0.28, 0.35, 0.42)),
    sentence="Coloured grain covers the light areas and fades out towards black.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/noise.py",
    apply=_apply,
    random=True,
)
