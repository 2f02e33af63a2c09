"""Motion blur: a one-sided trail along a line, strongest at its start."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.scratch import scratch
from distortions.smoothing import as_floats, integer_weights, round_to_byte

__all__ = ["PLUGIN"]

Tap = tuple[int, int, float]
"""(rows down, columns right, whole-number weight)"""
_BITS = 16
_LARGEST_KERNEL = 121
"""entries up to which OpenCV filters directly, with exact sums of whole numbers; larger kernels go through an inexact DFT"""


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    height, width = pixels.shape[:2]
    reach = _reach(parameters)
    padded = cv2.copyMakeBorder(pixels, reach.top, reach.bottom, reach.left, reach.right, cv2.BORDER_REPLICATE)
    samples = as_floats(padded)
    total = np.empty(0, np.float32)
    for number, (top, left, kernel) in enumerate(_kernels(*_line(parameters))):
        y, x = top + reach.top, left + reach.left
        piece = samples[y : y + height + kernel.shape[0] - 1, x : x + width + kernel.shape[1] - 1]
        room = scratch("soft" if number == 0 else "rows", piece.shape)
        part = cv2.filter2D(piece, cv2.CV_32F, kernel, dst=room, anchor=(0, 0))[:height, :width]
        total = part if number == 0 else cv2.add(total, part, dst=total)
    return round_to_byte(total)


def _line(parameters: Parameters) -> tuple[int, float, float]:
    return int(parameters["radius"]), float(parameters["sigma"]), float(parameters["angle"])


@lru_cache(maxsize=256)
def _taps(radius: int, sigma: float, degrees: float) -> tuple[Tap, ...]:
    """The line's pixels: a half-Gaussian that falls off from the pixel itself, placed on the nearest pixels."""
    steps = np.arange(2 * radius + 1)
    weights = integer_weights(np.exp(-0.5 * (steps / sigma) ** 2), _BITS) * 2.0**-_BITS
    angle = radians(degrees)
    return tuple((ceil(step * sin(angle) - 0.5), ceil(step * cos(angle) - 0.5), float(weights[step])) for step in steps)


@lru_cache(maxsize=256)
def _kernels(radius: int, sigma: float, degrees: float) -> tuple[tuple[int, int, NDArray[np.float32]], ...]:
    """The taps in pieces small enough for direct filtering: (top, left, kernel)."""
    groups: list[list[Tap]] = [[]]
    for tap in _taps(radius, sigma, degrees):
        if groups[-1] and _area([*groups[-1], tap]) > _LARGEST_KERNEL:
            groups.append([])
        groups[-1].append(tap)
    return tuple(_kernel(group) for group in groups)


def _area(taps: list[Tap]) -> int:
    rows, columns = [tap[0] for tap in taps], [tap[1] for tap in taps]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)


def _kernel(taps: list[Tap]) -> tuple[int, int, NDArray[np.float32]]:
    rows, columns = [tap[0] for tap in taps], [tap[1] for tap in taps]
    top, left = min(rows), min(columns)
    kernel = np.zeros((max(rows) - top + 1, max(columns) - left + 1), np.float32)
    for row, column, weight in taps:
        kernel[row - top, column - left] += weight
    return top, left, kernel


def _reach(parameters: Parameters) -> Support:
    if "angle" not in parameters:
        return Support.around(2 * int(parameters["radius"]))
    taps = _taps(*_line(parameters))
    rows, columns = [tap[0] for tap in taps], [tap[1] for tap in taps]
    return Support(-min(*rows, 0), max(*rows, 0), -min(*columns, 0), max(*columns, 0))


def _draw(generator: np.random.Generator, _: Parameters) -> Parameters:
    return {"angle": round(float(generator.uniform(-90, 90)), 3)}


_LINES = ((5, 3.0), (10, 5.0), (15, 7.0), (15, 9.0), (20, 12.0))

PLUGIN = Distortion(
    name="blur.motion",
    category="blur",
    taxonomy="dq495k",
    levels=tuple({"radius": radius, "sigma": sigma} for radius, sigma in _LINES),
    sentence="Everything is smeared along one direction, as if the camera had moved.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/blur.py, helper.py (angle in degrees, uniform in -90 to 90)",
    apply=_apply,
    reach=_reach,
    draw=_draw,
    random=True,
)
