"""KADID type 24: high sharpen."""

from __future__ import annotations

import math

import numpy as np

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.lab import from_lab, to_lab
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.smoothing import smooth

__all__ = ["PLUGIN"]

_SIGMA = 3.0
_RADIUS = math.ceil(2 * _SIGMA)
_BITS = 12
_LARGEST = 2**_BITS - 1


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    lab = to_lab(pixels)
    lightness = np.rint(lab[..., 0] * np.float32(_LARGEST / 100)).astype(np.uint16)
    soft = smooth(lightness, _BITS, _SIGMA, _RADIUS)
    soft *= np.float32(100 * 16 / _LARGEST)
    lab[..., 0] += np.float32(parameters["amount"]) * (lab[..., 0] - soft)
    return from_lab(lab)


def _reach(_: Parameters) -> Support:
    return Support.around(_RADIUS)


PLUGIN = Distortion(
    name="kadid.high_sharpen",
    category="oversharpen",
    taxonomy=TAXONOMY,
    levels=levels("amount", 1, 2, 3, 6, 12),
    sentence="Edges carry wide bright and dark halos, and texture is harsh and grainy.",
    source=f"{GENERATOR}, type 24: MATLAB's imsharpen, an unsharp mask of radius (sigma) 3 on L*",
    apply=_apply,
    reach=_reach,
)
