"""Jitter: pixels trade places with near neighbours."""

from __future__ import annotations

from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.shuffling import shuffle_reach, shuffled_index, take_pixels

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    height, width = pixels.shape[:2]
    return take_pixels(pixels, shuffled_index(window, (height, width), int(parameters["shift"]), 1))


def _reach(parameters: Parameters) -> Support:
    return shuffle_reach(int(parameters["shift"]), 1)


PLUGIN = Distortion(
    name="blur.jitter",
    category="blur",
    taxonomy="dq495k",
    levels=tuple({"shift": value} for value in (1, 2, 3, 4, 5)),
    sentence="Edges are frayed and detail is scattered, as if pixels had been shaken.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/blur.py, helper.py",
    apply=_apply,
    reach=_reach,
    random=True,
)
