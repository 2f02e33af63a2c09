"""What a text tells of a region: the distortions it has that are asserted of it."""

from __future__ import annotations

from typing import Final

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import Claim, Reading
from annotate.language.reading.leanings import UNNEGATING, is_topic
from annotate.language.reading.references import WHOLE
from annotate.language.reading.words import STOPS
from schemas.values import RegionState, TextRequest

__all__ = ["is_doubtful", "told"]

_REACH: Final = 16  # words between a negator and what it makes doubtful
_DOUBTING: Final = frozenset({"no", "not", "never", "nobody", "none", "neither", "without", "nothing", "nowhere", "free"})
_BREAKS: Final = STOPS | {",", "but", "while", "yet", "whereas", "although", "though"}


def told(reading: Reading, request: TextRequest, region: RegionState) -> set[str]:
    """The region's categories that are asserted; words that fit several count for one that is not said otherwise."""
    true = {step.category for step in region.steps}
    everywhere = _shared_by_all(request)
    about = (claim for claim in reading.claims if _about(claim, region.index, everywhere))
    meant = [claim.categories & true for claim in about if not is_doubtful(reading, claim)]
    said = {next(iter(categories)) for categories in meant if len(categories) == 1}
    for categories in meant:
        if len(categories) > 1:
            said |= set(sorted(categories - said)[:1])
    return said


def _shared_by_all(request: TextRequest) -> frozenset[str]:
    """Categories that every distorted region has, so that they may be said of the whole picture."""
    states = [{step.category for step in region.steps} for region in request.picture.regions if region.steps]
    return frozenset(set.intersection(*states)) if states else frozenset()


def _about(claim: Claim, index: int, everywhere: frozenset[str]) -> bool:
    placed = claim.place == index or index in claim.also or (claim.place == WHOLE and bool(claim.categories & everywhere))
    return claim.polarity == "asserted" and placed


def is_doubtful(reading: Reading, claim: Claim) -> bool:
    """Whether a negator earlier in the clause leaves nothing asserted: "not one of its leaves looks the least bit faded"."""
    words, surviving, negators = reading.words, lexicon().words["surviving"], 0
    for position in range(claim.start - 1, max(-1, claim.start - 1 - _REACH), -1):
        if words[position] == "and" and position == claim.start - 1:
            continue  # "free from blocks and ringing"
        if words[position] in _BREAKS or words[position] in surviving:
            break
        if words[position] in _DOUBTING and not _is_no_negation(reading, position):
            negators += 1
    return negators == 1 or is_topic(words, claim.start)


def _is_no_negation(reading: Reading, position: int) -> bool:
    """Whether a word belongs to a wording such as "not only", "better without", "no small amount of"."""
    return any(mark.start <= position < mark.end for mark in reading.marks if mark.term.role in UNNEGATING)
