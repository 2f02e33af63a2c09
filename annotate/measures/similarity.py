"""Two full-reference measures restricted to a region, on the pixels as they are stored: MDSI and HaarPSI.

Both halve the picture first (mean of 2 x 2), as their authors do at this size; nothing else is resized. Responses are computed
on the region's box and pooled over its mask.

- MDSI: Nafchi, Shahkolaei, Hedjam, Cheriet, "Mean deviation similarity index: efficient and reliable full-reference image
  quality evaluator", IEEE Access 4 (2016): C1 = 140, C2 = 55, C3 = 550, alpha = 0.6, deviation pooling of fourth roots.
- HaarPSI: Reisenhofer, Bosse, Kutyniok, Wiegand, "A Haar wavelet-based perceptual similarity index for image quality
  assessment", Signal Processing: Image Communication 61 (2018): C = 30, alpha = 4.2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Difference", "Responses", "change", "difference", "halved_mask", "responses"]

# Rows: luma; I and Q of YIQ (HaarPSI); H and M (MDSI, after Geusebroek's colour model). Columns: R, G, B.
_PLANES = np.array(
    [[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312], [0.30, 0.04, -0.35], [0.34, -0.60, 0.17]],
    dtype=np.float32,
)
_C1, _C2, _C3, _GRADIENT_SHARE = 140.0, 55.0, 550.0, 0.6
_PREWITT = np.array([[1, 0, -1]] * 3, dtype=np.float32) / 3
_HAAR_C, _HAAR_ALPHA = 30.0, 4.2
_HAAR_FLOOR = 0.5  # least weight of a pixel, so that areas without any structure are judged by their colour, not by 0 / 0
_NEIGHBOURHOOD = (4, 4)  # half-size pixels over which light is averaged
_SCALES = (1, 2, 3)

Plane = NDArray[np.floating]


class Responses(NamedTuple):
    """What the measures look at in one picture, float32 planes of half its size: computed once, compared often."""

    luma: Plane
    gradient: Plane
    """Prewitt magnitude of luma"""
    opponents: tuple[Plane, Plane]
    """H and M"""
    colours: tuple[Plane, Plane]
    """magnitudes of I and Q, smoothed"""
    waves: tuple[tuple[Plane, Plane, Plane], ...]
    """magnitudes of Haar responses at scales 1, 2, 3: across, then down"""


class Difference(NamedTuple):
    """How a region differs from its reference; every part is 0 for equal pixels and grows with the difference."""

    deviation: float
    """MDSI squared: the square root of the mean deviation of gradient and chroma similarity"""
    wavelet: float
    """1 - HaarPSI, 0 to 1"""
    light: float
    """mean absolute difference of locally averaged luma, 0 to 255"""


def responses(image: NDArray[np.uint8]) -> Responses:
    """Responses of uint8 RGB h x w x 3; the last row or column of an odd size is left out."""
    luma, i, q, h, m = cv2.split(cv2.transform(_halved(image), _PLANES))
    waves = tuple(tuple(_haar(luma, scale, across) for scale in _SCALES) for across in (True, False))
    colours = (np.abs(cv2.blur(i, (2, 2))), np.abs(cv2.blur(q, (2, 2))))
    return Responses(luma, _gradient(luma), (h, m), colours, waves)  # type: ignore[arg-type]


def halved_mask(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask (boolean h x w) at the size of the responses; never empty."""
    if min(mask.shape) < 2:
        return np.ones(mask.shape, dtype=bool)
    inside = mask[: mask.shape[0] // 2 * 2 : 2, : mask.shape[1] // 2 * 2 : 2]
    return inside if inside.any() else np.ones_like(inside)


def difference(one: Responses, other: Responses, inside: NDArray[np.bool_]) -> Difference:
    """The parts of the difference between a reference and a changed crop, pooled over a mask of the responses' size."""
    light = np.abs(cv2.blur(one.luma - other.luma, _NEIGHBOURHOOD))[inside].mean()
    return Difference(_mdsi(one, other, inside) ** 2, 1 - _haarpsi(one, other, inside), float(light))


def change(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Root mean square difference of RGB samples (uint8 h x w x 3 each) in the mask, 0 to 255.

    The square lets a few pixels that change much (impulse noise, edges that blur) count more than many that change by one.
    """
    samples = max(1, 3 * int(np.count_nonzero(mask)))
    return float(cv2.norm(reference, changed, cv2.NORM_L2, mask.astype(np.uint8))) / math.sqrt(samples)


def _halved(image: NDArray[np.uint8]) -> Plane:
    height, width = (side // 2 for side in image.shape[:2])
    if not min(height, width):
        return image.astype(np.float32)
    even = image[: 2 * height, : 2 * width].astype(np.float32)
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA))


def _mdsi(one: Responses, other: Responses, inside: NDArray[np.bool_]) -> float:
    steep, steep_other = one.gradient[inside], other.gradient[inside]
    steep_both = _gradient((one.luma + other.luma) / 2)[inside]
    gradients = _alike(steep, steep_other, _C1) + _alike(steep_other, steep_both, _C2) - _alike(steep, steep_both, _C2)
    (h, m), (h_other, m_other) = ([plane[inside] for plane in each.opponents] for each in (one, other))
    chroma = (2 * (h * h_other + m * m_other) + _C3) / (h**2 + m**2 + h_other**2 + m_other**2 + _C3)
    combined = _GRADIENT_SHARE * gradients + (1 - _GRADIENT_SHARE) * chroma
    if combined.min() < 0:  # negative values have complex roots, as in the authors' definition
        combined = combined.astype(np.complex64)
    roots = np.sqrt(np.sqrt(combined))
    return float(np.abs(roots - roots.mean()).mean(dtype=np.float64) ** 0.25)


def _gradient(plane: Plane) -> Plane:
    steep: Plane = cv2.magnitude(cv2.filter2D(plane, cv2.CV_32F, _PREWITT), cv2.filter2D(plane, cv2.CV_32F, _PREWITT.T))
    return steep


def _haarpsi(one: Responses, other: Responses, inside: NDArray[np.bool_]) -> float:
    weights, similarities = [], []
    for mine, theirs in zip(one.waves, other.waves, strict=True):
        (fine, middle, coarse), (fine_other, middle_other, coarse_other) = (
            [plane[inside] for plane in each] for each in (mine, theirs)
        )
        weights.append(np.maximum(coarse, coarse_other) + _HAAR_FLOOR)
        similarities.append((_alike(fine, fine_other, _HAAR_C) + _alike(middle, middle_other, _HAAR_C)) / 2)
    pairs = zip(one.colours, other.colours, strict=True)
    i, q = (_alike(a[inside], b[inside], _HAAR_C) for a, b in pairs)
    weights.append((weights[0] + weights[1]) / 2)
    similarities.append((i + q) / 2)
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
