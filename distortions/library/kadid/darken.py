"""KADID type 17: darkening."""

from __future__ import annotations

import numpy as np

from distortions.curves import middle_curve
from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_table(pixels, byte_table(255 * middle_curve(0.5 - parameters["amount"] / 2, np.arange(256) / 255)))


PLUGIN = Distortion(
    name="kadid.darken",
    category="darken",
    taxonomy=TAXONOMY,
    levels=levels("amount", 0.05, 0.1, 0.2, 0.4, 0.8),
    sentence="Everything is darker and shadows lose their detail.",
    source=f"{GENERATOR}, type 17: the curve on RGB alone",
    apply=_apply,
)
