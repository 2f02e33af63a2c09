"""hallucinated: a distortion is said of a region that does not have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from annotate.language.reading.claims import Claim, Reading, read
from annotate.language.reading.facts import name_of, noun_of, types_at
from annotate.language.reading.references import ELSEWHERE, WHOLE
from annotate.language.reading.words import STOPS
from distortions.categories import DQ495K
from schemas.values import Finding, TextRequest

_COMMON: Final = frozenset(category.key for category in DQ495K)
_NEGATORS: Final = frozenset({"no", "not", "none", "neither", "never", "without", "free", "nobody", "nothing"})
_BACK: Final = 14  # words of the sentence before a claim
_AHEAD: Final = 8  # words of the sentence from its first word on


class Hallucinated:
    """Every distortion that is asserted of a region must be there, or be explained by one that is."""

    name = "hallucinated"
    codes: ClassVar[tuple[str, ...]] = ("hallucinated",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each place and wording that has no ground."""
        found = set()
        reading = read(request, text)
        for claim in reading.claims:
            if claim.polarity != "asserted" or (claim.place == ELSEWHERE and request.kind != "global"):
                continue
            if claim.natural or _is_word_of_the_scene(claim) or (request.kind == "global" and _may_be_denied(reading, claim)):
                continue
            # "the surroundings are grainy" in a summary is true if any region is
            true = types_at(request, WHOLE if claim.place == ELSEWHERE else claim.place).keys()
            if not (claim.categories | claim.excused) & true and (claim.place, claim.words) not in found:
                found.add((claim.place, claim.words))
                nouns = " or ".join(noun_of(category) for category in sorted(claim.categories))
                message = f"The text says {claim.words!r} of {name_of(request, claim.place)}, which has no {nouns}."
                yield Finding(code="hallucinated", message=message, subject=request.id)


def _is_word_of_the_scene(claim: Claim) -> bool:
    """Whether a single word speaks of what is rarely a distortion and often in a scene: weather, flare, a tint, warped boards."""
    return " " not in claim.words and claim.categories.isdisjoint(_COMMON)


def _may_be_denied(reading: Reading, claim: Claim) -> bool:
    """Whether a sentence about several regions holds a negator: what it denies of which is too often misread."""
    words, first, end = reading.words, claim.start, claim.start
    while first > max(0, claim.start - _BACK) and words[first - 1] not in STOPS:
        first -= 1
    while end < min(len(words), claim.start + _AHEAD) and words[end] not in STOPS:
        end += 1
    return not _NEGATORS.isdisjoint(words[first:end])


PLUGIN = Hallucinated()
