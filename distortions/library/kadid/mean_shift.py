"""KADID type 18: mean shift."""

from __future__ import annotations

import numpy as np

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window
from distortions.tone import apply_table, byte_table

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return apply_table(pixels, byte_table(np.arange(256) + 255 * parameters["shift"]))


PLUGIN = Distortion(
    name="kadid.mean_shift",
    category="brightness_change",
    taxonomy=TAXONOMY,
    levels=levels("shift", 0.15, 0.08, 0.0, -0.08, -0.15),
    sentence="All tones are moved up or down by the same amount.",
    source=f"{GENERATOR}, type 18",
    apply=_apply,
    sound_levels=(),
    kept="Levels 1 and 2 brighten, 3 changes nothing, 4 and 5 darken: no scale of severity.",
)
