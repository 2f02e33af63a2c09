"""Colour names: what people call a colour, from its CIE L*a*b* value; nothing where two people would say two things.

The eleven basic colour terms of Berlin and Kay (1969) and beige, with "dark" and "light" before those that take them. The
borders in lightness (0 to 100), chroma and hue (degrees) are ours, set by looking at some 600 regions of photos and of
finished pictures beside flat patches of their mean colours. Between terms that people use for different things (grey and
green, beige and pink, brown and olive) lie colours without a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COLOUR_NAMES",
    "Tint",
    "base_colour",
    "colour_name",
    "may_be_called",
    "name_indices",
    "region_colour",
    "still_called",
]

COLOUR_NAMES: Final = (
    "", "black", "dark grey", "grey", "light grey", "white", "dark red", "red", "pink", "orange", "dark brown", "brown", "beige",
    "yellow", "dark green", "green", "light green", "dark blue", "blue", "light blue", "dark purple", "purple", "light purple",
)  # fmt: skip
"""Every name that can be given, first the empty one of colours that have none; no order that matters."""

_SIDE: Final = 32  # cells of the lookup table along each of R, G, B
_GREYS: Final = ((15.0, "black"), (38.0, "dark grey"), (66.0, "grey"), (87.0, "light grey"), (101.0, "white"))
# For hues up to the first number: chroma below which all say grey, and from which nobody does. In between there is no name.
_GREY_CHROMA: Final = (
    (30.0, 6.0, 11.0), (58.0, 6.5, 10.5), (100.0, 8.0, 11.5), (190.0, 5.0, 11.0), (290.0, 6.0, 10.0), (361.0, 6.0, 11.0)
)  # fmt: skip
_DARK_GREEN: Final = 8.5  # chroma from which what is darker than middle grey is green: leaves in shade, old paint
_PALE: Final = 1.5  # so much more of it is needed to be seen in what is light
_BLACK: Final = 11.0  # below this lightness a tint is hardly seen
_BLACK_CHROMA: Final = 12.0
_OWN: Final = 0.25  # least share of a region's pixels that have the base term of its mean
_CONTRARY: Final = 0.2  # most of them that have another which nobody says for it
_ONE_HUE: Final = 0.8  # least chroma of the mean in units of the mean chroma of the pixels, for all but greys
_TINTED: Final = 4.0  # so much more than the mean may be tinted what is called grey
_EVEN: Final = 17.0  # standard deviation of lightness above which no shade is said, and nothing is called grey or beige
_UNEVEN: Final = 26.0  # above which there is no one colour


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
    if not (colour and name):
        return True
    if abs(_shade(colour) - _shade(name)) > 1:
        return False
    bases = {base_colour(colour), base_colour(name)}
    return len(bases) == 1 or frozenset(bases) in _NEIGHBOURS or _both_extreme(colour, name)


def still_called(colour: str, name: str) -> bool:
    """Whether ``name``, true of a region in the photo, is true where it looks ``colour``: the same, or its term alone."""
    return bool(name) and name in (colour, base_colour(colour))


def _shade(name: str) -> int:
    """-1 dark, 0 plain, 1 light."""
    if name.startswith("dark") or name == "black":
        return -1
    return 1 if name.startswith("light") or name in {"white", "beige"} else 0


def _both_extreme(colour: str, name: str) -> bool:
    """Black beside another dark colour, white beside another light one."""
    return bool({"black", "white"} & {colour, name}) and _shade(colour) == _shade(name)


def colour_name(lightness: float, a: float, b: float) -> str:
    """The name of one CIE L*a*b* colour (D65; lightness 0 to 100); empty where people do not agree on one."""
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)
    grey, coloured = next(chromas for limit, *chromas in _GREY_CHROMA if hue < limit)
    if chroma < grey + (_PALE if lightness >= 55 else 0) or (lightness < _BLACK and chroma < _BLACK_CHROMA):
        return next(name for limit, name in _GREYS if lightness < limit)
    if chroma < (_DARK_GREEN if lightness < 45 and 104 <= hue < 170 else coloured):
        return ""
    if hue >= 335 or hue < 48:
        return _reddish(lightness, chroma, hue)
    if hue < 102:
        return _yellowish(lightness, chroma, hue)
    return _cool(lightness, chroma, hue)


def _reddish(lightness: float, chroma: float, hue: float) -> str:
    if lightness >= 48 and 40 <= hue < 48 and chroma < 85:
        return "orange" if hue >= 43 and chroma >= 52 else ""
    if 28 <= hue < 48 and chroma < (34 if hue >= 45 else 27):
        return _brown(lightness, chroma, hue) if lightness < 48 else ""
    if lightness >= (60 if hue < 335 else 45):
        return "pink" if not 28 <= hue < 335 and chroma < 62 else ""
    if chroma < (40 if hue >= 41 else 28) or (lightness >= 40 and chroma < 45):
        return ""  # between brown, red and pink
    return "dark red" if lightness < (26.5 if chroma > 55 else 28) else "red"


def _yellowish(lightness: float, chroma: float, hue: float) -> str:
    if lightness >= 54 and hue >= 60 and chroma < 28:
        return "beige"
    if lightness >= 52 and chroma >= 48 and hue < 76:
        return "orange"
    if lightness >= 66 and chroma >= 42 and hue >= 84:
        return "yellow"
    if hue >= 98 and lightness < 62 and 16 <= chroma < 40:
        return _shaded("green", lightness, chroma)
    if hue < 84 and lightness < (54 if chroma >= 22 else 47):
        return _brown(lightness, chroma, hue)
    return ""


def _brown(lightness: float, chroma: float, hue: float) -> str:
    """Brown is said of dark orange: vivid it is orange, red or a dull yellow, pale it is grey, dark and reddish it is plum."""
    if chroma >= 50 or (chroma >= 35 and hue >= 70 and lightness >= 45):
        return ""
    if chroma < 15 or (lightness < 30 and hue < 40 and chroma < 20):
        return ""
    return "dark brown" if lightness < 30 else "brown"


def _cool(lightness: float, chroma: float, hue: float) -> str:
    if hue < 112:
        return _limes(lightness, chroma, hue)
    if hue < 178:
        return _shaded("green", lightness, chroma)
    if hue < 215:
        return ""  # turquoise and teal
    if hue < (309 if chroma > 60 else 296):
        return _shaded("blue", lightness, chroma)
    return "" if hue < 306 else _shaded("purple", lightness, chroma)


def _limes(lightness: float, chroma: float, hue: float) -> str:
    """Pure yellow, leaf green; khaki, olive and lime between them have no name."""
    if hue < 107 and lightness >= 85 and chroma >= 40:
        return "yellow"
    khaki = chroma < (30 if lightness >= 50 else 14)
    lime = lightness >= (62 if hue < 107 else 80) or (hue < 107 and chroma >= 45)
    return "" if khaki or lime else _shaded("green", lightness, chroma)


def _shaded(base: str, lightness: float, chroma: float) -> str:
    """With the shade: what is vivid is hardly light, and a vivid blue is dark by nature."""
    if lightness < (22 if chroma > 60 else 30):
        return f"dark {base}"
    return f"light {base}" if lightness >= (70 if chroma < 52 else 82) else base


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


@dataclass(frozen=True)
class Tint:
    """The colour of a region's pixels taken together."""

    mean: tuple[float, float, float]
    """mean CIE L*a*b* colour"""
    spread: float
    """standard deviation of L*"""
    chroma: float
    """mean chroma of the pixels"""


