"""KADID type 8: colour saturation changed in L*a*b*."""

from __future__ import annotations

import numpy as np

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.lab import from_lab, to_lab
from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    lab = to_lab(pixels)
    scale = np.float32(parameters["scale"])
    lab *= np.array([1, scale, scale], np.float32)
    return from_lab(lab)


PLUGIN = Distortion(
    name="kadid.colour_saturation_2",
    category="saturate_strengthen",
    taxonomy=TAXONOMY,
    levels=levels("scale", 1, 2, 3, 6, 9),
    sentence="Colours are glaring and unnatural, and even near-grey areas take on a hue.",
    source=f"{GENERATOR}, type 8: a* and b* multiplied",
    apply=_apply,
    sound_levels=(2, 3, 4, 5),
    kept="Level 1 (x 1) changes nothing.",
)
