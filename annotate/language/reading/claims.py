"""What a text claims: which distortion of which region, asserted or denied, how strong; which position; which leaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.context import (
    is_beside,
    is_expected,
    is_natural,
    is_negated,
    is_neutral,
    is_of_another,
    is_of_the_rest,
    is_supposed,
    severities_of,
)
from annotate.language.reading.degrees import degrees_of
from annotate.language.reading.gaps import gapped
from annotate.language.reading.hints import hints_of, places_graded
from annotate.language.reading.interruptions import interrupted
from annotate.language.reading.leanings import Leaning, leanings_of
from annotate.language.reading.places import Located, locate
from annotate.language.reading.references import ELSEWHERE, WHOLE, names_of
from annotate.language.reading.settling import Claim, Polarity, settled
from annotate.language.reading.words import frame_of, words_of
from schemas.values import Severity, TextRequest

__all__ = ["Claim", "Reading", "read"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A position word said of a place: left, right, top or bottom."""

    word: str
    place: int
    others: tuple[int, ...] = ()
    """regions of the same sentence that it may be said of as well, since its part names none"""


@dataclass(frozen=True)
class Reading:
    """All that a text says, as far as the lexicon knows."""

    words: Sequence[str]
    claims: tuple[Claim, ...]
    spots: tuple[Spot, ...]
    leaks: tuple[str, ...]
    named: frozenset[int]
    """regions that the text names"""
    summary: int
    """number of the word with which the last sentence of a global description begins"""
    marks: Sequence[Mark] = field(repr=False)
    located: Located = field(repr=False)

    @cached_property
    def hints(self) -> Mapping[tuple[int, str], frozenset[str]]:
        """For each (place, category) of words that may speak of a distortion though they do not say so, what explains it."""
        said = {category for claim in self.claims if claim.polarity == "asserted" for category in claim.categories}
        echoed = {(place, category): frozenset[str]() for place in self.located.echoes for category in said}
        return hints_of(self.words, self.marks, self.located) | echoed

    @cached_property
    def leanings(self) -> Mapping[tuple[int, str], Leaning]:
        """For each (place, category) whose absence the text leans towards, the words that do it."""
        return leanings_of(self.words, self.marks, self.located)

    @cached_property
    def degrees(self) -> Mapping[tuple[int, str], Mapping[Severity, str]]:
        """For each (place, category) without words of severity those that ways of speaking give it, with their words."""
        return degrees_of(self.words, self.located, self.claims)

    @cached_property
    def graded(self) -> frozenset[int]:
        """Places of which something is said to a degree."""
        return places_graded(self.words[: self.summary], self.marks, self.located)


_last: tuple[TextRequest, str, Reading] | None = None


def read(request: TextRequest, text: str) -> Reading:
    """What a text claims about the picture of a request. All checks of one text share one reading."""
    global _last  # noqa: PLW0603 - a memory of one, compared by identity: hashing a request would cost more than reading
    if _last is None or _last[0] is not request or _last[1] != text:
        _last = (request, text, _read(request, text))
    return _last[2]


def _read(request: TextRequest, text: str) -> Reading:
    words = words_of(text)
    named = list(names_of(request).marks(words, naming=request.kind == "global"))
    marks = longest(words, [mark for mark, _ in named])
    located = locate(words, marks, {(mark.start, mark.end): places for mark, places in named}, request)
    if any(region.covers_picture for region in request.picture.regions):
        _spread(located)
    sides = (
        mark
        for mark in marks
        if _SIDES.intersection(mark.term.role.split()) and not _relational(words, mark) and mark.start not in located.unsaid
    )
    spots = (
        Spot(word, located.places[mark.start], located.ahead.get(mark.start, ()))
        for mark in sides
        for word in mark.term.role.split()
    )
    leaks = (" ".join(mark.term.words) for mark in marks if mark.term.role == "leak")
    claims = tuple(settled(list(_claims(words, marks, located)), words, request))
    summary = frame_of(words, request.kind)[1]
    return Reading(words, claims, tuple(spots), tuple(leaks), frozenset(located.named), summary, marks, located)


def _spread(located: Located) -> None:
    """In a picture that was distorted all over, whatever is said of any part of it is said of its one region."""
    located.places = dict.fromkeys(located.places, 0)
    located.also = dict.fromkeys(located.also, ())
    located.unsaid.clear()
    located.named.add(0)


_SIDES = frozenset({"left", "right", "top", "bottom"})
_MERELY = frozenset({"not", "doesn't", "don't", "never", "nor"})
"""directly before an effect: "it does not glare" denies no brightening"""
_PARTS = frozenset({"edge", "edges", "rim", "border", "row", "line", "side", "seam", "band", "strip", "end", "half", "part"})
_SITUATING = frozenset({"in", "at", "on", "along", "near", "towards", "toward", "by", "to", "from", "occupies", "fills"})
_WITHIN = frozenset({"not", "never", "nowhere"})
"""inside of a term: "colours that are not boosted"
"""
_POSSESSIVE = frozenset({"its", "their", "his", "her", "'s"})
_DEFINITE = frozenset({"the", "this", "that", "such", "these", "those"})


