"""KADID type 2: lens blur."""

from __future__ import annotations

import math

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.kernels import disk, filtered
from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return filtered(pixels, disk(parameters["radius"]))


def _reach(parameters: Parameters) -> Support:
    return Support.around(math.ceil(parameters["radius"] - 0.5))


PLUGIN = Distortion(
    name="kadid.lens_blur",
    category="blur",
    taxonomy=TAXONOMY,
    levels=levels("radius", 1, 2, 4, 6, 8),
    sentence="Points of light spread into discs and edges are soft, as behind a lens that is out of focus.",
    source=f"{GENERATOR}, type 2",
    apply=_apply,
    reach=_reach,
)
