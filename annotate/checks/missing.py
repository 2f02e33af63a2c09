"""missing: a distortion that a region has is not said of it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import ClassVar

from annotate.language.reading.claims import Reading, read
from annotate.language.reading.facts import noun_of, subjects, types_at
from annotate.language.reading.told import told
from schemas.values import Finding, TextRequest


class Missing:
    """Every distortion of every region that the text is about must be asserted of it."""

    name = "missing"
    codes: ClassVar[tuple[str, ...]] = ("missing",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each distortion left out."""
        reading = read(request, text)
        for region in subjects(request):
            said = told(reading, request, region)
            for category in types_at(request, region.index):
                if category not in said and not _hinted(reading, request, region.index, category, said):
                    message = f"The text does not say that {region.phrase} has {noun_of(category)}."
                    yield Finding(code="missing", message=message, subject=request.id)


def _hinted(reading: Reading, request: TextRequest, place: int, category: str, said: set[str]) -> bool:
    """Whether words that may speak of the distortion stand where nothing is denied or said that is not there."""
    if (place, category) in reading.leanings:
        return False
    true = types_at(request, place).keys()
    for claim in reading.claims:
        wrong = not (claim.categories | claim.excused) & true if claim.polarity == "asserted" else category in claim.categories
        if wrong and claim.place == place and not claim.natural:
            return False
    if (place, category) in reading.hints and said.isdisjoint(reading.hints[place, category]):
        return True
    return len(true) == 1 and place in reading.graded and not _spoken_of(reading, place, true)


def _spoken_of(reading: Reading, place: int, true: AbstractSet[str]) -> bool:
    """Whether any distortion is said of a region."""
    return any(
        claim.polarity == "asserted" and (claim.place == place or (place in claim.also and claim.categories & true))
        for claim in reading.claims
    )


PLUGIN = Missing()
