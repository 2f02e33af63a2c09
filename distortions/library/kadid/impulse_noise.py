"""KADID type 13: impulse noise."""

from __future__ import annotations

import numpy as np

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    draws = window.noise.uint16(3)
    share = round(parameters["share"] * 2**15)
    result = pixels.copy()
    np.putmask(result, draws < share, 0)
    np.putmask(result, draws >= 2**16 - share, 255)
    return result


PLUGIN = Distortion(
    name="kadid.impulse_noise",
    category="noise",
    taxonomy=TAXONOMY,
    levels=levels("share", 0.001, 0.005, 0.01, 0.02, 0.03),
    sentence="Single pixels stand out as black, white and vividly coloured dots.",
    source=f"{GENERATOR}, type 13: imnoise 'salt & pepper', each channel by itself",
    apply=_apply,
    random=True,
)
