"""KADID type 21: pixelation."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]


def _scale(parameters: Parameters) -> float:
    strength: float = parameters["strength"]
    return 0.95 - math.pow(strength, 0.6)


def _sources(whole: int, scale: float, start: int, length: int) -> NDArray[np.int64]:
    """For each of ``length`` pixels from ``start`` on, the pixel whose colour it shows, counted from ``start``.

    ``whole`` pixels are reduced to ceil(whole x scale) by taking the nearest one and enlarged again in the same way.
    """
    count = math.ceil(whole * scale)
    small = (2 * np.arange(start, start + length) + 1) * count // (2 * whole)
    nearest = (2 * small + 1) * whole // (2 * count)
    sources: NDArray[np.int64] = np.clip(nearest - start, 0, length - 1)
    return sources


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    rows = _sources(window.height, _scale(parameters), window.top, pixels.shape[0])
    columns = _sources(window.width, _scale(parameters), window.left, pixels.shape[1])
    return pixels[rows].take(columns, axis=1)


def _reach(parameters: Parameters) -> Support:
    return Support.around(math.ceil(0.5 / _scale(parameters) + 0.5))


PLUGIN = Distortion(
    name="kadid.pixelate",
    category="pixelate",
    taxonomy=TAXONOMY,
    levels=levels("strength", 0.01, 0.05, 0.1, 0.2, 0.5),
    sentence="Outlines are jagged and detail turns into small uneven blocks.",
    source=f"{GENERATOR}, type 21, and the stored impixelate.m: nearest neighbour down by 0.95 - strength ** 0.6 and up again",
    apply=_apply,
    reach=_reach,
    kept=(
        "Sampled in proportion to the reduced size. The source samples by the scale itself, which moves the far end of a "
        "picture by up to a pixel."
    ),
)
