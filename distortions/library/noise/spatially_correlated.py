"""Additive Gaussian noise, then a mean over 3 x 3 pixels of picture and noise."""

from __future__ import annotations

import cv2
import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.noise import normal_table
from distortions.scratch import scratch

__all__ = ["PLUGIN"]

_FINENESS = 16
"""samples are added up in sixteenths of a level, as whole numbers that float32 adds exactly"""
_SIDE = 3


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    noise = window.noise.take(normal_table(255 * _FINENESS * parameters["sigma"]), 3)
    noisy = cv2.scaleAdd(pixels.astype(np.int16), _FINENESS, noise)
    sums = cv2.boxFilter(noisy, cv2.CV_32F, (_SIDE, _SIDE), dst=scratch("soft", pixels.shape), normalize=False)
    cv2.threshold(sums, 0, 0, cv2.THRESH_TOZERO, dst=sums)
    result: Pixels = cv2.convertScaleAbs(sums, alpha=1 / (_FINENESS * _SIDE**2))
    return result


def _reach(_: Parameters) -> Support:
    return Support.around(_SIDE // 2)


PLUGIN = Distortion(
    name="noise.spatially_correlated",
    category="noise",
    taxonomy="dq495k",
    levels=tuple({"sigma": value} for value in (0.08, 0.11, 0.14, 0.18, 0.22)),
    sentence="Soft, mottled grain a few pixels wide lies over a slightly blurred picture.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/noise.py",
    apply=_apply,
    reach=_reach,
    random=True,
    kept="Blurs the picture itself over 3 x 3 pixels, as in the source.",
)
