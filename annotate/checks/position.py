"""position: a region is said to lie on the opposite side of the picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from annotate.language.reading.claims import read
from annotate.language.reading.references import sides_of
from schemas.values import Finding, RegionState, TextRequest

_MIDDLE: Final = 0.1
"""A centre less than this share of the side away from the middle may be called by either word, except in grounding,
whose computed part uses the closed words."""

_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}


class Position:
    """Position words must fit the box of the region they are said of."""

    name = "position"
    codes: ClassVar[tuple[str, ...]] = ("position",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each region and wrong word."""
        found = set()
        for spot in read(request, text).spots:
            if spot.place < 0 or (spot.place, spot.word) in found:
                continue
            region = request.picture.regions[spot.place]
            if spot.word in _wrong(region, request) and not any(_lies_there(other, spot.word, request) for other in spot.others):
                found.add((spot.place, spot.word))
                message = f"{region.phrase} lies towards the {_OPPOSITE[spot.word]} of the picture, not the {spot.word}."
                yield Finding(code="position", message=message[0].upper() + message[1:], subject=request.id)


def _lies_there(place: int, word: str, request: TextRequest) -> bool:
    """Whether another region of the sentence lies on the side that is named."""
    return place not in request.targets and word in sides_of(request.picture.regions[place].where)


def _wrong(region: RegionState, request: TextRequest) -> set[str]:
    """The words that are wrong for a region."""
    if request.kind == "grounding" and region.index in request.targets:
        return {_OPPOSITE[region.horizontal], _OPPOSITE[region.vertical]}
    x0, y0, x1, y1 = region.bbox
    x, y = (x0 + x1) / 2 / request.picture.width - 0.5, (y0 + y1) / 2 / request.picture.height - 0.5
    return {
        word
        for word, wrong in (("left", x > _MIDDLE), ("right", x < -_MIDDLE), ("top", y > _MIDDLE), ("bottom", y < -_MIDDLE))
        if wrong
    }


PLUGIN = Position()
