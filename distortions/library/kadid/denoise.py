"""KADID type 15: denoise, that is noise followed by a denoiser."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.noise import normal_table

__all__ = ["PLUGIN"]

_SCALES = 4
_SPLINE = np.array([1, 4, 6, 4, 1], np.float32) / 16
_NOISE_GAIN = (0.8908, 0.2007, 0.0857, 0.0413)
"""standard deviation of white noise of sigma 1 in each plane (Starck and Murtagh, Astronomical Image and Data Analysis)"""
_THRESHOLD = 3.0
_FINENESS = 256
"""planes are rounded to 1/256, so that the next smoothing is exact in float32"""


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    sigma = 255 * math.sqrt(parameters["variance"])
    noisy = cv2.add(pixels, window.noise.take(normal_table(sigma), 3), dtype=cv2.CV_8U)
    return _shrunk(noisy, sigma)


def _shrunk(noisy: Pixels, sigma: float) -> Pixels:
    """Undecimated wavelet shrinkage: planes of a B3-spline transform, without what lies below three sigmas of the noise."""
    rest = noisy.astype(np.float32)
    result = np.zeros_like(rest)
    for scale, gain in enumerate(_NOISE_GAIN):
        softer = _smoothed(rest, 2**scale)
        plane = rest - softer
        plane[np.abs(plane) < np.float32(_THRESHOLD * gain * sigma)] = 0
        result += plane
        rest = softer
    result += rest
    picture: Pixels = np.rint(np.clip(result, 0, 255, out=result), out=result).astype(np.uint8)
    return picture


def _smoothed(values: NDArray[np.float32], gap: int) -> NDArray[np.float32]:
    kernel = np.zeros(4 * gap + 1, np.float32)
    kernel[::gap] = _SPLINE
    wide = cv2.filter2D(values, cv2.CV_32F, kernel[None], borderType=cv2.BORDER_REPLICATE)
    soft: NDArray[np.float32] = cv2.filter2D(wide, cv2.CV_32F, kernel[:, None], borderType=cv2.BORDER_REPLICATE)
    soft *= _FINENESS
    np.rint(soft, out=soft)
    soft /= _FINENESS
    return soft


def _reach(_: Parameters) -> Support:
    return Support.around(2 * (2**_SCALES - 1))


PLUGIN = Distortion(
    name="kadid.denoise",
    category="denoise",
    taxonomy=TAXONOMY,
    levels=levels("variance", 0.01, 0.03, 0.05, 0.1, 0.15),
    sentence="Texture is smoothed away into soft blotches of colour while strong edges stay.",
    source=f"{GENERATOR}, type 15, and the stored imdenoise.m: white noise, then a denoiser on each channel",
    apply=_apply,
    reach=_reach,
    random=True,
    kept="The source denoises with the network DnCNN; here wavelet shrinkage does it, which leaves the same kind of artefacts.",
)
