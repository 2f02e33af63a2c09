"""contradiction: a distortion that is there is denied, or a quality is praised that it rules out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import Claim, Reading, read
from annotate.language.reading.facts import name_of, noun_of, subjects, types_at
from annotate.language.reading.leanings import Leaning
from annotate.language.reading.references import ELSEWHERE, WHOLE
from annotate.language.reading.told import is_doubtful, told
from schemas.values import Finding, RegionState, Severity, TextRequest

_EITHER_WAY: Final = frozenset({"brightness_change", "contrast_change", "saturation_change"})
"""Categories whose words are shared with those of a known direction."""

_OF_MOST: Final = ("quality", "condition", "shape", "order", "criticise", "complaint", "desired", "criticism", "reproach")
"""Ends of praise that is said of a whole picture for its greater part."""


class Contradiction:
    """What is denied must be absent; "crisp" may not be said of what is blurred, except of the rest of the picture."""

    name = "contradiction"
    codes: ClassVar[tuple[str, ...]] = ("contradiction",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each claim that the facts rule out."""
        reading = read(request, text)
        found: set[tuple[int, str]] = set()
        for claim in reading.claims:
            if claim.polarity == "asserted" or claim.place == ELSEWHERE:
                continue
            ruled_out = _ruled_out(claim, types_at(request, claim.place), whole=claim.place == WHOLE)
            found.update((claim.place, category) for category in ruled_out)
            if ruled_out:
                nouns = " and ".join(noun_of(category) for category in sorted(ruled_out))
                verb = "denies" if claim.polarity == "denied" else "contradicts"
                message = f"The text {verb} the {nouns} of {name_of(request, claim.place)} with the words {claim.words!r}."
                yield Finding(code="contradiction", message=message, subject=request.id)
        yield from _leanings(request, reading, found)


def _leanings(request: TextRequest, reading: Reading, found: set[tuple[int, str]]) -> Iterator[Finding]:
    """One finding for each distortion that a text does not assert of a region while it leans towards saying that it is absent."""
    for region in subjects(request):
        true = {step.category for step in region.steps}
        if _is_mistaken(reading, region.index, true):
            continue  # what sounds like praise tells of the distortion that the text takes it for
        told_of = told(reading, request, region)
        leanings = reading.leanings if true else {}
        for category in sorted(category for category in true if (region.index, category) not in found):
            leaning = leanings.get((region.index, category))
            words = (
                leaning.words if leaning and (category not in told_of or _outweighs(leaning, reading, region, category)) else ""
            )
            if not words and category not in told_of:
                words = _doubted(reading, region.index, category)
            if words:
                message = f"The text speaks of {region.phrase} as if it had no {noun_of(category)}: {words!r}."
                yield Finding(code="contradiction", message=message, subject=request.id)


def _outweighs(leaning: Leaning, reading: Reading, region: RegionState, category: str) -> bool:
    """Whether praise counts against what is asserted: lavish praise, or what is set against an assertion before it."""
    if leaning.weight != "contrary" or any(step.severity == "mild" for step in region.steps if step.category == category):
        return leaning.weight == "lavish"
    before = (claim for claim in reading.claims if claim.place == region.index and claim.start < leaning.start)
    return any(claim.polarity == "asserted" and category in claim.categories for claim in before)


def _doubted(reading: Reading, place: int, category: str) -> str:
    """The words that would assert a distortion if they were not denied."""
    claims = (claim for claim in reading.claims if claim.place == place and category in claim.categories)
    return next((claim.words for claim in claims if claim.polarity == "denied" or is_doubtful(reading, claim)), "")


def _is_mistaken(reading: Reading, place: int, true: set[str]) -> bool:
    """Whether a distortion is asserted of a region that does not have it."""
    asserted = (claim for claim in reading.claims if claim.polarity == "asserted" and claim.place == place)
    return any(not (claim.categories | claim.excused) & true for claim in asserted)


def _ruled_out(claim: Claim, true: Mapping[str, frozenset[Severity]], *, whole: bool) -> set[str]:
    present = claim.categories & true.keys()
    if claim.polarity == "denied":
        # "not washed out" denies one of several distortions: only if all of them are there is one of them denied for certain
        named = claim.categories - _EITHER_WAY
        return set(present) if len(named) == 1 or claim.categories <= true.keys() else set()
    if whole and (claim.categories != lexicon().categories or claim.words.endswith(_OF_MOST)):
        return set()  # "a crisp photo" and "good quality" are said of its greater part
    return {category for category in present if not (claim.hedged and true[category] == {"mild"})}


PLUGIN = Contradiction()
