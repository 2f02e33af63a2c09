"""severity: a severity word that is two steps away from the truth: mild for severe, severe for mild."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from annotate.language.reading.claims import Claim, read
from annotate.language.reading.facts import ORDER, name_of, noun_of, types_at
from schemas.values import Finding, Severity, TextRequest

_FAR: Final = 2
"""Steps on the scale mild, moderate, severe; people take neighbouring words for each other, so one step passes."""


class SeverityWords:
    """Severity words must fit the distortion they belong to."""

    name = "severity"
    codes: ClassVar[tuple[str, ...]] = ("severity",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each distortion called far too mild or far too severe."""
        found = set()
        for claim in read(request, text).claims:
            true = types_at(request, claim.place)
            for category, words in _off(claim, {category: true[category] for category in sorted(claim.categories & true.keys())}):
                if (claim.place, category) not in found:
                    found.add((claim.place, category))
                    truth = " or ".join(sorted(true[category], key=ORDER.index))
                    message = f"The {noun_of(category)} of {name_of(request, claim.place)} is {truth}, not {words}."
                    yield Finding(code="severity", message=message, subject=request.id)


def _off(claim: Claim, true: dict[str, frozenset[Severity]]) -> Iterator[tuple[str, str]]:
    if claim.polarity != "asserted" or not claim.severity or len(true) != 1:
        return
    for category, severities in true.items():
        near = min(abs(ORDER.index(said) - ORDER.index(truth)) for said in claim.severity for truth in severities)
        if near >= _FAR:
            yield category, " or ".join(sorted(claim.severity))


PLUGIN = SeverityWords()
