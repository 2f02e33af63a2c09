"""hallucinated: a distortion is said of a region that does not have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from annotate.language.reading.claims import read
from annotate.language.reading.facts import name_of, noun_of, types_at
from annotate.language.reading.references import ELSEWHERE, WHOLE
from schemas.values import Finding, TextRequest


class Hallucinated:
    """Every distortion that is asserted of a region must be there, or be explained by one that is."""

    name = "hallucinated"
    codes: ClassVar[tuple[str, ...]] = ("hallucinated",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each place and wording that has no ground."""
        found = set()
        for claim in read(request, text).claims:
            if claim.polarity != "asserted" or (claim.place == ELSEWHERE and request.kind != "global"):
                continue
            if claim.natural:
                continue
            # "the surroundings are grainy" in a summary is true if any region is
            true = types_at(request, WHOLE if claim.place == ELSEWHERE else claim.place).keys()
            if not (claim.categories | claim.excused) & true and (claim.place, claim.words) not in found:
                found.add((claim.place, claim.words))
                nouns = " or ".join(noun_of(category) for category in sorted(claim.categories))
                message = f"The text says {claim.words!r} of {name_of(request, claim.place)}, which has no {nouns}."
                yield Finding(code="hallucinated", message=message, subject=request.id)


PLUGIN = Hallucinated()
