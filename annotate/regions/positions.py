"""Where a region lies: the paper's closed position words, a free phrase that agrees, and whether the words lead to the region."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.regions.shapes import Mask
from schemas.values import Box, Horizontal, Vertical

__all__ = [
    "Place",
    "QuarterFacts",
    "is_exclusive",
    "is_firm",
    "may_be_placed",
    "place",
    "position_words",
    "quarter_facts",
    "quarter_point",
    "where_phrase",
    "zone",
]

_SIDE: Final = 0.4  # centres below this share of the width (height) are on the left (at the top), above one minus it on the right
_VAGUE: Final = 0.06  # a centre this close to a border between two words may be said with either
_WIDE: Final = 0.75  # a box at least this wide (high) spans the picture
_CENTRE: Final = 0.3  # what covers less than this share of the picture's innermost hundredth is not around its middle
_CENTRED: Final = 0.02  # a box whose centre is this close to a middle line lies in neither half
_HALF: Final = 0.7  # a region with this share of itself in one half of the picture lies there
_LARGE: Final = 0.55  # a region that covers more of the picture than this is most of it
_MUCH_SHARE: Final = 0.2  # what spans the picture both ways and covers this share of it is over much of it
_EDGE: Final = 0.05  # what comes this close to an edge (share of the other side) is at it
_REACH: Final = 0.7  # what is at an edge for this share of it lies along it
_FIRM_START: Final = 0.2  # what is on a side beyond dispute begins at most this share of the width (height) from the edge
_FIRM_END: Final = 0.7  # and ends before this share of it


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
    ("wide", "high"): "across the picture",
}
_BORDER: Final = "around the border"
_VAGUE_PLACE: Final = "across the picture"
"""what is left for a shape that lies nowhere in particular"""
_PLACES: Final = {phrase: Place(*names) for names, phrase in _PHRASES.items()} | {_BORDER: Place("wide", "high")}
_MOST: Final = "over most of the picture"
_MUCH: Final = "over much of the picture"
_ALL: Final = "throughout the picture"
_ANY: Final = (0.0, 1.0)
_ZONES: Final = {
    "left": (0.0, 0.5), "top": (0.0, 0.5), "right": (0.5, 1.0), "bottom": (0.5, 1.0), "middle": (0.25, 0.75), "wide": _ANY,
    "high": _ANY,
}  # fmt: skip


def may_be_placed(box: Box, size: tuple[int, int], phrase: str) -> bool:
    """Whether a region with this box in a picture of ``size`` (height, width) may be meant by another's position phrase.

    "On the left" may also mean what lies in the upper left; a centre close to a border between two words may be said with either.
    Only one region can be over most of the picture.
    """
    if phrase == _MOST:
        return False
    if phrase not in _PLACES:
        x0, y0, x1, y1 = box
        return (x1 - x0) * (y1 - y0) > _LARGE / 2 * size[0] * size[1]
    said = _PLACES[phrase]
    beside_row, beside_column = said.row in ("top", "bottom"), said.column in ("left", "right")
    return _may_be(box[0], box[2], size[1], said.column, beside=beside_row) and _may_be(
        box[1], box[3], size[0], said.row, beside=beside_column
    )


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


def zone(phrase: str, size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of a picture of ``size`` (height, width) where somebody looks who is told the position phrase."""
    said = _PLACES.get(phrase, Place("wide", "high"))
    # "at the top" and "on the left" say nothing of the other axis
    column = _ANY if said.column == "middle" and said.row in ("top", "bottom") else _ZONES[said.column]
    row = _ANY if said.row == "middle" and said.column in ("left", "right") else _ZONES[said.row]
    (top, bottom), (left, right) = row, column
    return slice(int(top * size[0]), math.ceil(bottom * size[0])), slice(int(left * size[1]), math.ceil(right * size[1]))


def is_exclusive(phrase: str) -> bool:
    """Whether only one area of a picture can have the position phrase."""
    return phrase in (_MOST, _ALL)


def is_firm(box: Box, size: tuple[int, int], phrase: str) -> bool:
    """Whether nobody would dispute the position phrase of a region with this box in a picture of ``size`` (height, width).

    What lies on a side has its centre well there, begins near that edge and ends well before the other; what spans the other axis
    begins at the edge.
    """
    if phrase not in _PLACES:
        return True
    said = _PLACES[phrase]
    across = _is_firm(box[0], box[2], size[1], said.column, spans=box[3] - box[1] >= _WIDE * size[0])
    return (
        phrase != _VAGUE_PLACE
        and across
        and _is_firm(box[1], box[3], size[0], said.row, spans=box[2] - box[0] >= _WIDE * size[1])
    )


