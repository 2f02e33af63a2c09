"""KADID type 19: jitter."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.noise import normal_table

__all__ = ["PLUGIN"]

_ROUNDS = 5
_STEPS = 32
"""positions between two pixels that OpenCV's bilinear sampling knows"""
_FARTHEST = 4.4
"""standard deviations: no variate of the noise table lies farther"""


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    table = normal_table(_STEPS * parameters["sigma"]).astype(np.int32)
    values = pixels.astype(np.float32)
    rows, columns = (np.arange(length, dtype=np.int32) * _STEPS for length in values.shape[:2])
    for number in range(_ROUNDS):
        moves = window.noise.take(table, 2, f"round {number}")
        values = _sampled(values, columns + moves[..., 0], rows[:, None] + moves[..., 1])
    result: Pixels = cv2.convertScaleAbs(values)
    return result


def _sampled(values: NDArray[np.float32], x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.float32]:
    whole = np.stack([x >> 5, y >> 5], axis=-1).astype(np.int16)
    part = ((y & _STEPS - 1) * _STEPS + (x & _STEPS - 1)).astype(np.uint16)
    result: NDArray[np.float32] = cv2.remap(values, whole, part, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return result


def _reach(parameters: Parameters) -> Support:
    return Support.around(_ROUNDS * (math.ceil(_FARTHEST * parameters["sigma"]) + 1))


PLUGIN = Distortion(
    name="kadid.jitter",
    category="warp",
    taxonomy=TAXONOMY,
    levels=levels("sigma", 0.05, 0.1, 0.2, 0.5, 1.0),
    sentence="Edges fray and fine detail trembles, as if each pixel had been nudged at random.",
    source=f"{GENERATOR}, type 19, and the stored imjitter.m: five rounds of random displacement, bilinear",
    apply=_apply,
    reach=_reach,
    random=True,
)
