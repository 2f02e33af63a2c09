"""Where a region lies: the paper's closed position words, a free phrase that agrees, and whether the words lead to the region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.regions.shapes import Mask
from schemas.values import Box, Horizontal, Vertical

__all__ = [
    "Place",
    "QuarterFacts",
    "contradicts",
    "may_be_placed",
    "place",
    "position_words",
    "quarter_facts",
    "quarter_point",
    "where_phrase",
]

_SIDE: Final = 0.4  # centres below this share of the width (height) are on the left (at the top), above one minus it on the right
_VAGUE: Final = 0.06  # a centre this close to a border between two words may be said with either
_WIDE: Final = 0.75  # a box at least this wide (high) spans the picture
_CENTRE: Final = 0.3  # what covers less than this share of the picture's innermost hundredth is not around its middle
_CENTRED: Final = 0.02  # a box whose centre is this close to a middle line lies in neither half
_HALF: Final = 0.7  # a region with this share of itself in one half of the picture lies there
_LARGE: Final = 0.55  # a region that covers more of the picture than this is most of it


@dataclass(frozen=True)
class Place:
    """Where the centre of a region lies as people say it.

    ``column`` is left, middle, right or wide; ``row`` is top, middle, bottom or high.
    """

    column: str
    row: str


@dataclass(frozen=True)
class QuarterFacts:
    """Whether the closed position words can lead to the region; fields as in ``schemas.values.Region``."""

    quadrant_share: float
    quarter_inside: bool
    quarter_nearest: bool


def position_words(box: Box, width: int, height: int) -> tuple[Horizontal, Vertical]:
    """The paper's words: x/W of the box centre in [0, 1/2) is left, else right; y/H in [0, 1/2) is top, else bottom."""
    x0, y0, x1, y1 = box
    return "left" if x0 + x1 < width else "right", "top" if y0 + y1 < height else "bottom"


def quarter_point(horizontal: Horizontal, vertical: Vertical, width: int, height: int) -> tuple[int, int]:
    """The pixel (x, y) in the middle of the quadrant that the words name: the point the paper's reader clicks."""
    x = width / 4 if horizontal == "left" else 3 * width / 4
    y = height / 4 if vertical == "top" else 3 * height / 4
    return min(int(x), width - 1), min(int(y), height - 1)


def quarter_facts(masks: Sequence[Mask], words: Sequence[tuple[Horizontal, Vertical]]) -> list[QuarterFacts]:
    """For each of a picture's masks, whether its words lead to it; nearest is by the distance of the mask's nearest pixel."""
    height, width = masks[0].shape if masks else (0, 0)
    distances = {named: [_squared_distance(mask, quarter_point(*named, width, height)) for mask in masks] for named in set(words)}
    return [_facts(index, masks[index], named, distances[named]) for index, named in enumerate(words)]


