"""Impulse noise: salt and pepper, drawn for each channel sample separately."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]


def _masks(amount: float) -> NDArray[np.uint16]:
    """By 16 bits of chance, what a sample is AND-ed (low byte) and OR-ed with (high byte): half the hits are 0, half 255."""
    hits = round(amount * 65536)
    table = np.full(65536, 0x00FF, np.uint16)
    table[: hits // 2] = 0x0000
    table[hits // 2 : hits] = 0xFFFF
    return table


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    masks = window.noise.take(_masks(parameters["amount"]), 3)
    result: Pixels = ((pixels & masks) | (masks >> 8)).astype(np.uint8)
    return result


PLUGIN = Distortion(
    name="noise.impulse",
    category="noise",
    taxonomy="dq495k",
    levels=tuple({"amount": value} for value in (0.01, 0.03, 0.05, 0.07, 0.10)),
    sentence="Single dots of pure, mostly coloured light or darkness are strewn over everything.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/noise.py; skimage.util.random_noise, half salt and half pepper",
    apply=_apply,
    random=True,
)
