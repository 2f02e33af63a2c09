"""The two saturation functions of DQ-495K, each used in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Parameters, Pixels, Window
from distortions.tone import byte_table

__all__ = ["scale_chroma", "scale_saturation"]

Plane = NDArray[np.uint8]


def scale_chroma(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    """Multiplies Cr and Cb (8-bit YCrCb, centre 128) by ``scale``."""
    samples = np.arange(256)
    chroma = byte_table(128 + (samples - 128) * parameters["scale"])
    table = np.stack([samples.astype(np.uint8), chroma, chroma], axis=-1)[None]
    result: Pixels = cv2.cvtColor(cv2.LUT(cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb), table), cv2.COLOR_YCrCb2RGB)
    return result


def scale_saturation(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    """Multiplies the HSV saturation by ``scale``, at most to 1; hue and value stay. Grey stays grey.

    Computed without the 8-bit HSV of the original: with M and m the largest and smallest channel, saturation is (M - m) / M and
    channel c becomes M - (M - c) x min(scale, M / (M - m)).
    """
    channels = cv2.split(pixels)
    largest = cv2.max(cv2.max(channels[0], channels[1]), channels[2])
    scale = float(parameters["scale"])
    if scale <= 1:
        below = [cv2.convertScaleAbs(cv2.subtract(largest, channel), alpha=scale) for channel in channels]
    else:
        factor = _allowed(scale, largest, channels)
        below = [cv2.multiply(cv2.subtract(largest, channel), factor, dtype=cv2.CV_8U) for channel in channels]
    result: Pixels = cv2.merge([cv2.subtract(largest, distance) for distance in below])
    return result


def _allowed(scale: float, largest: Plane, channels: Sequence[Plane]) -> NDArray[np.float32]:
    """min(scale, M / (M - m)) of each pixel."""
    smallest = cv2.min(cv2.min(channels[0], channels[1]), channels[2])
    pairs = cv2.merge([smallest, largest]).view("<u2")[..., 0]
    allowed: NDArray[np.float32] = cv2.LUT(pairs, _factors(scale))
    return allowed


@lru_cache(maxsize=16)
def _factors(scale: float) -> NDArray[np.float32]:
    """min(scale, M / (M - m)) at 256 M + m."""
    largest, smallest = np.arange(256.0)[:, None], np.arange(256.0)[None, :]
    room = np.divide(largest, largest - smallest, out=np.zeros((256, 256)), where=largest > smallest)
    table: NDArray[np.float32] = np.minimum(scale, room).astype(np.float32).ravel()
    return table
