"""Referring expressions: the shortest phrase that fits a region and nothing else in its picture.

The attributes and their order of preference follow the incremental algorithm of Dale and Reiter (1995): the noun (type) is
always said, then colour, position, size. Pictures have few regions, so the shortest set of attributes is found outright
instead of greedily, and the order of preference breaks ties.

A careful phrase says only what somebody sees who looks at the finished picture: the colour that the region has there, a place
that nobody would dispute, and nothing that fits a sibling or a part that is no region ("the blue area" may mean a dark blue or
a purple one). A region without one gets words that tell it apart from its siblings all the same, last by counting from one
side, but is not asked about by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeVar

from annotate.regions.colours import may_be_called
from annotate.regions.measures import SMOOTH, TEXTURED
from annotate.regions.positions import is_exclusive, is_firm, may_be_placed
from schemas.values import Region, RegionState

__all__ = ["AREA", "Expression", "descriptive_label", "refer", "rephrase", "texture_word"]

R = TypeVar("R", bound=Region)

AREA: Final = "area"
"""the noun of a region that nobody has named"""
_LEAD: Final = 1.4  # the largest region has this many times the area of the next
_RIVAL: Final = 0.35  # a patch elsewhere with less than this share of the region's area is taken for another by nobody
_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip

Size = Literal["", "largest", "larger", "smaller"]
Count = Literal["left", "top"]


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
    rank: tuple[int, Count] | None = None
    """place in the count from one side among the regions that fit the rest, from 0"""
    careful: bool = True
    """whether siblings that only may fit the words count as fitting, and what is no region, too"""

    @property
    def text(self) -> str:
        """The phrase with its article: "the largest dark blue area at the top"."""
        colour = "" if set(self.colour.split()) <= set(self.noun.lower().split()) else self.colour
        ordinal = _ORDINALS[self.rank[0]] if self.rank else ""
        count = f"from the {self.rank[1]}" if self.rank else ""
        parts = ("the", ordinal, self.size, colour, self.noun, count, self.where)
        return " ".join(part for part in parts if part)

    def selects(self, regions: Sequence[Region]) -> list[Region]:
        """The regions of a picture that the phrase means: one of them if it is a good one."""
        fitting = [region for region in regions if self._fits(region)]
        if self.size and fitting:
            fitting = _extremes(fitting, self.size)
        if self.rank:
            place, count = self.rank
            fitting = sorted(fitting, key=lambda region: _order(region, count))[place : place + 1]
        return fitting

    def _fits(self, region: Region) -> bool:
        if not _may_be_noun(self.noun, region):
            return False
        colour = _colour(region)
        if not self.careful:
            return (self.colour or colour, self.where or region.where) == (colour, region.where)
        if self.colour and not (colour and may_be_called(colour, self.colour)):
            return False
        return self.where in ("", region.where) or may_be_placed(region.bbox, region.mask.size, self.where)


def rephrase(regions: Sequence[R]) -> tuple[R, ...]:
    """The regions of one picture with their phrases made anew, for example after a teacher refined their labels."""
    return tuple(region.model_copy(update={"phrase": refer(region, regions).text}) for region in regions)


def refer(target: Region, regions: Sequence[Region]) -> Expression:
    """The shortest expression that selects ``target`` among the ``regions`` of its picture (which include it).

    It is ``careful`` if nothing else in the picture may be meant; the others tell regions apart for want of better.
    """
    words = _words(target)
    for expression in _expressions(words, ("", "largest")):
        if _is_alone(expression, target) and expression.selects(regions) == [target]:
            return expression
    loose = replace(words, careful=False)
    found = (one for one in _expressions(loose, ("", "larger", "smaller")) if one.selects(regions) == [target])
    shortest = next(found, None) or _counted(loose, target, regions)
    if shortest.where or shortest.rank or not _is_helped(target):
        return shortest
    return next((one for one in found if one.where and one.size == shortest.size), shortest)


def _words(target: Region) -> Expression:
    """All that is true of a region where it is seen."""
    noun = AREA if target.label == descriptive_label(target.colour, target.texture) else target.label
    return Expression(noun, colour=_colour(target), where=target.where)


def _colour(region: Region) -> str:
    """The colour of a region where it is seen: in the finished picture if there is one."""
    return region.seen_colour if isinstance(region, RegionState) else region.colour


def _expressions(words: Expression, sizes: Sequence[Size]) -> Iterator[Expression]:
    """Everything that could be said of the region, shortest first, then by order of preference.

    An unnamed area is nothing without its colour, or without a place if it has none.
    """
    base = replace(words, colour=words.colour if words.noun == AREA else "", where="")
    plain = [base, replace(base, colour=words.colour), replace(base, where=words.where), replace(words)]
    distinct = [said for said in dict.fromkeys(plain) if said.colour or said.where or said.noun != AREA]
    for size in sizes:
        yield from (replace(said, size=size) for said in distinct)


def _is_alone(expression: Expression, target: Region) -> bool:
    """Whether a place that is said is beyond dispute, and whether no part of the picture that is no region may be meant."""
    if expression.where and not is_firm(target.bbox, target.mask.size, expression.where):
        return False
    if expression.noun != AREA or is_exclusive(expression.where) or not isinstance(target, RegionState):
        return True
    rival = (target.double_there if expression.where else target.double) or 0.0
    if not expression.colour:  # everything is alike then: it is what takes most of its place
        return not expression.size and rival < 1
    return rival < (1 / _LEAD if expression.size else _RIVAL)


def _is_helped(target: Region) -> bool:
    """Whether its place keeps an unnamed area from being taken for a larger part of its colour that is no region."""
    if not isinstance(target, RegionState) or target.double is None or target.double_there is None:
        return False
    return target.double >= 1 and target.double_there < target.double


def _counted(words: Expression, target: Region, regions: Sequence[Region]) -> Expression:
    """The noun with its place in a count from the left, or from the top where another stands as far from the left."""
    plain = replace(words, where="")
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
    """The regions that may be taken for the largest: those within the lead of the true one; the larger is the largest of two."""
    areas = [region.area for region in regions]
    if size == "smaller":
        return [region for region in regions if region.area < min(areas) * _LEAD] if len(regions) == 2 else regions
    if size == "larger" and len(regions) != 2:
        return regions
    return [region for region in regions if region.area * _LEAD > max(areas)]


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