def region_colour(counts: NDArray[np.integer], tint: Tint) -> str:
    """The name of a region's mean colour if its pixels bear it out, else empty: several hues have a grey mean.

    A quarter of the pixels (``counts`` has those of each of ``COLOUR_NAMES``), and more than have any other, must have the base
    term of the mean, and no more than a fifth one that nobody says for it. Where light and dark lie side by side no shade is
    true, nor are grey and beige.
    """
    name = colour_name(*tint.mean)
    base = base_colour(name)
    if not name or tint.spread > _UNEVEN or not (_of_one_hue(base, tint) and _borne_out(base, counts)):
        return ""
    if tint.spread <= _EVEN:
        return name
    return "" if base in _NEUTRAL or base == "beige" else base


def _of_one_hue(base: str, tint: Tint) -> bool:
    chroma = float(np.hypot(*tint.mean[1:]))
    return tint.chroma < chroma + _TINTED if base in _NEUTRAL else chroma >= _ONE_HUE * tint.chroma


def _borne_out(base: str, counts: NDArray[np.integer]) -> bool:
    own, contrary, others = 0, 0, dict.fromkeys(COLOUR_NAMES, 0)
    for name, count in zip(COLOUR_NAMES, map(int, counts), strict=True):
        if _speaks_for(name, base):
            own += count
        elif name:
            others[base_colour(name)] += count
            contrary += 0 if _passes_for(name, base) else count
    total = int(counts.sum())
    return own >= max(_OWN * total, *others.values()) and contrary <= _CONTRARY * total


def _speaks_for(name: str, base: str) -> bool:
    """Whether pixels of this name are of the base term; greys shade into black and white."""
    term = base_colour(name)
    return term == base or {term, base} <= _NEUTRAL


def _passes_for(name: str, base: str) -> bool:
    """Whether pixels of this name do not speak against a base term, as a tint does against grey and white."""
    term = base_colour(name)
    if base == "black":
        return _shade(name) < 0 or term == "grey"
    near = term == base or frozenset((term, base)) in _NEIGHBOURS
    return near and (base not in _NEUTRAL or term in _NEUTRAL)
