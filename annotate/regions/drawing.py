"""Regions drawn for people: outlines, numbers at the clicks, and the phrase of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import binary_erosion

from schemas.masks import decode
from schemas.values import Region

__all__ = ["draw"]

_COLOURS: Final = (
    (230, 25, 75),
    (60, 180, 75),
    (0, 130, 200),
    (245, 130, 48),
    (145, 30, 180),
    (0, 160, 160),
    (240, 50, 230),
    (128, 128, 0),
)
_TINT: Final = 0.28  # share of the region's colour over the photo
_LINE: Final = 20
_FONT: Final = 15


def draw(image: NDArray[np.uint8], regions: Sequence[Region]) -> Image.Image:
    """The photo (uint8 RGB H x W x 3) with its regions outlined and numbered, and a line of text below for each."""
    height, width = image.shape[:2]
    painted = image.astype(np.float32)
    for region in regions:
        _tint(painted, decode(region.mask), _colour(region))
    card = Image.new("RGB", (max(width, 360), height + _LINE * len(regions) + 8), (255, 255, 255))
    card.paste(Image.fromarray(painted.round().astype(np.uint8)), (0, 0))
    pen, font = ImageDraw.Draw(card), ImageFont.load_default(_FONT)
    for line, region in enumerate(regions):
        x, y = region.click
        pen.ellipse((x - 10, y - 10, x + 10, y + 10), fill=_colour(region))
        pen.text((x, y), str(region.index), fill=(255, 255, 255), font=font, anchor="mm")
        share = 100 * region.area / (height * width)
        text = f"{region.index}  {region.phrase}  ({share:.0f} %, {region.horizontal} {region.vertical})"
        pen.text((6, height + 4 + line * _LINE), text, fill=_colour(region), font=font)
    return card


def _colour(region: Region) -> tuple[int, int, int]:
    return _COLOURS[region.index % len(_COLOURS)]


def _tint(painted: NDArray[np.float32], mask: NDArray[np.bool_], colour: tuple[int, int, int]) -> None:
    outline = mask & ~binary_erosion(mask, iterations=2, border_value=1)
    painted[mask] = painted[mask] * (1 - _TINT) + np.array(colour, dtype=np.float32) * _TINT
    painted[outline] = colour