def _is_firm(start: int, stop: int, length: int, said: str, *, spans: bool) -> bool:
    first, last = start / length, stop / length
    if said in ("right", "bottom"):
        first, last = 1 - last, 1 - first
    elif said not in ("left", "top"):
        return True
    return (first + last) / 2 < _SIDE - _VAGUE / 2 and last < _FIRM_END and first < (_EDGE if spans else _FIRM_START)


def where_phrase(found: Place, box: Box, mask: Mask) -> str:
    """The free position phrase of a mask (H x W) with its box; it contradicts closed words only where they are arbitrary.

    "Across" and "along" a side is what comes near its edge for most of it, with nothing in between; "over most of the picture" is
    also over its centre.
    """
    area = np.count_nonzero(mask)
    if area == mask.size:
        return _ALL
    if area > _LARGE * mask.size and _innermost_share(mask) >= 0.5:
        return _MOST
    if found == Place("wide", "high"):
        return _spread(box, mask)
    if found.column == "wide":
        return _lengthwise(mask.T, found.row, _ACROSS)
    if found.row == "high":
        return _lengthwise(mask, found.column, _DOWN)
    return _PHRASES[found.column, found.row]


# Position phrases of what spans the picture's width or height: of a whole side, and of what lies that way but not along its edge.
_ACROSS: Final = {
    "top": ("across the top", "at the top"),
    "middle": ("across the middle", "in the centre"),
    "bottom": ("across the bottom", "at the bottom"),
}
_DOWN: Final = {
    "left": ("along the left side", "on the left"),
    "middle": ("down the middle", "in the centre"),
    "right": ("along the right side", "on the right"),
}


def _lengthwise(mask: Mask, side: str, phrases: Mapping[str, tuple[str, str]]) -> str:
    """The phrase of a mask (or its transpose) whose box spans the rows and lies at ``side`` across them."""
    along, beside = phrases[side]
    if side == "middle":
        columns = mask.shape[1]
        band = mask[:, int(0.3 * columns) : math.ceil(0.7 * columns)]
        within = np.count_nonzero(band) / np.count_nonzero(mask)
        return (
            along
            if band.any(axis=1).mean() >= _REACH and within >= 0.5
            else beside
            if _innermost_share(mask) >= _CENTRE
            else _VAGUE_PLACE
        )
    return along if _reach(mask, side) >= _REACH else beside


def _reach(mask: Mask, side: str) -> float:
    """The share of the rows (H of H x W) in which the mask comes near the left ("left", "top") or the right edge."""
    near = math.ceil(_EDGE * mask.shape[1])
    return float((mask[:, :near] if side in ("left", "top") else mask[:, -near:]).any(axis=1).mean())


def _spread(box: Box, mask: Mask) -> str:
    """Where a region lies whose box spans the picture both ways: often a background that leaves out the middle, or an arch."""
    across, down = mask.sum(axis=0), mask.sum(axis=1)
    row, column = _half(down, (box[1] + box[3]) / 2), _half(across, (box[0] + box[2]) / 2)
    reached = {
        "top": _reach(mask.T, "top"),
        "bottom": _reach(mask.T, "bottom"),
        "left": _reach(mask, "left"),
        "right": _reach(mask, "right"),
    }
    if row is not None and reached[("top", "bottom")[row]] >= _REACH:
        return _PHRASES["wide", ("top", "bottom")[row]]
    if column is not None and reached[("left", "right")[column]] >= _REACH:
        return _PHRASES[("left", "right")[column], "high"]
    if sorted(reached.values())[1] >= _REACH and _innermost_share(mask) < _CENTRE:
        return _BORDER
    return _MUCH if np.count_nonzero(mask) >= _MUCH_SHARE * mask.size else _VAGUE_PLACE


def _half(counts: NDArray[np.integer], centre: float) -> int | None:
    """The half, 0 or 1, with most of the pixels of an axis; None if there is none or the box's centre is in the other."""
    length = len(counts)
    first = float(counts[: length // 2].sum()) / float(counts.sum())
    half = 0 if first >= _HALF else 1 if 1 - first >= _HALF else None
    if half is None or abs(centre / length - 0.5) < _CENTRED:
        return half
    return half if half == (centre >= length / 2) else None


def _innermost_share(mask: Mask) -> float:
    """The share of the picture's innermost hundredth that the mask covers."""
    height, width = mask.shape
    return float(mask[_innermost(height), _innermost(width)].mean())


def _innermost(length: int) -> slice:
    """The middle tenth of an axis, a pixel at least."""
    reach = max(1, math.ceil(length * 0.1))
    return slice((length - reach) // 2, (length - reach) // 2 + reach)
