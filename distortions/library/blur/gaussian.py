"""Gaussian blur."""

from __future__ import annotations

from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.smoothing import gaussian, gaussian_radius

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return gaussian(pixels, parameters["sigma"])


def _reach(parameters: Parameters) -> Support:
    return Support.around(gaussian_radius(parameters["sigma"]))


PLUGIN = Distortion(
    name="blur.gaussian",
    category="blur",
    taxonomy="dq495k",
    levels=tuple({"sigma": value} for value in (1.0, 2.0, 3.0, 4.0, 5.0)),
    sentence="Everything is evenly soft, as if out of focus, and fine detail is gone.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/blur.py; skimage.filters.gaussian cuts at 4 sigma",
    apply=_apply,
    reach=_reach,
)
