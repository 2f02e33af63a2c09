"""Contact sheets: one row for each distortion, the photo and its five levels, at one screen pixel for each of the photo's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from distortions.compose import distort
from distortions.model import LEVELS, Distortion, Pixels

__all__ = ["contact_sheet", "middle_mask"]

_LONG_SIDE = 384
_CELL = (192, 128)
_LABEL = 190
_HEAD = 24
_GAP = 2
_GREY = (90, 90, 90)


def middle_mask(height: int, width: int) -> NDArray[np.bool_]:
    """A leaf-shaped region in the middle of a picture, about a tenth of it: boolean, height x width."""
    y, x = np.mgrid[:height, :width]
    reach = 0.19 * min(height, width)
    left, right = (
        ((x - width / 2 - side * reach) / 1.4) ** 2 + (y - height / 2) ** 2 < (1.3 * reach) ** 2 for side in (-0.7, 0.7)
    )
    leaf: NDArray[np.bool_] = left & right
    return leaf


def contact_sheet(photo: Pixels, functions: Iterable[Distortion], *, region: bool = False, seed: int = 0) -> Image.Image:
    """All functions at all levels on one picture.

    Args:
        photo: uint8 RGB H x W x 3; shrunk to 384 pixels on the long side, of which the middle is shown.
        functions: one row each, in this order.
        region: whether to distort only a region in the middle instead of the whole photo.
        seed: keys all draws.
    """
    small = _shrunk(photo)
    mask = middle_mask(*small.shape[:2]) if region else None
    rows = list(functions)
    sheet = Image.new("RGB", (_LABEL + (LEVELS + 1) * (_CELL[0] + _GAP), _HEAD + len(rows) * (_CELL[1] + _GAP)), "white")
    draw = ImageDraw.Draw(sheet)
    for column, title in enumerate(["photo", *(f"level {level}" for level in range(1, LEVELS + 1))]):
        draw.text((_LABEL + column * (_CELL[0] + _GAP), 4), title, fill="black", font=ImageFont.load_default(14))
    for number, function in enumerate(rows):
        top = _HEAD + number * (_CELL[1] + _GAP)
        draw.multiline_text((4, top + 4), _label(function), fill="black", font=ImageFont.load_default(12))
        for column, cell in enumerate(_cells(small, function, mask, seed)):
            sheet.paste(Image.fromarray(cell), (_LABEL + column * (_CELL[0] + _GAP), top))
    return sheet


def _cells(small: Pixels, function: Distortion, mask: NDArray[np.bool_] | None, seed: int) -> Iterator[Pixels]:
    yield _middle(small)
    for level in range(1, LEVELS + 1):
        cell = _middle(distort(small, function, level, mask=mask, seed=seed).image)
        if level not in function.sound_levels:
            cell = cell.copy()
            cv2.line(cell, (0, 0), (12, 12), _GREY, 2)
            cv2.line(cell, (0, 12), (12, 0), _GREY, 2)
        yield cell


def _label(function: Distortion) -> str:
    values = [
        ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in level.values())
        for level in function.levels
    ]
    names = ", ".join(function.levels[0])
    return "\n".join([function.name, names, *(f"  {value}"[:30] for value in values)])


def _shrunk(photo: Pixels) -> Pixels:
    height, width = photo.shape[:2]
    scale = _LONG_SIDE / max(height, width)
    size = (max(round(width * scale), _CELL[0]), max(round(height * scale), _CELL[1]))
    result: Pixels = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    return result


def _middle(picture: Pixels) -> Pixels:
    left, top = (picture.shape[1] - _CELL[0]) // 2, (picture.shape[0] - _CELL[1]) // 2
    return np.ascontiguousarray(picture[top : top + _CELL[1], left : left + _CELL[0]])
