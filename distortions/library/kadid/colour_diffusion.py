"""KADID type 4: colour diffusion."""

from __future__ import annotations

import math

import numpy as np

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.lab import from_lab, to_lab
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.smoothing import smooth

__all__ = ["PLUGIN"]

_BITS = 12
_STEPS = 2 ** (_BITS - 8)
"""steps of a* and b* in one unit: their blur is computed on whole numbers"""
_ZERO = 128


def _sigma(parameters: Parameters) -> float:
    return 1.5 * float(parameters["amount"]) + 2


def _radius(parameters: Parameters) -> int:
    return math.ceil(2 * _sigma(parameters))


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    lab = to_lab(pixels)
    colours = np.rint((lab[..., 1:] + np.float32(_ZERO)) * np.float32(_STEPS)).astype(np.uint16)
    soft = smooth(colours, _BITS, _sigma(parameters), _radius(parameters)) - np.float32(_ZERO)
    lab[..., 1:] = soft * np.float32(parameters["amount"])
    return from_lab(lab)


def _reach(parameters: Parameters) -> Support:
    return Support.around(_radius(parameters))


PLUGIN = Distortion(
    name="kadid.colour_diffusion",
    category="colour_diffusion",
    taxonomy=TAXONOMY,
    levels=levels("amount", 1, 3, 6, 8, 12),
    sentence="Strong colours bleed far over the edges of things while their outlines stay sharp.",
    source=f"{GENERATOR}, type 4: a* and b* are blurred with sigma 1.5 x amount + 2 and multiplied by the amount",
    apply=_apply,
    reach=_reach,
)
