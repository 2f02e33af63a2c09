"""Poisson noise: photon counts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]

_BITS = 12
"""bits of chance for a sample: 4096 quantiles of the distribution for each of the 256 values"""


@lru_cache(maxsize=8)
def _table(factor: float) -> NDArray[np.uint8]:
    """The noisy sample at ``4096 x sample + chance``: quantiles of Poisson(sample / 255 x factor), scaled back."""
    chance = (np.arange(2**_BITS) + 0.5) / 2**_BITS
    counts = np.arange(int(factor + 12 * factor**0.5) + 12)
    table = np.zeros((256, 2**_BITS))
    for sample in range(1, 256):
        table[sample] = np.searchsorted(np.round(pdtr(counts, sample / 255 * factor), 9), chance)
    return np.clip(np.rint(table * 255 / factor), 0, 255).astype(np.uint8).ravel()


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    index = pixels.astype(np.intp)
    index <<= _BITS
    index |= window.noise.uint16(3) >> (16 - _BITS)
    return np.take(_table(float(parameters["factor"])), index)


PLUGIN = Distortion(
    name="noise.poisson",
    category="noise",
    taxonomy="dq495k",
    levels=tuple({"factor": value} for value in (80, 60, 40, 25, 15)),
    sentence="Coloured grain as of a photo taken with too little light, coarser in lighter areas.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/noise.py",
    apply=_apply,
    random=True,
)
