"""Referring expressions: the shortest phrase that fits a region and none of its siblings.

The attributes and their order of preference follow the incremental algorithm of Dale and Reiter (1995): the noun (type) is
always said, then colour, position, size, texture. Pictures have few regions, so the shortest set of attributes is found outright
instead of greedily, and the order of preference breaks ties. Position stands before size and texture because it survives any
distortion.
What no set of attributes can tell apart is told apart by counting from one side, which always can.

A sibling is only ruled out by what it clearly is not: "the blue area" does not rule out a dark blue or a purple one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final, Literal

from annotate.regions.colours import may_be_called
from annotate.regions.measures import SMOOTH, TEXTURED
from annotate.regions.positions import may_be_placed
from schemas.values import Region

__all__ = ["AREA", "Expression", "descriptive_label", "refer", "rephrase"]

AREA: Final = "area"
"""the noun of a region that nobody has named"""
_ATTRIBUTES: Final = ("colour", "where", "size", "texture")
_LEAD: Final = 1.4  # the largest (smallest) region has this many times more (less) area than the next
_CLEAR: Final = 1.6  # a region this many times over (under) the threshold is clearly not smooth (textured)
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

Side = Literal["left", "top"]


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
    size: Literal["", "largest", "smallest"] = ""
    texture: str = ""
    rank: tuple[int, Side] | None = None
    """place in the count from one side among the regions that fit the rest, from 0"""

    @property
    def text(self) -> str:
        """The phrase with its article: "the largest dark blue area at the top"."""
        words = set(self.noun.lower().split())
        colour = "" if set(self.colour.split()) <= words else self.colour
        texture = "" if self.texture in words else self.texture
        ordinal = _ORDINALS[self.rank[0]] if self.rank else ""
        count = f"from the {self.rank[1]}" if self.rank else ""
        return " ".join(part for part in ("the", ordinal, self.size, texture, colour, self.noun, count, self.where) if part)

    def selects(self, regions: Sequence[Region]) -> list[Region]:
        """The regions that the phrase may be taken to mean."""
        fitting = [region for region in regions if self._may_fit(region)]
        if self.size and fitting:
            fitting = _extremes(fitting, self.size)
        if self.rank:
            place, side = self.rank
            fitting = sorted(fitting, key=lambda region: _order(region, side))[place : place + 1]
        return fitting

    def _may_fit(self, region: Region) -> bool:
        return (
            _may_be_noun(self.noun, region)
            and (not self.colour or may_be_called(region.colour, self.colour))
            and (not self.where or may_be_placed(region.bbox, region.mask.size, self.where))
            and (not self.texture or _may_be_texture(region.texture, self.texture))
        )


def rephrase(regions: Sequence[Region]) -> tuple[Region, ...]:
    """The regions of one picture with their phrases made anew, for example after a teacher refined their labels."""
    return tuple(region.model_copy(update={"phrase": refer(region, regions).text}) for region in regions)


def refer(target: Region, regions: Sequence[Region]) -> Expression:
    """The shortest expression that selects ``target`` among the ``regions`` of its picture (which include it)."""
    expressions = _expressions(target)
    for expression in expressions:
        if expression.selects(regions) == [target]:
            return expression
    return _counted(expressions[0], target, regions)


def _expressions(target: Region) -> list[Expression]:
    """Everything that is true of the region, shortest first, then by order of preference."""
    base = _base(target)
    return [
        expression
        for count in range(len(_ATTRIBUTES) + 1)
        for names in combinations(_ATTRIBUTES, count)
        for expression in _say(base, target, names)
    ]


def _base(target: Region) -> Expression:
    """The noun alone; an unnamed area is nothing without its colour."""
    if target.label == descriptive_label(target.colour, target.texture):
        return Expression(AREA, colour=target.colour)
    return Expression(target.label)


def _say(base: Expression, target: Region, names: tuple[str, ...]) -> Iterator[Expression]:
    """The base with the named attributes; none if one of them has nothing to say."""
    if "colour" in names and base.colour:
        return
    if "texture" in names and not texture_word(target.texture):
        return
    said = replace(
        base,
        colour=target.colour if "colour" in names else base.colour,
        where=target.where if "where" in names else "",
        texture=texture_word(target.texture) if "texture" in names else "",
    )
    if "size" not in names:
        yield said
    else:
        yield replace(said, size="largest")
        yield replace(said, size="smallest")


def _counted(base: Expression, target: Region, regions: Sequence[Region]) -> Expression:
    """The noun with its place in a count from the left, or from the top where another stands as far from the left."""
    rivals = base.selects(regions)
    sides: tuple[Side, ...] = ("left", "top")
    steady = [side for side in sides if [_axis(rival, side) for rival in rivals].count(_axis(target, side)) == 1]
    side = steady[0] if steady else sides[0]
    rank = sorted(rivals, key=lambda region: _order(region, side)).index(target)
    return replace(base, rank=(rank, side))


def _axis(region: Region, side: Side) -> int:
    return region.click[0 if side == "left" else 1]


def _order(region: Region, side: Side) -> tuple[int, int]:
    """Disjoint regions have different clicks, so this orders any regions of a picture."""
    x, y = region.click
    return (x, y) if side == "left" else (y, x)


def _extremes(regions: list[Region], size: str) -> list[Region]:
    """The regions that may be taken for the largest (smallest): those within the lead of the true one."""
    areas = [region.area for region in regions]
    if size == "largest":
        return [region for region in regions if region.area * _LEAD > max(areas)]
    return [region for region in regions if region.area < min(areas) * _LEAD]


def _may_be_texture(texture: float, word: str) -> bool:
    return texture <= SMOOTH * _CLEAR if word == "smooth" else texture >= TEXTURED / _CLEAR


def _may_be_noun(noun: str, region: Region) -> bool:
    """Anything may be called an area; two labels with one head noun ("bus", "red buses") may mean each other."""
    return noun == AREA or _head(noun) == _head(region.label)


def _head(label: str) -> str:
    """The head noun in the singular, roughly: "red buses in a row" gives "bus"."""
    words = label.lower().split() or [""]
    cut = next(
        (at for at, word in enumerate(words) if at and word in {"of", "in", "on", "with", "at", "near", "behind", "under"}),
        len(words),
    )
    head = words[cut - 1]
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("uses", "us")):
        if head.endswith(ending):
            return head.removesuffix(ending) + singular
    return head if head.endswith(("ss", "us")) else head.removesuffix("s")
