"""KADID type 1: Gaussian blur."""

from __future__ import annotations

import math

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.smoothing import gaussian

__all__ = ["PLUGIN"]


def _radius(parameters: Parameters) -> int:
    return math.ceil(2 * float(parameters["sigma"]))


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return gaussian(pixels, parameters["sigma"], _radius(parameters))


def _reach(parameters: Parameters) -> Support:
    return Support.around(_radius(parameters))


PLUGIN = Distortion(
    name="kadid.gaussian_blur",
    category="blur",
    taxonomy=TAXONOMY,
    levels=levels("sigma", 0.1, 0.5, 1.0, 2.0, 5.0),
    sentence="Everything is evenly soft, as if out of focus, and fine detail is gone.",
    source=f"{GENERATOR}, type 1; the kernel is cut at 2 sigma as MATLAB's imgaussfilt does",
    apply=_apply,
    reach=_reach,
    sound_levels=(2, 3, 4, 5),
    kept="Level 1 (sigma 0.1) changes nothing.",
)
