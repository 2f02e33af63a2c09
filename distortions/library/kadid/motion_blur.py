"""KADID type 3: motion blur."""

from __future__ import annotations

import numpy as np

from distortions.kadid import GENERATOR, PORT, TAXONOMY, levels
from distortions.kernels import filtered, line, line_radius
from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]


def _draw(draws: np.random.Generator, _: Parameters) -> Parameters:
    return {"angle": int(draws.integers(0, 181))}


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return filtered(pixels, line(parameters["length"], parameters["angle"]))


def _reach(parameters: Parameters) -> Support:
    return Support.around(line_radius(parameters["length"]))


PLUGIN = Distortion(
    name="kadid.motion_blur",
    category="blur",
    taxonomy=TAXONOMY,
    levels=levels("length", 1, 2, 4, 6, 10),
    sentence="Detail is smeared along one direction, as if the camera had moved.",
    source=f"{GENERATOR}, type 3; the angle, a whole number of degrees from 0 to 180, as in {PORT}",
    apply=_apply,
    reach=_reach,
    draw=_draw,
    random=True,
    sound_levels=(2, 3, 4, 5),
    kept="Level 1 (a line of one pixel) changes nothing.",
)
