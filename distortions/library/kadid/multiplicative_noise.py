"""KADID type 14: multiplicative noise."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]

_FINENESS = 2**14


@lru_cache(maxsize=16)
def _factors(variance: float) -> NDArray[np.float32]:
    """1 + u, u uniform with this variance, indexed by a uniform 16-bit integer; in 1/2**14, so that products are exact."""
    uniform = (np.arange(2**16) + 0.5) / 2**15 - 1
    factors: NDArray[np.float32] = (np.rint((1 + uniform * math.sqrt(3 * variance)) * _FINENESS) / _FINENESS).astype(np.float32)
    return factors


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    factors = window.noise.take(_factors(parameters["variance"]), 3)
    factors *= pixels
    result: Pixels = cv2.convertScaleAbs(factors)
    return result


PLUGIN = Distortion(
    name="kadid.multiplicative_noise",
    category="noise",
    taxonomy=TAXONOMY,
    levels=levels("variance", 0.001, 0.005, 0.01, 0.02, 0.05),
    sentence="Grain that grows with brightness lies over light areas, while black stays clean.",
    source=f"{GENERATOR}, type 14: imnoise 'speckle', whose noise is uniform",
    apply=_apply,
    random=True,
)
