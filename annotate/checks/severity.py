"""severity: a severity word that is two steps away from the truth: mild for severe, severe for mild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from annotate.language.reading.claims import Claim, Reading, read
from annotate.language.reading.degrees import UNSAID
from annotate.language.reading.facts import ORDER, name_of, noun_of, types_at
from annotate.language.reading.told import told
from schemas.values import Finding, Severity, TextRequest

_FAR: Final = 2
"""Steps on the scale mild, moderate, severe; people take neighbouring words for each other, so one step passes."""


class SeverityWords:
    """Severity words must fit the distortion they belong to."""

    name = "severity"
    codes: ClassVar[tuple[str, ...]] = ("severity",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each distortion called far too mild or far too severe."""
        reading, found = read(request, text), set()
        for claim in reading.claims:
            true = types_at(request, claim.place)
            for category, words in _off(claim, {category: true[category] for category in sorted(claim.categories & true.keys())}):
                if (claim.place, category) not in found:
                    found.add((claim.place, category))
                    truth = " or ".join(sorted(true[category], key=ORDER.index))
                    message = f"The {noun_of(category)} of {name_of(request, claim.place)} is {truth}, not {words}."
                    yield Finding(code="severity", message=message, subject=request.id)
        for (place, category), said in reading.degrees.items():
            for meant in _unsaid(request, reading, place) if category == UNSAID else {category}:
                truths = types_at(request, place).get(meant)
                if truths and _distance(said, truths) >= _FAR:
                    truth, words = " or ".join(sorted(truths, key=ORDER.index)), ", ".join(said.values())
                    message = f"The {noun_of(meant)} of {name_of(request, place)} is {truth}, not {words!r}."
                    yield Finding(code="severity", message=message, subject=request.id)


def _unsaid(request: TextRequest, reading: Reading, place: int) -> set[str]:
    """The one distortion of a region, if the text speaks of it without asserting it."""
    of = set(types_at(request, place)) if place >= 0 else set()
    return of if len(of) == 1 and not told(reading, request, request.picture.regions[place]) else set()


def _off(claim: Claim, true: dict[str, frozenset[Severity]]) -> Iterator[tuple[str, str]]:
    if claim.polarity != "asserted" or not claim.severity or len(true) != 1:
        return
    for category, severities in true.items():
        if _distance(claim.severity, severities) >= _FAR:
            yield category, " or ".join(sorted(claim.severity))


def _distance(said: Iterable[Severity], true: Iterable[Severity]) -> int:
    """Steps between the nearest two."""
    return min(abs(ORDER.index(one) - ORDER.index(other)) for one in said for other in true)


PLUGIN = SeverityWords()
