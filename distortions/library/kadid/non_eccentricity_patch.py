"""KADID type 20: non-eccentricity patches."""

from __future__ import annotations

import numpy as np

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from schemas.keys import generator

__all__ = ["PLUGIN"]

_SIDE = 16
_MARGIN = 16
"""pixels between the picture's border and a patch"""
_FARTHEST = 8
"""pixels that a patch moves at most, in x and in y"""


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    result = pixels.copy()
    seed, *rest = window.noise.key
    draws = generator(int(seed), *rest, "patches")
    for _ in range(parameters["count"]):
        top, down = _place(draws, window.height)
        left, right = _place(draws, window.width)
        _copy(pixels, result, (top - window.top, left - window.left), (down, right))
    return result


def _place(draws: np.random.Generator, whole: int) -> tuple[int, int]:
    """Where a patch is taken along one axis, and how far from there it is put; inside the picture whatever its size."""
    margin = min(_MARGIN, max(whole - _SIDE, 0) // 2)
    first = margin + round(draws.random() * max(whole - _SIDE - 2 * margin, 0))
    moved = first + round((draws.random() - 0.5) * 2 * _FARTHEST)
    return first, min(max(moved, 0), max(whole - _SIDE, 0)) - first


def _copy(pixels: Pixels, result: Pixels, source: tuple[int, int], move: tuple[int, int]) -> None:
    """Copies one patch as far as the window holds both its source and its target."""
    slices = []
    for length, start, shift in zip(pixels.shape, source, move, strict=False):
        low, high = max(start, 0, -shift), min(start + _SIDE, length, length - shift)
        slices.append((slice(low, high), slice(low + shift, high + shift)) if low < high else (slice(0, 0), slice(0, 0)))
    result[slices[0][1], slices[1][1]] = pixels[slices[0][0], slices[1][0]]


def _reach(_: Parameters) -> Support:
    return Support.around(_FARTHEST)


PLUGIN = Distortion(
    name="kadid.non_eccentricity_patch",
    category="patch",
    taxonomy=TAXONOMY,
    levels=levels("count", 20, 40, 60, 80, 100),
    sentence="Small squares of the picture are repeated a few pixels beside their place, so that lines break.",
    source=f"{GENERATOR}, type 20, and the stored imnoneccentricity.m",
    apply=_apply,
    reach=_reach,
    random=True,
    kept=(
        "Patches are copied from the undistorted picture, not from one that already holds earlier patches, so that the reach is "
        "8 pixels. Positions are drawn over the whole picture: a small region may stay unchanged."
    ),
)
