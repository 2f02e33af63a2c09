"""KADID type 16: brightening."""

from __future__ import annotations

import cv2
import numpy as np

from distortions.curves import middle_curve
from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.lab import rgb_of_lab, to_lab
from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]

_TABLE = 4096
"""entries of the lightness curve"""


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    middle = 0.5 + parameters["amount"] / 2
    lab = to_lab(pixels)
    lightness = (100 * middle_curve(middle, np.arange(_TABLE + 1) / _TABLE)).astype(np.float32)
    lab[..., 0] = lightness[np.rint(lab[..., 0] * np.float32(_TABLE / 100)).astype(np.intp).clip(0, _TABLE)]
    rgb = (510 / 3 * middle_curve(middle, np.arange(256) / 255)).astype(np.float32)
    mixed = rgb_of_lab(lab)
    mixed *= np.float32(1 / 3)
    mixed += rgb[pixels]
    result: Pixels = cv2.convertScaleAbs(mixed)
    return result


PLUGIN = Distortion(
    name="kadid.brighten",
    category="brighten",
    taxonomy=TAXONOMY,
    levels=levels("amount", 0.1, 0.2, 0.4, 0.7, 1.1),
    sentence="Everything is lighter and highlights lose their detail.",
    source=f"{GENERATOR}, type 16, and the stored imbrighten.m: two thirds of the curve on RGB, one third of it on L*",
    apply=_apply,
)
