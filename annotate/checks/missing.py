"""missing: a distortion that a region has is not said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from annotate.language.reading.claims import Claim, Reading, read
from annotate.language.reading.facts import noun_of, subjects, types_at
from annotate.language.reading.references import WHOLE
from schemas.values import Finding, RegionState, TextRequest


class Missing:
    """Every distortion of every region that the text is about must be asserted of it."""

    name = "missing"
    codes: ClassVar[tuple[str, ...]] = ("missing",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each distortion left out."""
        reading = read(request, text)
        everywhere = _shared_by_all(request)
        for region in subjects(request):
            said = _said(reading, region, everywhere)
            for category in types_at(request, region.index):
                if category not in said and not _hinted(reading, request, region.index, category):
                    message = f"The text does not say that {region.phrase} has {noun_of(category)}."
                    yield Finding(code="missing", message=message, subject=request.id)


def _hinted(reading: Reading, request: TextRequest, place: int, category: str) -> bool:
    """Whether words that may speak of the distortion stand where nothing is denied or said that is not there."""
    true = types_at(request, place).keys()
    for claim in reading.claims:
        wrong = not (claim.categories | claim.excused) & true if claim.polarity == "asserted" else category in claim.categories
        if wrong and claim.place == place and not claim.natural:
            return False
    return (place, category) in reading.hints or (len(true) == 1 and place in reading.graded and not _spoken_of(reading, place))


def _spoken_of(reading: Reading, place: int) -> bool:
    """Whether any distortion is said of a region."""
    return any(claim.polarity == "asserted" and (claim.place == place or place in claim.also) for claim in reading.claims)


def _shared_by_all(request: TextRequest) -> frozenset[str]:
    """Categories that every distorted region has, so that they may be said of the whole picture."""
    states = [{step.category for step in region.steps} for region in request.picture.regions if region.steps]
    return frozenset(set.intersection(*states)) if states else frozenset()


def _said(reading: Reading, region: RegionState, everywhere: frozenset[str]) -> set[str]:
    """The region's categories that are asserted; words that fit several count for one that is not said otherwise."""
    true = {step.category for step in region.steps}
    meant = [claim.categories & true for claim in reading.claims if _about(claim, region.index, everywhere)]
    said = {next(iter(categories)) for categories in meant if len(categories) == 1}
    for categories in meant:
        if len(categories) > 1:
            said |= set(sorted(categories - said)[:1])
    return said


def _about(claim: Claim, index: int, everywhere: frozenset[str]) -> bool:
    placed = claim.place == index or index in claim.also or (claim.place == WHOLE and bool(claim.categories & everywhere))
    return claim.polarity == "asserted" and placed


PLUGIN = Missing()
