"""Full-reference similarity of a region at native resolution: Haar wavelets for structure, chroma and local light.

Structure is HaarPSI's luma part: Reisenhofer, Bosse, Kutyniok, Wiegand, "A Haar wavelet-based perceptual similarity index
for image quality assessment", Signal Processing: Image Communication 61 (2018), equations 8 to 14 with C = 30, alpha = 4.2.
Two things differ: the picture is not halved first, and responses are pooled over a mask.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Difference", "difference", "mean_change"]

_C = 30.0
_ALPHA = 4.2
_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], dtype=np.float32)
_FLOOR = 1.0  # weight of a pixel without any structure: keeps flat areas from having no say at all

Plane = NDArray[np.floating]


class Difference(NamedTuple):
    """How a region differs from its reference; every part is 0 for equal pixels and grows with the difference."""

    structure: float
    """1 - HaarPSI of luma, 0 to 1"""
    chroma: float
    """1 - similarity of the chroma pair, 0 to 1"""
    light: float
    """mean absolute difference of locally averaged luma, 0 to 1"""


def difference(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Difference:
    """The parts of the difference between two crops (uint8 RGB h x w x 3), pooled over a boolean h x w mask."""
    one, other = _yiq(reference), _yiq(changed)
    weights, similarity = zip(*(_structure(one[0], other[0], across) for across in (True, False)), strict=True)
    weight = np.stack([plane[mask] for plane in weights])
    pooled = _pool(np.stack([plane[mask] for plane in similarity]), weight)
    chroma = [_similar(np.abs(_mean(a)), np.abs(_mean(b)))[mask] for a, b in zip(one[1:], other[1:], strict=True)]
    coloured = _pool((chroma[0] + chroma[1])[None] / 2, weight.mean(axis=0, keepdims=True))
    light = np.abs(cv2.blur(one[0], (8, 8)) - cv2.blur(other[0], (8, 8)))[mask]
    return Difference(1 - pooled, 1 - coloured, float(light.mean()) / 255)


def mean_change(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Mean absolute difference of RGB samples in the mask, 0 to 255."""
    return float(cv2.absdiff(reference, changed)[mask].mean())


def _yiq(image: NDArray[np.uint8]) -> tuple[Plane, Plane, Plane]:
    planes = cv2.transform(image.astype(np.float32), _TO_YIQ)
    return planes[..., 0], planes[..., 1], planes[..., 2]


def _haar(plane: Plane, scale: int, across: bool) -> Plane:
    size = 2**scale
    step = np.full(size, 1 / size, dtype=np.float32)
    flat = np.ones(size, dtype=np.float32)
    step[: size // 2] *= -1
    row, column = (step, flat) if across else (flat, step)
    return np.abs(cv2.sepFilter2D(plane, cv2.CV_32F, row, column, borderType=cv2.BORDER_REFLECT))


def _structure(one: Plane, other: Plane, across: bool) -> tuple[Plane, Plane]:
    similarity = sum(_similar(_haar(one, scale, across), _haar(other, scale, across)) for scale in (1, 2)) / 2
    weight = np.maximum(_haar(one, 3, across), _haar(other, 3, across)) + _FLOOR
    return weight, similarity


def _similar(one: Plane, other: Plane) -> Plane:
    return (2 * one * other + _C**2) / (one**2 + other**2 + _C**2)


def _mean(plane: Plane) -> Plane:
    return cv2.blur(plane, (2, 2))


def _pool(similarity: Plane, weight: Plane) -> float:
    logistic = 1 / (1 + np.exp(-_ALPHA * similarity))
    mean = float((logistic * weight).sum(dtype=np.float64) / weight.sum(dtype=np.float64))
    return min(1.0, (np.log(mean / (1 - mean)) / _ALPHA) ** 2)
