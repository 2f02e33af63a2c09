"""KADID type 25: contrast change."""

from __future__ import annotations

import numpy as np

from distortions.curves import curve
from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    quarter = parameters["amount"] / 4
    points = [(0.3, 0.25 - quarter), (0.5, 0.5), (0.7, 0.75 + quarter)]
    return apply_table(pixels, byte_table(255 * curve(points, np.arange(256) / 255)))


PLUGIN = Distortion(
    name="kadid.contrast_change",
    category="contrast_change",
    taxonomy=TAXONOMY,
    levels=levels("amount", 0.3, 0.15, 0.0, -0.4, -0.6),
    sentence="The middle tones are driven apart or drawn together.",
    source=f"{GENERATOR}, type 25: a spline through (0.3, 0.25 - a/4), (0.5, 0.5), (0.7, 0.75 + a/4)",
    apply=_apply,
    sound_levels=(),
    kept="Levels 1 and 2 strengthen contrast, 3 hardly changes it, 4 and 5 weaken it: no scale of severity.",
)
