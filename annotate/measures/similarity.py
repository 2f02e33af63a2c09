"""Two full-reference measures restricted to a region, on the pixels as they are stored: MDSI and HaarPSI.

Both halve the picture first (mean of 2 x 2), as their authors do at this size; nothing else is resized. Responses are computed
on the region's box and pooled over its mask.

- MDSI: Nafchi, Shahkolaei, Hedjam, Cheriet, "Mean deviation similarity index: efficient and reliable full-reference image
  quality evaluator", IEEE Access 4 (2016): C1 = 140, C2 = 55, C3 = 550, alpha = 0.6, deviation pooling of fourth roots.
- HaarPSI: Reisenhofer, Bosse, Kutyniok, Wiegand, "A Haar wavelet-based perceptual similarity index for image quality
  assessment", Signal Processing: Image Communication 61 (2018): C = 30, alpha = 4.2.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Difference", "difference", "mean_change"]

# Rows: luma; I and Q of YIQ (HaarPSI); H and M (MDSI, after Geusebroek's colour model). Columns: R, G, B.
_PLANES = np.array(
    [[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312], [0.30, 0.04, -0.35], [0.34, -0.60, 0.17]],
    dtype=np.float32,
)
_C1, _C2, _C3, _GRADIENT_SHARE = 140.0, 55.0, 550.0, 0.6
_PREWITT = np.array([[1, 0, -1]] * 3, dtype=np.float32) / 3
_HAAR_C, _HAAR_ALPHA = 30.0**2, 4.2
_HAAR_FLOOR = 0.5  # least weight of a pixel, so that areas without any structure are judged by their colour, not by 0 / 0
_NEIGHBOURHOOD = (4, 4)  # half-size pixels over which light is averaged

Plane = NDArray[np.floating]


class Difference(NamedTuple):
    """How a region differs from its reference; every part is 0 for equal pixels and grows with the difference."""

    deviation: float
    """MDSI squared: the square root of the mean deviation of gradient and chroma similarity"""
    wavelet: float
    """1 - HaarPSI, 0 to 1"""
    light: float
    """mean absolute difference of locally averaged luma, 0 to 255"""


def difference(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Difference:
    """The parts of the difference between two crops (uint8 RGB h x w x 3), pooled over a boolean h x w mask."""
    inside = mask[::2, ::2]
    if not inside.any():
        inside = np.ones_like(inside)
    one, other = _halved(reference), _halved(changed)
    light = np.abs(cv2.blur(one[0] - other[0], _NEIGHBOURHOOD))[inside].mean()
    return Difference(_mdsi(one, other, inside) ** 2, 1 - _haarpsi(one, other, inside), float(light))


def mean_change(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Mean absolute difference of RGB samples in the mask, 0 to 255."""
    red, green, blue, _ = cv2.mean(cv2.absdiff(reference, changed), mask.astype(np.uint8))
    return (red + green + blue) / 3


def _halved(image: NDArray[np.uint8]) -> tuple[Plane, ...]:
    small = np.ascontiguousarray(cv2.blur(image.astype(np.float32), (2, 2), anchor=(0, 0))[::2, ::2])
    return tuple(cv2.split(cv2.transform(small, _PLANES)))


def _mdsi(one: tuple[Plane, ...], other: tuple[Plane, ...], inside: NDArray[np.bool_]) -> float:
    steep, steep_other, steep_both = _gradient(one[0]), _gradient(other[0]), _gradient((one[0] + other[0]) / 2)
    gradients = _alike(steep, steep_other, _C1) + _alike(steep_other, steep_both, _C2) - _alike(steep, steep_both, _C2)
    chroma = 2 * (one[3] * other[3] + one[4] * other[4]) + _C3
    chroma = chroma / (one[3] ** 2 + one[4] ** 2 + other[3] ** 2 + other[4] ** 2 + _C3)
    combined = (_GRADIENT_SHARE * gradients + (1 - _GRADIENT_SHARE) * chroma)[inside]
    roots = combined.astype(np.complex128) ** 0.25  # negative values have complex roots, as in the authors' definition
    return float(np.abs(roots - roots.mean()).mean() ** 0.25)


def _gradient(plane: Plane) -> Plane:
    steep: Plane = cv2.magnitude(cv2.filter2D(plane, cv2.CV_32F, _PREWITT), cv2.filter2D(plane, cv2.CV_32F, _PREWITT.T))
    return steep


def _haarpsi(one: tuple[Plane, ...], other: tuple[Plane, ...], inside: NDArray[np.bool_]) -> float:
    weights, similarities = [], []
    for across in (True, False):
        fine = [_alike(_haar(one[0], scale, across), _haar(other[0], scale, across), _HAAR_C) for scale in (1, 2)]
        weights.append(np.maximum(_haar(one[0], 3, across), _haar(other[0], 3, across))[inside] + _HAAR_FLOOR)
        similarities.append((fine[0] + fine[1])[inside] / 2)
    colours = [
        _alike(np.abs(cv2.blur(a, (2, 2))), np.abs(cv2.blur(b, (2, 2))), _HAAR_C)
        for a, b in zip(one[1:3], other[1:3], strict=True)
    ]
    weights.append((weights[0] + weights[1]) / 2)
    similarities.append((colours[0] + colours[1])[inside] / 2)
    logistic = 1 / (1 + np.exp(-_HAAR_ALPHA * np.concatenate(similarities)))
    mean = float(np.average(logistic, weights=np.concatenate(weights)))
    return min(1.0, float(np.log(mean / (1 - mean)) / _HAAR_ALPHA) ** 2)


def _haar(plane: Plane, scale: int, across: bool) -> Plane:
    size = 2**scale
    step, flat = np.full(size, 1 / size, dtype=np.float32), np.ones(size, dtype=np.float32)
    step[: size // 2] *= -1
    row, column = (step, flat) if across else (flat, step)
    response: Plane = np.abs(cv2.sepFilter2D(plane, cv2.CV_32F, row, column, borderType=cv2.BORDER_REFLECT))
    return response


def _alike(one: Plane, other: Plane, constant: float) -> Plane:
    similar: Plane = (2 * one * other + constant) / (one * one + other * other + constant)
    return similar
