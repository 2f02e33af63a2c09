"""Referring expressions: the shortest phrase that fits a region and none of its siblings.

The attributes and their order of preference follow the incremental algorithm of Dale and Reiter (1995): the noun (type) is
always said, then colour, position, side, size, texture. Pictures have few regions, so the shortest set of attributes is found
outright instead of greedily, and the order of preference breaks ties. Position stands before size and texture because it
survives any distortion.

Three readings of a phrase are tried, the careful one first: a sibling is ruled out only by what it clearly is not ("the blue
area" may mean a dark blue or a purple one); then by what other words would be said of it; last by counting from one side,
which always singles a region out.

A distorted picture is read as it is seen: siblings are ruled out by their colours and textures there, and the photo's words are
said of a region only where they are still true of it; an area whose colour changed is named by its place instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal, TypeVar, cast

from annotate.regions.colours import base_colour, may_be_called, still_called
from annotate.regions.measures import SMOOTH, TEXTURED
from annotate.regions.positions import contradicts, may_be_placed
from schemas.values import Region, RegionState

__all__ = ["AREA", "Expression", "descriptive_label", "refer", "rephrase", "texture_word"]

R = TypeVar("R", bound=Region)

AREA: Final = "area"
"""the noun of a region that nobody has named"""
_ATTRIBUTES: Final = ("colour", "where", "side", "size", "texture")
_LEAD: Final = 1.4  # the largest (smallest) region has this many times more (less) area than the next
_AHEAD: Final = 0.08  # the leftmost region's centre is this share of the width to the left of the next one's; so for each side
_CLEAR: Final = 1.6  # a region this many times over (under) the threshold is clearly not smooth (textured)
_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip

Size = Literal["", "largest", "smallest"]
Side = Literal["", "leftmost", "rightmost", "topmost", "lowest"]
Count = Literal["left", "top"]
_SIZES: Final[tuple[Size, ...]] = ("largest", "smallest")
_SIDES: Final[tuple[Side, ...]] = ("leftmost", "rightmost", "topmost", "lowest")
_TOWARDS: Final[dict[Side, str]] = {"leftmost": "left", "rightmost": "right", "topmost": "top", "lowest": "bottom"}


def texture_word(texture: float) -> str:
    """The word "smooth", "textured" or nothing for a region's texture measure (0 to 1)."""
    return "smooth" if texture < SMOOTH else "textured" if texture > TEXTURED else ""


def descriptive_label(colour: str, texture: float) -> str:
    """The label of a region that nobody has named, true of its pixels alone: "smooth light blue area"."""
    return " ".join(word for word in (texture_word(texture), colour, AREA) if word)


@dataclass(frozen=True)
class Expression:
    """What a phrase says of a region; empty fields are not said."""

    noun: str
    colour: str = ""
    where: str = ""
    size: Size = ""
    side: Side = ""
    texture: str = ""
    rank: tuple[int, Count] | None = None
    """place in the count from one side among the regions that fit the rest, from 0"""
    careful: bool = True
    """whether siblings that only may fit the words count as fitting"""

    @property
    def text(self) -> str:
        """The phrase with its article: "the largest dark blue area at the top"."""
        words = set(self.noun.lower().split())
        colour = "" if set(self.colour.split()) <= words else self.colour
        texture = "" if self.texture in words else self.texture
        ordinal = _ORDINALS[self.rank[0]] if self.rank else ""
        count = f"from the {self.rank[1]}" if self.rank else ""
        parts = ("the", ordinal, self.side, self.size, texture, colour, self.noun, count, self.where)
        return " ".join(part for part in parts if part)

    def selects(self, regions: Sequence[Region]) -> list[Region]:
        """The regions of a picture that the phrase means: one of them if it is a good one."""
        fitting = [region for region in regions if self._fits(region)]
        if self.size and fitting:
            fitting = _extremes(fitting, self.size)
        if self.side and fitting:
            fitting = _outermost(fitting, self.side)
        if self.rank:
            place, count = self.rank
            fitting = sorted(fitting, key=lambda region: _order(region, count))[place : place + 1]
        return fitting

    def _fits(self, region: Region) -> bool:
        if not _may_be_noun(self.noun, region):
            return False
        colour, texture = _seen(region)
        if not self.careful:
            said = (self.colour or colour, self.where or region.where, self.texture or texture_word(texture))
            return said == (colour, region.where, texture_word(texture))
        return (
            (not self.colour or may_be_called(colour, self.colour))
            and (self.where in ("", region.where) or may_be_placed(region.bbox, region.mask.size, self.where))
            and (not self.texture or _may_be_texture(texture, self.texture))
        )


def rephrase(regions: Sequence[R]) -> tuple[R, ...]:
    """The regions of one picture with their phrases made anew, for example after a teacher refined their labels."""
    return tuple(region.model_copy(update={"phrase": refer(region, regions).text}) for region in regions)


def refer(target: Region, regions: Sequence[Region]) -> Expression:
    """The shortest expression that selects ``target`` among the ``regions`` of its picture (which include it)."""
    for careful in (True, False):
        words = _words(target, regions, careful=careful)
        for expression in _expressions(words):
            read = replace(expression, careful=careful)
            if read.selects(regions) == [target]:
                return read
    return _counted(_base(words), target, regions)


