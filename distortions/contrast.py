"""The two contrast functions of DQ-495K, each used in both directions."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["channel_means", "grey_mean", "scale", "stretch"]


def grey_mean(whole: Pixels, _: Parameters) -> int:
    """Mean luma of a picture (Rec. 601, 8 bits), rounded to a whole number."""
    return int(cv2.mean(cv2.cvtColor(whole, cv2.COLOR_RGB2GRAY))[0] + 0.5)


def channel_means(whole: Pixels, _: Parameters) -> NDArray[np.float64]:
    """Mean of each channel, 0 to 255."""
    return np.array(cv2.mean(whole)[:3])


def scale(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    """Moves every sample away from the picture's mean luma, or towards it, by a factor."""
    mean = window.statistics
    return apply_table(pixels, byte_table(mean + parameters["factor"] * (np.arange(256) - mean)))


def stretch(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    """The curve 1 / (1 + (mean / x) ** factor) for each channel: the channel's mean becomes 0.5.

    A channel that is 0 everywhere stays 0 (the original turns it into 255, since it divides 0 by 1e-12).
    """
    mean = window.statistics[None, :]
    samples = np.arange(256.0)[:, None]
    power = samples ** parameters["factor"]
    total = power + mean ** parameters["factor"]
    return apply_table(pixels, byte_table(255 * np.divide(power, total, out=np.zeros((256, 3)), where=total > 0)))
