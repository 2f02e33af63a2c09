"""What the pixels of a region look like: colour name, brightness, texture, colourfulness, each 0 to 1; and its tones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.regions.colours import COLOUR_NAMES, Tint, name_indices, region_colour
from annotate.regions.shapes import Mask
from schemas.values import Tones

__all__ = ["SMOOTH", "TEXTURED", "Look", "looks", "tones"]

SMOOTH: Final = 0.012
"""a region with less texture than this is called smooth"""
TEXTURED: Final = 0.045
"""a region with more texture than this is called textured"""

_BLACK, _WHITE = 5, 250  # of 8-bit L*: what is below or above has no detail left


@dataclass(frozen=True)
class Look:
    """Measures of one region; fields as in ``schemas.values.Region``."""

    colour: str
    brightness: float
    texture: float
    colourfulness: float


def looks(image: NDArray[np.uint8], masks: Sequence[Mask]) -> list[Look]:
    """The measures of disjoint regions (H x W, none empty) of a photo (uint8 RGB H x W x 3).

    Brightness is the mean ITU-R BT.601 luma; texture the mean absolute difference of the luma from its 5 x 5 mean; colourfulness
    the mean HSV saturation; the colour is named after a Gaussian blur of 2 px, and is empty if people would not agree on one. All
    but the name are 0 to 1.
    """
    owner = np.zeros(image.shape[:2], dtype=np.int64)
    for number, mask in enumerate(masks, start=1):
        owner[mask] = number
    flat, count = owner.ravel(), len(masks) + 1
    areas = np.bincount(flat, minlength=count)
    means = [np.bincount(flat, weights=plane.ravel(), minlength=count) / np.maximum(areas, 1) for plane in _planes(image)]
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), 2.0, borderType=cv2.BORDER_REFLECT_101), dtype=np.uint8)
    named = _colours(blurred, owner, count)
    return [Look(colour, *(_unit(mean[number]) for mean in means)) for number, colour in enumerate(named, start=1)]


def _colours(blurred: NDArray[np.uint8], owner: NDArray[np.int64], count: int) -> list[str]:
    """The colour of each region from every second pixel; ``owner`` (H x W) holds its number, from 1 to below ``count``."""
    areas = np.bincount(owner[::2, ::2].ravel(), minlength=count)
    if (areas[1:] > 0).all():  # else one is so small that it needs them all
        return _named(np.ascontiguousarray(blurred[::2, ::2]), owner[::2, ::2].ravel(), areas)
    return _named(blurred, owner.ravel(), np.bincount(owner.ravel(), minlength=count))


def _named(pixels: NDArray[np.uint8], owner: NDArray[np.int64], areas: NDArray[np.int64]) -> list[str]:
    count = len(areas)
    names = np.bincount(owner * len(COLOUR_NAMES) + name_indices(pixels).ravel(), minlength=count * len(COLOUR_NAMES))
    lightness, a, b = (plane.ravel() for plane in cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)))  # a* and b* from 128
    chroma = np.rint(np.hypot(a.astype(np.float32) - 128, b.astype(np.float32) - 128))
    planes = (lightness, a, b, np.square(lightness, dtype=np.int32), chroma)
    sums = (np.bincount(owner, weights=plane, minlength=count) for plane in planes)
    light, red, yellow, squared, lively = (each[1:] / np.maximum(areas[1:], 1) for each in sums)
    spread = np.sqrt(np.maximum(squared - light**2, 0)) / 2.55
    means = zip(light / 2.55, red - 128, yellow - 128, strict=True)
    tints = (Tint(mean, *rest) for mean, *rest in zip(means, spread, lively, strict=True))
    return [region_colour(*each) for each in zip(names.reshape(count, -1)[1:], tints, strict=True)]


def _planes(image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
    """Luma, its detail and the saturation of a photo, H x W each, 0 to 1."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    detail = np.abs(luma - cv2.blur(luma, (5, 5), borderType=cv2.BORDER_REFLECT_101))
    red, green, blue = cv2.split(image)
    top = cv2.max(cv2.max(red, green), blue).astype(np.float32)
    bottom = cv2.min(cv2.min(red, green), blue).astype(np.float32)
    return luma, detail, (top - bottom) / np.maximum(top, 1)


def _unit(mean: float) -> float:
    """Rounded, so that the last bits of another numpy build do not show in a row."""
    return round(min(1.0, float(mean)), 6)


def tones(crop: NDArray[np.uint8], mask: Mask) -> Tones:
    """The tones of a region from the crop of its box alone (uint8 RGB h x w x 3, boolean h x w with at least one pixel).

    8-bit CIE L*a*b* (D65): whole numbers, so that the sums do not depend on the order of additions.
    """
    inside = mask.astype(np.uint8)
    lightness, a, b = cv2.split(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB))
    mean, deviation = (float(each.item()) / 2.55 for each in cv2.meanStdDev(lightness, mask=inside))
    chroma = cv2.magnitude(a.astype(np.float32) - 128, b.astype(np.float32) - 128)
    luma = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    detail = cv2.absdiff(luma, cv2.blur(luma, (5, 5), borderType=cv2.BORDER_REFLECT_101))
    pixels = int(np.count_nonzero(mask))
    clipped = pixels - int(np.count_nonzero(cv2.inRange(lightness, _BLACK, _WHITE)[mask]))
    return Tones(
        lightness=round(mean, 2),
        spread=round(deviation, 2),
        chroma=round(cv2.mean(chroma, mask=inside)[0], 2),
        detail=round(cv2.mean(detail, mask=inside)[0], 2),
        clipped=round(clipped / pixels, 4),
    )
