"""contradiction: a distortion that is there is denied, or a quality is praised that it rules out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import Claim, read
from annotate.language.reading.facts import name_of, noun_of, types_at
from annotate.language.reading.references import ELSEWHERE, WHOLE
from schemas.values import Finding, Severity, TextRequest

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
        for claim in read(request, text).claims:
            if claim.polarity == "asserted" or claim.place == ELSEWHERE:
                continue
            ruled_out = _ruled_out(claim, types_at(request, claim.place), whole=claim.place == WHOLE)
            if ruled_out:
                nouns = " and ".join(noun_of(category) for category in sorted(ruled_out))
                verb = "denies" if claim.polarity == "denied" else "contradicts"
                message = f"The text {verb} the {nouns} of {name_of(request, claim.place)} with the words {claim.words!r}."
                yield Finding(code="contradiction", message=message, subject=request.id)


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
