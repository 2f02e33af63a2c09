"""Words that lean towards saying that a distortion is absent: praise in wordings that prove nothing, faults behind a negator.

They count for a distortion that the text does not assert: then "the drawing of its feathers is a joy" contradicts a blur, while
in a text that says how blurred the feathers are it may be only a way of speaking. Lavish praise ("perfectly", "exactly") counts
against what is asserted, too, and so does praise that is set against it ("and yet its tones are full"), unless it is mild.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.places import Located
from annotate.language.reading.words import STOPS

__all__ = ["UNNEGATING", "Leaning", "is_topic", "leanings_of"]

UNNEGATING: Final = frozenset({"not_negating", "mild", "severe"})
"""Roles of wordings in which a negator denies nothing: "not only", "no small amount of"."""
_NEAR: Final = 6  # words between a quality and what commends it
_BACK: Final = 12  # words between praise and what takes it back
_FAR: Final = 9  # words between a negator and a fault
_BEHIND: Final = 6  # words between a fault and what says that it is absent
_BREAKS: Final = STOPS | {",", "but", "while", "yet", "whereas", "although", "though"}
_ANY: Final = "*"  # praise of whatever a distortion lowers
_HEDGING: Final = frozenset({"tell", "guess", "least", "recognise", "recognised", "only", "read", "reads", "legible"})
_SENTENCE: Final = 16  # words of a sentence that may say no to what it begins with
_FRONT: Final = 3  # words at the beginning of a sentence before what it is about
_OPENING: Final = frozenset({"of", "as", "if", "concerning", "regarding"})
_REFUSING: Final = frozenset({"no", "not", "never", "nobody", "none", "nothing", "nowhere", "free"})
_SAME: Final = frozenset({"time", ",", "the", "its"})  # "at the same time", "all the same, its ..."
_NAMING: Final = frozenset({"", "pointer"})  # roles of the names of regions
_COMPARED: Final = frozenset({"so", "such", "as", "more", "less", "too"})
"""between a negator and a fault: "never so loud" denies nothing"""


Weight = Literal["faint", "contrary", "lavish"]
_WEIGHTS: Final[Sequence[Weight]] = ("faint", "contrary", "lavish")


@dataclass(frozen=True, slots=True)
class Leaning:
    """The words that lean towards saying that a distortion is absent."""

    words: str
    start: int
    """number of the first word"""
    weight: Weight
    """faint: counts only where nothing is asserted; contrary: set against what was said; lavish: nothing explains it away"""


_Said = tuple[int, int, frozenset[str], Weight]
"""first word, end, categories, weight"""


def leanings_of(words: Sequence[str], marks: Sequence[Mark], located: Located) -> Mapping[tuple[int, str], Leaning]:
    """For each (place, category) whose absence a text leans towards, the words that do it."""
    found: dict[tuple[int, str], Leaning] = {}
    said = [mark for mark in marks if mark.term.asserts or (mark.term.role in _NAMING and not mark.term.denies)]
    taken = {position for mark in said for position in range(mark.start, mark.end)}
    praised = (one for one in (*_praises(words), *_commended(words)) if taken.isdisjoint(range(one[0], one[1])))
    for start, end, categories, weight in (*praised, *_denied(words, marks)):
        for category in lexicon().categories if _ANY in categories else categories:
            key = (located.at(start), category)
            if key not in found or _WEIGHTS.index(weight) > _WEIGHTS.index(found[key].weight):
                found[key] = Leaning(" ".join(words[start:end]), start, weight)
    return found


def _praises(words: Sequence[str]) -> Iterator[_Said]:
    for start, term in lexicon().praises.scan(words):
        end = start + len(term.words)
        if not _taken_back(words, start, end):
            yield start, end, term.asserts, "faint" if _ANY in term.asserts else _weight(words, start, end)


def _commended(words: Sequence[str]) -> Iterator[_Said]:
    """A quality with a word that commends it in the same clause."""
    commending = lexicon().words["commending"]
    for start, term in lexicon().topics.scan(words):
        end = start + len(term.words)
        if not commending.isdisjoint(_around(words, start, end)) and not _taken_back(words, start, end):
            yield start, end, term.asserts, _weight(words, start, end)


def _weight(words: Sequence[str], start: int, end: int) -> Weight:
    sets = lexicon().words
    if not sets["lavish"].isdisjoint(_around(words, start, end)):
        return "lavish"
    for position in range(end - 1, max(-1, start - 1 - _BACK), -1):
        if words[position] in STOPS or words[position] in sets["hedges"] or words[position] in _HEDGING:
            break
        if words[position] in sets["conceding"] and (words[position] != "same" or words[position + 1] in _SAME):
            return "contrary"
    return "faint"


def _around(words: Sequence[str], start: int, end: int) -> Sequence[str]:
    first, last = _clause(words, start, end, _NEAR)
    return (*words[first:start], *words[end:last])


def _denied(words: Sequence[str], marks: Sequence[Mark]) -> Iterator[_Said]:
    """A fault behind a negator of its clause, or before a word that says that it is absent."""
    denying, missing = lexicon().words["denying"], lexicon().words["missing"]
    unnegating = {position for mark in marks if mark.term.role in UNNEGATING for position in range(mark.start, mark.end)}
    for start, term in lexicon().faults.scan(words):
        end = start + len(term.words)
        first, last = _clause(words, start, end, _FAR)
        negators = [position for position in range(first, start) if words[position] in denying and position not in unnegating]
        before = bool(negators) and _COMPARED.isdisjoint(words[negators[-1] : start])
        if before or is_topic(words, start) or not missing.isdisjoint(words[end : min(last, end + _BEHIND)]):
            yield start, end, term.asserts, "faint"


def is_topic(words: Sequence[str], start: int) -> bool:
    """Whether a sentence begins by naming a distortion and then says no: "as for blocks, it knows nothing of them"."""
    first = next((position + 1 for position in range(start - 1, -1, -1) if words[position] in STOPS), 0)
    if start - first > _FRONT or words[first] not in _OPENING:
        return False
    after = takewhile(lambda word: word not in STOPS, words[start + 1 : start + 1 + _SENTENCE])
    return not _REFUSING.isdisjoint(after)


def _clause(words: Sequence[str], start: int, end: int, reach: int) -> tuple[int, int]:
    """The part of the clause around words[start:end] that lies within reach."""
    first = start
    while first > max(0, start - reach) and words[first - 1] not in _BREAKS:
        first -= 1
    last = end
    while last < min(len(words), end + reach) and words[last] not in _BREAKS:
        last += 1
    return first, last


def _taken_back(words: Sequence[str], start: int, end: int) -> bool:
    """Whether the clause says that the quality is gone: "no longer a joy", "its fine drawing is lost"."""
    sets = lexicon().words
    first, last = _clause(words, start, end, _NEAR)[0], _clause(words, start, end, _BACK)[1]
    if words[start - 1 : start] == ["from"] or any(
        not sets[name].isdisjoint(words[first:start]) for name in ("neutralisers", "denying", "partial")
    ):
        return True
    return any(not sets[name].isdisjoint(words[end:last]) for name in ("gone", "spoiling"))
