"""What the pixels of a region look like: colour name, brightness, texture, colourfulness, each 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.regions.colours import COLOUR_NAMES, dominant_colour, name_indices
from annotate.regions.shapes import Mask

__all__ = ["SMOOTH", "TEXTURED", "Look", "looks"]

SMOOTH: Final = 0.012
"""a region with less texture than this is called smooth"""
TEXTURED: Final = 0.045
"""a region with more texture than this is called textured"""


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
    the mean HSV saturation; the colour is named after a Gaussian blur of 2 px, and is empty if no term covers near half. All but
    the name are 0 to 1.
    """
    owner = np.zeros(image.shape[:2], dtype=np.int64)
    for number, mask in enumerate(masks, start=1):
        owner[mask] = number
    flat, count = owner.ravel(), len(masks) + 1
    areas = np.bincount(flat, minlength=count)
    means = [np.bincount(flat, weights=plane.ravel(), minlength=count) / np.maximum(areas, 1) for plane in _planes(image)]
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), 2.0, borderType=cv2.BORDER_REFLECT_101), dtype=np.uint8)
    names = np.bincount(flat * len(COLOUR_NAMES) + name_indices(blurred).ravel(), minlength=count * len(COLOUR_NAMES))
    named = [dominant_colour(counts) for counts in names.reshape(count, -1)[1:]]
    return [Look(colour, *(_unit(mean[number]) for mean in means)) for number, colour in enumerate(named, start=1)]


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
