"""What is true of a place: the distortions of a region, of all regions, of none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotate.language.reading.references import ELSEWHERE, WHOLE
from distortions.categories import CATEGORIES
from schemas.values import Picture, RegionState, Severity, TextRequest

__all__ = ["ORDER", "name_of", "noun_of", "subjects", "types_at"]

ORDER: Sequence[Severity] = ("mild", "moderate", "severe")


_latest: tuple[Picture, dict[int, Mapping[str, frozenset[Severity]]]] | None = None


def types_at(request: TextRequest, place: int) -> Mapping[str, frozenset[Severity]]:
    """Categories that are present at a place, each with its severities there; empty where nothing was distorted."""
    global _latest  # noqa: PLW0603 - a memory of one, compared by identity: all checks of a text ask for the same places
    if _latest is None or _latest[0] is not request.picture:
        _latest = (request.picture, {ELSEWHERE: {}})
    known = _latest[1]
    if place not in known:
        known[place] = _types_at(request, place)
    return known[place]


def _types_at(request: TextRequest, place: int) -> Mapping[str, frozenset[Severity]]:
    regions = request.picture.regions if place == WHOLE else (request.picture.regions[place],)
    found: dict[str, frozenset[Severity]] = {}
    for region in regions:
        for step in region.steps:
            found[step.category] = found.get(step.category, frozenset()) | {step.severity}
    return found


def subjects(request: TextRequest) -> tuple[RegionState, ...]:
    """The regions that a text must speak of: its targets, or every region of a picture described as a whole."""
    regions = request.picture.regions
    return regions if request.kind == "global" else tuple(regions[index] for index in request.targets)


def noun_of(category: str) -> str:
    """What a category is called in a message."""
    return CATEGORIES[category].noun if category in CATEGORIES else category.replace("_", " ")


def name_of(request: TextRequest, place: int) -> str:
    """What a place is called in a message."""
    return {WHOLE: "the picture", ELSEWHERE: "the rest"}.get(place) or request.picture.regions[place].phrase
