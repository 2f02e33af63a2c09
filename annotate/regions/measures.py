"""What the pixels of a region look like: colour name, brightness, texture, colourfulness, each 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.regions.colours import dominant_colour
from annotate.regions.shapes import Mask

__all__ = ["SMOOTH", "TEXTURED", "Channels", "Look", "channels", "look"]

SMOOTH: Final = 0.012
"""a region with less texture than this is called smooth"""
TEXTURED: Final = 0.045
"""a region with more texture than this is called textured"""


@dataclass(frozen=True)
class Channels:
    """Planes of a photo that measures are means of, H x W each: computed once for all regions."""

    blurred: NDArray[np.uint8]
    """RGB after a Gaussian of sigma 2 px (H x W x 3): what a colour name is given to"""
    luma: NDArray[np.float32]
    """ITU-R BT.601 luma, 0 to 1"""
    detail: NDArray[np.float32]
    """absolute difference of the luma from its 5 x 5 mean, 0 to 1"""
    saturation: NDArray[np.float32]
    """HSV saturation, 0 to 1"""


@dataclass(frozen=True)
class Look:
    """Measures of one region; fields as in ``schemas.values.Region``."""

    colour: str
    brightness: float
    texture: float
    colourfulness: float


def channels(image: NDArray[np.uint8]) -> Channels:
    """The planes of a photo (uint8 RGB H x W x 3)."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    detail = np.abs(luma - cv2.blur(luma, (5, 5), borderType=cv2.BORDER_REFLECT_101))
    top, bottom = image.max(axis=2).astype(np.float32), image.min(axis=2).astype(np.float32)
    saturation = (top - bottom) / np.maximum(top, 1)
    return Channels(cv2.GaussianBlur(image, (0, 0), 2.0, borderType=cv2.BORDER_REFLECT_101), luma, detail, saturation)


def look(planes: Channels, mask: Mask) -> Look:
    """The measures of a region; the mask (H x W, not empty) has the planes' size."""
    return Look(
        dominant_colour(planes.blurred[mask]),
        _mean(planes.luma[mask]),
        _mean(planes.detail[mask]),
        _mean(planes.saturation[mask]),
    )


def _mean(values: NDArray[np.float32]) -> float:
    """Mean in float64, rounded so that the last bits of another numpy build do not show in a row."""
    return round(min(1.0, float(values.mean(dtype=np.float64))), 6)