@dataclass(frozen=True)
class _Words:
    """What is true of a region where it is seen; empty where nothing is."""

    noun: str
    colour: str
    where: str
    texture: str


def _words(target: Region, regions: Sequence[Region], *, careful: bool) -> _Words:
    """The photo's words that still hold; read without care, siblings are told apart by the very words."""
    colour, texture = _seen(target)
    taken = {base_colour(_seen(region)[0]) for region in regions}
    # a black area that turned dark grey is still "the black area", but not beside one that is black
    holds = still_called(colour, target.colour) if careful else colour == target.colour
    holds &= base_colour(target.colour) == base_colour(colour) or base_colour(target.colour) not in taken
    word = texture_word(target.texture)
    return _Words(
        noun=AREA if target.label == descriptive_label(target.colour, target.texture) else target.label,
        colour=target.colour if holds else "",
        where=target.where,
        texture=word if word == texture_word(texture) else "",
    )


def _seen(region: Region) -> tuple[str, float]:
    """Colour and texture of a region where it is seen: in the finished picture if there is one."""
    return (region.seen_colour, region.seen_texture) if isinstance(region, RegionState) else (region.colour, region.texture)


def _expressions(words: _Words) -> Iterator[Expression]:
    """Everything that could be said of the region, shortest first, then by order of preference."""
    base = _base(words)
    bare = base.noun == AREA and not base.colour
    for count in range(len(_ATTRIBUTES) + 1):
        for names in combinations(_ATTRIBUTES, count):
            if not bare or {"where", "side"} & set(names):
                yield from _say(base, words, names)


def _base(words: _Words) -> Expression:
    """The noun alone; an unnamed area is nothing without its colour, or without a place if its colour changed."""
    return Expression(words.noun, colour=words.colour if words.noun == AREA else "")


def _say(base: Expression, words: _Words, names: tuple[str, ...]) -> Iterator[Expression]:
    """The base with the named attributes; none if one of them has nothing to add, or for two superlatives at once."""
    said = {name: getattr(words, name) for name in names if name not in ("size", "side")}
    if {"size", "side"} <= set(names) or any(getattr(base, name) or not said[name] for name in said):
        return
    sides = [side for side in _SIDES if not contradicts(said.get("where", ""), _TOWARDS[side])]
    for size in _SIZES if "size" in names else ("",):
        for side in sides if "side" in names else ("",):
            yield replace(base, **said, size=size, side=cast("Side", side))


def _counted(base: Expression, target: Region, regions: Sequence[Region]) -> Expression:
    """The noun with its place in a count from the left, or from the top where another stands as far from the left."""
    plain = replace(base, careful=False)
    rivals = plain.selects(regions)
    counts: tuple[Count, ...] = ("left", "top")
    steady = [count for count in counts if [_axis(rival, count) for rival in rivals].count(_axis(target, count)) == 1]
    count = steady[0] if steady else counts[0]
    rank = sorted(rivals, key=lambda region: _order(region, count)).index(target)
    return replace(plain, rank=(rank, count))


def _axis(region: Region, count: Count) -> int:
    return region.click[0 if count == "left" else 1]


def _order(region: Region, count: Count) -> tuple[int, int]:
    """Disjoint regions have different clicks, so this orders any regions of a picture."""
    x, y = region.click
    return (x, y) if count == "left" else (y, x)


def _extremes(regions: list[Region], size: Size) -> list[Region]:
    """The regions that may be taken for the largest (smallest): those within the lead of the true one."""
    areas = [region.area for region in regions]
    if size == "largest":
        return [region for region in regions if region.area * _LEAD > max(areas)]
    return [region for region in regions if region.area < min(areas) * _LEAD]


def _outermost(regions: list[Region], side: Side) -> list[Region]:
    """The regions that may be taken for the leftmost (or so): those whose centre is within the lead of the true one's."""
    axis, sign = {"leftmost": (0, 1), "rightmost": (0, -1), "topmost": (1, 1), "lowest": (1, -1)}[side]
    centres = [sign * (region.bbox[axis] + region.bbox[axis + 2]) / 2 / region.mask.size[1 - axis] for region in regions]
    return [region for region, centre in zip(regions, centres, strict=True) if centre < min(centres) + _AHEAD]


def _may_be_texture(texture: float, word: str) -> bool:
    return texture <= SMOOTH * _CLEAR if word == "smooth" else texture >= TEXTURED / _CLEAR


def _may_be_noun(noun: str, region: Region) -> bool:
    """Anything may be called an area; two labels with one head noun ("bus", "red buses") may mean each other."""
    return noun == AREA or _head(noun) == _head(region.label)


def _head(label: str) -> str:
    """The head noun in the singular, roughly: "red buses in a row" gives "bus"."""
    words = label.lower().split() or [""]
    links = {"of", "in", "on", "with", "at", "near", "behind", "under", "beside"}
    cut = next((at for at, word in enumerate(words) if at and word in links), len(words))
    head = words[cut - 1]
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("uses", "us")):
        if head.endswith(ending):
            return head.removesuffix(ending) + singular
    return head if head.endswith(("ss", "us")) else head.removesuffix("s")
