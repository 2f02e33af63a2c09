"""Colour names: what people call a colour, from its CIE L*a*b* value.

The eleven basic colour terms of Berlin and Kay (1969) and beige, with "dark" and "light" before those that take them. The
borders in lightness (0 to 100), chroma and hue (degrees) are ours, set by looking at patches.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COLOUR_NAMES",
    "base_colour",
    "colour_name",
    "dominant_colour",
    "may_be_called",
    "name_indices",
    "still_called",
]

COLOUR_NAMES: Final = (
    "black", "dark grey", "grey", "light grey", "white", "dark red", "red", "pink", "orange", "dark brown", "brown", "beige",
    "yellow", "dark green", "green", "light green", "dark blue", "blue", "light blue", "dark purple", "purple", "light purple",
)  # fmt: skip
"""Every name that can be given, in no order that matters."""

_CLEAR_SHARE: Final = 0.45
_SIDE: Final = 32  # cells of the lookup table along each of R, G, B
# Chroma below which a hue (degrees, up to the first number) is called grey: yellowish and olive tints pass for grey longest.
_GREY_CHROMA: Final = ((40.0, 10.0), (86.0, 12.0), (140.0, 18.0), (200.0, 14.0), (361.0, 9.0))
_DARK_GREEN_CHROMA: Final = 11.0  # woods and shaded leaves are seen as green at little chroma
_BEIGE_CHROMA: Final = 11.0  # walls and sand
_PALE_GREY_CHROMA: Final = 14.0  # the most that counts in light colours
_GREYS: Final = ((14.0, "black"), (40.0, "dark grey"), (66.0, "grey"), (86.0, "light grey"), (101.0, "white"))


# Base terms that one person says where another says the other; "black" and "white" also stand beside everything dark and light.
_NEIGHBOURS: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("beige", "brown"), ("beige", "yellow"), ("beige", "grey"), ("beige", "white"), ("beige", "pink"), ("beige", "orange"),
        ("orange", "brown"), ("orange", "yellow"), ("orange", "red"), ("red", "pink"), ("red", "brown"), ("brown", "grey"),
        ("pink", "purple"),
        ("blue", "purple"), ("blue", "grey"), ("blue", "green"), ("green", "yellow"), ("green", "grey"), ("green", "brown"),
        ("grey", "white"), ("grey", "black"), ("grey", "purple"),
    )
)  # fmt: skip

_NEUTRAL: Final = frozenset({"black", "grey", "white"})


def base_colour(name: str) -> str:
    """The name without "dark" or "light"."""
    return name.rsplit(maxsplit=1)[-1] if name else ""


def may_be_called(colour: str, name: str) -> bool:
    """Whether a person may call a region of dominant ``colour`` by ``name``: equal, near in shade or hue, or of no one colour."""
    if not colour:
        return True
    if abs(_shade(colour) - _shade(name)) > 1:
        return False
    bases = {base_colour(colour), base_colour(name)}
    return len(bases) == 1 or frozenset(bases) in _NEIGHBOURS or _both_extreme(colour, name)


def still_called(colour: str, name: str) -> bool:
    """Whether what had the colour ``name`` is named by it still where it looks ``colour``: the same term, or a near grey."""
    bases = {base_colour(colour), base_colour(name)}
    return may_be_called(colour, name) and (len(bases) == 1 or bases <= _NEUTRAL)


def _shade(name: str) -> int:
    """-1 dark, 0 plain, 1 light."""
    if name.startswith("dark") or name == "black":
        return -1
    return 1 if name.startswith("light") or name in {"white", "beige"} else 0


def _both_extreme(colour: str, name: str) -> bool:
    """Black beside another dark colour, white beside another light one."""
    return bool({"black", "white"} & {colour, name}) and _shade(colour) == _shade(name)


def colour_name(lightness: float, a: float, b: float) -> str:
    """The name of one CIE L*a*b* colour (D65; lightness 0 to 100)."""
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)
    if chroma < _grey_chroma(lightness, hue) or (lightness < 12 and chroma < 16):
        return next(name for limit, name in _GREYS if lightness < limit)
    if hue >= 335 or hue < 48:
        return _reddish(lightness, chroma, hue)
    if hue < 112:
        return _yellowish(lightness, chroma, hue)
    if 192 <= hue < 304 and chroma > 60:  # a vivid blue is dark by nature
        return "dark blue" if lightness < 22 else "blue"
    return _shaded("green" if hue < 192 else "blue" if hue < 304 else "purple", lightness)


def _grey_chroma(lightness: float, hue: float) -> float:
    if lightness < 45 and 100 <= hue < 190:
        return _DARK_GREEN_CHROMA
    if lightness >= 50 and 60 <= hue < 112:
        return _BEIGE_CHROMA
    chroma = next(chroma for limit, chroma in _GREY_CHROMA if hue < limit)
    return min(chroma, _PALE_GREY_CHROMA) if lightness >= 62 else chroma


def _reddish(lightness: float, chroma: float, hue: float) -> str:
    if lightness >= 60 and hue >= 30 and chroma < 35:
        return "beige"
    if lightness >= 50 and 40 <= hue < 48 and chroma >= 40:
        return "orange"
    if lightness >= 60 or (hue >= 335 and lightness >= 40):
        return "pink"
    if chroma < 28:
        return "dark brown" if lightness < 30 else "brown"
    return "dark red" if lightness < 34 else "red"


def _yellowish(lightness: float, chroma: float, hue: float) -> str:
    if lightness >= 50 and chroma < 22:
        return "beige"
    if hue >= (86 if lightness < 40 and chroma < 32 else 96) and lightness < 62:
        return _shaded("green", lightness)
    if lightness < 30:
        return "dark brown"
    if lightness < 62 and chroma < 65:
        return "brown"
    if chroma < 38:
        return "beige"
    return "orange" if hue < 78 else "yellow"


def _shaded(base: str, lightness: float) -> str:
    return f"dark {base}" if lightness < 34 else f"light {base}" if lightness >= 68 else base


@cache
def _table() -> NDArray[np.uint8]:
    """Index into ``COLOUR_NAMES`` for each cell of the RGB cube, flat, red slowest."""
    levels = (np.arange(_SIDE, dtype=np.float32) + 0.5) / _SIDE
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(1, -1, 3)
    lab = cv2.cvtColor(cube, cv2.COLOR_RGB2LAB)[0]
    return np.array([COLOUR_NAMES.index(colour_name(*map(float, colour))) for colour in lab], dtype=np.uint8)


def name_indices(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Index into ``COLOUR_NAMES`` for each pixel (uint8 RGB, ... x 3)."""
    cells = (pixels // (256 // _SIDE)).astype(np.int32)
    return np.asarray(_table()[(cells[..., 0] * _SIDE + cells[..., 1]) * _SIDE + cells[..., 2]], dtype=np.uint8)


def dominant_colour(counts: NDArray[np.integer]) -> str:
    """The name of the largest group of pixels, empty if none is near half; ``counts`` has the pixels of each of ``COLOUR_NAMES``.

    The base term wins first, then the shade within it, so that "green" and "dark green" stand together against "blue".
    """
    bases: dict[str, int] = {}
    for name, count in zip(COLOUR_NAMES, counts, strict=True):
        bases[base_colour(name)] = bases.get(base_colour(name), 0) + int(count)
    base = max(bases, key=lambda term: bases[term])
    if bases[base] < _CLEAR_SHARE * int(counts.sum()):
        return ""
    shades = [index for index, name in enumerate(COLOUR_NAMES) if base_colour(name) == base]
    return COLOUR_NAMES[max(shades, key=lambda index: counts[index])]
