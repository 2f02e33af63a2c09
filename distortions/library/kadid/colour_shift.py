"""KADID type 5: colour shift."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.kadid import GENERATOR, PORT, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.smoothing import smooth

__all__ = ["PLUGIN"]

_GREEN = 1
_SIGMA, _RADIUS = 4.0, 8
_LOWEST, _HIGHEST = 0.1, 99.0
"""percentiles of the edge map that become 0 and 1"""
_BITS = 12
_STEPS = 8
"""steps of the gradient in one unit: at most 361 x 8, below 2**12"""
_OPAQUE = 256


def _draw(draws: np.random.Generator, parameters: Parameters) -> Parameters:
    right, down = draws.random(2) + 1e-9
    scale = parameters["amount"] / math.hypot(right, down)
    return {"right": round(right * scale), "down": round(down * scale)}


def _edges(pixels: Pixels) -> NDArray[np.float32]:
    """The blurred strength of edges at each pixel, on whatever scale."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    across, down = (
        cv2.Sobel(grey, cv2.CV_32F, right, 1 - right, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE) for right in (1, 0)
    )
    strength = np.rint(np.sqrt(across * across + down * down) * np.float32(_STEPS)).astype(np.uint16)
    return smooth(strength, _BITS, _SIGMA, _RADIUS)


def _measure(whole: Pixels, _: Parameters) -> tuple[float, float]:
    lowest, highest = np.percentile(_edges(whole), (_LOWEST, _HIGHEST), method="nearest")
    return float(lowest), float(highest)


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    lowest, highest = window.statistics
    result = pixels.copy()
    if highest <= lowest:
        return result
    share = np.clip((_edges(pixels) - np.float32(lowest)) * np.float32(1 / (highest - lowest)), 0, 1)
    weight = np.rint(share * np.float32(_OPAQUE)).astype(np.int32)
    green = pixels[..., _GREEN].astype(np.int32)
    moved = _moved(green, parameters["right"], parameters["down"])
    result[..., _GREEN] = (moved * weight + green * (_OPAQUE - weight) + _OPAQUE // 2) // _OPAQUE
    return result


def _moved(channel: NDArray[np.int32], right: int, down: int) -> NDArray[np.int32]:
    height, width = channel.shape
    rows = np.maximum(np.arange(height) - down, 0)
    columns = np.maximum(np.arange(width) - right, 0)
    return channel[rows][:, columns]


def _reach(parameters: Parameters) -> Support:
    edge, shift = _RADIUS + 1, int(parameters["amount"])
    return Support(
        top=max(edge, parameters.get("down", shift)), bottom=edge, left=max(edge, parameters.get("right", shift)), right=edge
    )


PLUGIN = Distortion(
    name="kadid.colour_shift",
    category="colour_shift",
    taxonomy=TAXONOMY,
    levels=levels("amount", 1, 3, 6, 8, 12),
    sentence="Edges carry green fringes on one side and magenta ones on the other, as if a colour layer had slipped.",
    source=f"{GENERATOR}, type 5; imcolorshift.m (percentiles 0.1 and 99); central differences as in {PORT}",
    apply=_apply,
    reach=_reach,
    measure=_measure,
    draw=_draw,
    random=True,
    kept="The shift goes to the right and down only, as in the source.",
)
