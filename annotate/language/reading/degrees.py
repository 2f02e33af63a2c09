"""How strong a distortion is by ways of speaking: "sharpened to death", "a noise that most people would miss".

They count only where a text gives no word of severity for the distortion itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from annotate.language.lexicon import lexicon
from annotate.language.reading.places import Located
from annotate.language.reading.settling import Claim
from annotate.language.reading.words import STOPS
from schemas.values import Severity

__all__ = ["UNSAID", "degrees_of"]

UNSAID: Final = "unsaid"

_BEFORE: Final = 3  # words before a way of speaking that may deny it
_DENYING: Final = frozenset(
    {"not", "never", "without", "far", "anything", "if", "than", "neither", "nor", "to", "scarcely", "hardly", "barely"}
)


def degrees_of(
    words: Sequence[str], located: Located, claims: Sequence[Claim]
) -> Mapping[tuple[int, str], Mapping[Severity, str]]:
    """For each (place, category) of which no claim has a severity the severities by ways of speaking, with their words.

    The category is ``UNSAID`` where nothing that is asserted of the place stands near.
    """
    graded = {(claim.place, category) for claim in claims if claim.severity for category in claim.categories}
    found: dict[tuple[int, str], dict[Severity, str]] = {}
    asserted = [claim for claim in claims if claim.polarity == "asserted"]
    for start, end, severity in _idioms(words):
        place = located.at(start)
        claim = _meant(words, [claim for claim in asserted if claim.place == place], start)
        for category in claim.categories if claim else (UNSAID,):
            if (place, category) not in graded:
                found.setdefault((place, category), {}).setdefault(severity, " ".join(words[start:end]))
    return found


def _idioms(words: Sequence[str]) -> Iterator[tuple[int, int, Severity]]:
    for start, term in lexicon().idioms.scan(words):
        if _DENYING.isdisjoint(words[max(0, start - _BEFORE) : start]):
            for severity in sorted(term.asserts):
                yield start, start + len(term.words), severity  # type: ignore[misc]


def _meant(words: Sequence[str], claims: Sequence[Claim], start: int) -> Claim | None:
    """The claim that is nearest in the sentence, else the last one in the sentence before."""
    first = _sentence_start(words, start)
    last = next((position for position in range(start, len(words)) if words[position] in STOPS), len(words))
    here = [claim for claim in claims if first <= claim.start < last]
    if here:
        return min(here, key=lambda claim: abs(claim.start - start))
    before = _sentence_start(words, first - 1) if first else first
    return next((claim for claim in reversed(claims) if before <= claim.start < first), None)


def _sentence_start(words: Sequence[str], position: int) -> int:
    return next((number + 1 for number in range(position - 1, -1, -1) if words[number] in STOPS), 0)