def _facts(index: int, mask: Mask, words: tuple[Horizontal, Vertical], distances: Sequence[int]) -> QuarterFacts:
    """``distances`` are those of all masks to the point that the words of this one name."""
    height, width = mask.shape
    # Pixel centres x + 1/2 < W/2 are left, so the middle column of an odd width belongs to the right half.
    columns = slice(0, width // 2) if words[0] == "left" else slice(width // 2, width)
    rows = slice(0, height // 2) if words[1] == "top" else slice(height // 2, height)
    share = float(np.count_nonzero(mask[rows, columns])) / float(np.count_nonzero(mask))
    point = quarter_point(*words, width, height)
    return QuarterFacts(round(share, 6), bool(mask[point[1], point[0]]), distances[index] == min(distances))


def _squared_distance(mask: Mask, point: tuple[int, int]) -> int:
    """Squared distance in pixels from a point to the nearest pixel of a mask; 0 inside."""
    height, width = mask.shape
    far = height + width  # farther than any pixel: stands for a row without one
    across = np.abs(np.arange(width, dtype=np.int32) - point[0])
    nearest = np.where(mask, across, far).min(axis=1).astype(np.int64)
    down = np.arange(height, dtype=np.int64) - point[1]
    return int((nearest**2 + down**2).min())


def place(box: Box, centroid: tuple[float, float], width: int, height: int) -> Place:
    """The column and row of a region: a side is named only if the centre of the box and the centroid both lie there."""
    x0, y0, x1, y1 = box
    column = _third((x0 + x1) / 2 / width, centroid[0] / width, ("left", "middle", "right"))
    row = _third((y0 + y1) / 2 / height, centroid[1] / height, ("top", "middle", "bottom"))
    if column == "middle" and x1 - x0 >= _WIDE * width:
        column = "wide"
    if row == "middle" and y1 - y0 >= _WIDE * height:
        row = "high"
    return Place(column, row)


def _third(centre: float, centroid: float, words: tuple[str, str, str]) -> str:
    if max(centre, centroid) < _SIDE:
        return words[0]
    return words[2] if min(centre, centroid) > 1 - _SIDE else words[1]


_PHRASES: Final = {
    ("left", "top"): "in the upper left",
    ("middle", "top"): "at the top",
    ("right", "top"): "in the upper right",
    ("wide", "top"): "across the top",
    ("left", "middle"): "on the left",
    ("middle", "middle"): "in the centre",
    ("right", "middle"): "on the right",
    ("wide", "middle"): "across the middle",
    ("left", "bottom"): "in the lower left",
    ("middle", "bottom"): "at the bottom",
    ("right", "bottom"): "in the lower right",
    ("wide", "bottom"): "across the bottom",
    ("left", "high"): "along the left side",
    ("middle", "high"): "down the middle",
    ("right", "high"): "along the right side",
    ("wide", "high"): "around the middle",
}
_BORDER: Final = "around the border"
_PLACES: Final = {phrase: Place(*names) for names, phrase in _PHRASES.items()} | {_BORDER: Place("wide", "high")}
_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
_MOST: Final = "over most of the picture"
_ALL: Final = "throughout the picture"


def may_be_placed(box: Box, size: tuple[int, int], phrase: str) -> bool:
    """Whether a region with this box in a picture of ``size`` (height, width) may be meant by another's position phrase.

    "On the left" may also mean what lies in the upper left; a centre close to a border between two words may be said with either.
    """
    if phrase not in _PLACES:
        x0, y0, x1, y1 = box
        return (x1 - x0) * (y1 - y0) > _LARGE / 2 * size[0] * size[1]
    said = _PLACES[phrase]
    beside_row, beside_column = said.row in ("top", "bottom"), said.column in ("left", "right")
    return _may_be(box[0], box[2], size[1], said.column, beside=beside_row) and _may_be(
        box[1], box[3], size[0], said.row, beside=beside_column
    )


def sides_of(phrase: str) -> frozenset[str]:
    """The sides of the picture (left, right, top, bottom) that a position phrase names."""
    said = _PLACES.get(phrase)
    return frozenset({said.column, said.row} & set(_OPPOSITE)) if said else frozenset()


def contradicts(phrase: str, side: str) -> bool:
    """Whether a position phrase names the side opposite to ``side`` (left, right, top, bottom)."""
    return _OPPOSITE[side] in sides_of(phrase)


def _may_be(start: int, stop: int, length: int, said: str, *, beside: bool) -> bool:
    """Along one axis; a middle that stands ``beside`` a side of the other axis ("at the top") says nothing of this one."""
    centre, extent = (start + stop) / 2 / length, (stop - start) / length
    if said in ("wide", "high"):
        return extent >= _WIDE - 3 * _VAGUE
    if said == "middle":
        return beside or _SIDE - _VAGUE <= centre <= 1 - _SIDE + _VAGUE
    if said in ("left", "top"):
        return centre < _SIDE + _VAGUE
    return centre > 1 - _SIDE - _VAGUE


def where_phrase(found: Place, box: Box, mask: Mask) -> str:
    """The free position phrase of a mask (H x W) with its box; it contradicts closed words only where they are arbitrary."""
    area = np.count_nonzero(mask)
    if area > _LARGE * mask.size:
        return _ALL if area == mask.size else _MOST
    return _spread(box, mask) if found == Place("wide", "high") else _PHRASES[found.column, found.row]


def _spread(box: Box, mask: Mask) -> str:
    """Where a region lies whose box spans the picture both ways: often a background that leaves out the middle, or an arch."""
    height, width = mask.shape
    across, down = mask.sum(axis=0), mask.sum(axis=1)
    row, column = _half(down, (box[1] + box[3]) / 2), _half(across, (box[0] + box[2]) / 2)
    if row is not None:
        return _PHRASES["wide", ("top", "bottom")[row]]
    if column is not None:
        return _PHRASES[("left", "right")[column], "high"]
    return "around the middle" if mask[_innermost(height), _innermost(width)].mean() >= _CENTRE else _BORDER


def _half(counts: NDArray[np.integer], centre: float) -> int | None:
    """The half, 0 or 1, with most of the pixels of an axis; None if there is none or the box's centre is in the other."""
    length = len(counts)
    first = float(counts[: length // 2].sum()) / float(counts.sum())
    half = 0 if first >= _HALF else 1 if 1 - first >= _HALF else None
    if half is None or abs(centre / length - 0.5) < _CENTRED:
        return half
    return half if half == (centre >= length / 2) else None


def _innermost(length: int) -> slice:
    """The middle tenth of an axis, a pixel at least."""
    reach = max(1, math.ceil(length * 0.1))
    return slice((length - reach) // 2, (length - reach) // 2 + reach)