def longest(words: Sequence[str], names: Sequence[Mark]) -> list[Mark]:
    """Marks that do not overlap, in order of the text: longer ones win, then names of regions, then later ones."""
    index = lexicon().index
    found = [(mark.start - mark.end, 0, -mark.start, mark) for mark in names]
    found += [(-len(term.words), 1, -start, Mark(start, start + len(term.words), term)) for start, term in index.scan(words)]
    found += [(-len(mark.term.words), 1, -mark.start, mark) for mark in (*interrupted(words, names), *gapped(words))]
    found.sort(key=itemgetter(0, 1, 2))
    named = {position for mark in names for position in range(mark.start, mark.end)}
    taken: set[int] = set()
    harmless: set[int] = set()
    kept = []
    for _, rank, _, mark in found:
        covered: Sequence[int] = range(mark.start, mark.end)
        if mark.skipped:
            covered = [position for position in covered if position not in mark.skipped]
        role = mark.term.role
        # a region whose label is "stairs" or "mask" is named by these words even where they are harmless or a leak
        if not taken.isdisjoint(covered) or (rank and not harmless.isdisjoint(covered)):
            continue
        if role == "leak" and not named.isdisjoint(covered):
            continue
        (harmless if role == "benign" else taken).update(covered)
        kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)


def _definite(words: Sequence[str], start: int) -> bool:
    """Whether a term is spoken of as known: "the grain", "this faint grain"."""
    one, other = words[start - 2 : start] if start > 1 else ("", words[start - 1] if start else "")
    return other in _DEFINITE or (one in _DEFINITE and other.isalpha() and other not in lexicon().words["common"])


def _relational(words: Sequence[str], mark: Mark) -> bool:
    """Whether a position word only says where another thing lies: "to the left of the bus"."""
    before = words[max(0, mark.start - 2) : mark.start]
    if before and (before[-1] in _POSSESSIVE or before[-1] in _PARTS):
        return True  # "its lower edge", "the edge along the top" are parts of the region
    after = list(words[mark.end : mark.end + 4])
    if after[:1] == ["of"]:
        return not lexicon().words["picture"].intersection(after)
    # "one sees the upper edge"
    return len(before) > 1 and before[-1] == "the" and mark.term.words[-1] in _PARTS and before[0] not in _SITUATING


def _claims(words: Sequence[str], marks: Sequence[Mark], located: Located) -> Iterator[Claim]:
    severities = severities_of(words, marks)
    denied: dict[int, int] = {}
    spoken: list[tuple[frozenset[str], int]] = []
    for number, mark in enumerate(marks):
        term = mark.term
        said, place, also = " ".join(term.words), located.places.get(mark.start, WHOLE), located.also.get(mark.start, ())
        named = number + 1 < len(marks) and marks[number + 1].start == mark.end
        if term.asserts and (named or not is_beside(words, mark)):
            if mark.start in located.inherited and _definite(words, mark.start):
                # "the grain" in a sentence that names no region is the grain that was spoken of before
                place = next((where for categories, where in reversed(spoken) if categories & term.asserts), place)
            spoken.append((term.asserts, place))
            denies = is_negated(words, marks, number, denied) or any(words[position] in _WITHIN for position in mark.skipped)
            polarity: Polarity = "denied" if denies else "asserted"
            if (
                is_supposed(words, mark)
                or (term.role == "effect" and is_expected(words, mark))
                or (polarity == "denied" and term.role == "effect" and words[mark.start - 1] in _MERELY)
            ):
                continue
            yield Claim(
                said,
                mark.start,
                polarity,
                term.asserts,
                term.implies,
                place,
                severities.get(mark.start, frozenset()),
                effect=term.role == "effect",
                loose=mark.start in located.unsaid,
                natural=is_natural(words, mark),
                joint=mark.start in located.joint,
                inherited=mark.start in located.inherited,
                near=located.near.get(mark.start, ()),
                also=also,
            )
        if (term.denies or term.role == "clean") and not is_neutral(words, mark) and not is_of_another(words, mark):
            if mark.start in located.unsaid or (place == WHOLE and is_of_the_rest(words, mark)):
                place = ELSEWHERE  # "the lace shows nothing wrong": of a thing that is no region
            hedged = mark.start > 0 and words[mark.start - 1] in lexicon().words["hedges"]
            ruled_out = term.denies or lexicon().categories
            yield Claim(said, mark.start, "praised", ruled_out, frozenset(), place, hedged=hedged, also=also)
