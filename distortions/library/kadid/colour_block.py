"""KADID type 23: colour blocks."""

from __future__ import annotations

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from schemas.keys import generator

__all__ = ["PLUGIN"]

_SIDE = 32


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    result = pixels.copy()
    seed, *rest = window.noise.key
    draws = generator(int(seed), *rest, "blocks")
    for _ in range(parameters["count"]):
        colour = draws.integers(0, 256, size=3)
        top = int(draws.random() * max(window.height - _SIDE, 0)) - window.top
        left = int(draws.random() * max(window.width - _SIDE, 0)) - window.left
        result[max(top, 0) : max(top + _SIDE, 0), max(left, 0) : max(left + _SIDE, 0)] = colour
    return result


PLUGIN = Distortion(
    name="kadid.colour_block",
    category="colour_block",
    taxonomy=TAXONOMY,
    levels=levels("count", 2, 4, 6, 8, 10),
    sentence="Squares of one random colour each, 32 pixels wide, hide parts of the picture.",
    source=f"{GENERATOR}, type 23",
    apply=_apply,
    random=True,
    kept="Positions are drawn over the whole picture, as in the source: a small region may stay unchanged.",
)
