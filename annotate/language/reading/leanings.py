"""Words that lean towards saying that a distortion is absent: praise in wordings that prove nothing, faults behind a negator.

They count for a distortion that the text does not assert: then "the drawing of its feathers is a joy" contradicts a blur, while
in a text that says how blurred the feathers are it may be only a way of speaking. Lavish praise ("perfectly", "exactly") counts
against what is asserted, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.places import Located
from annotate.language.reading.words import STOPS

__all__ = ["Leaning", "leanings_of"]

_NEAR: Final = 6  # words between a quality and what commends it
_BACK: Final = 12  # words between praise and what takes it back
_FAR: Final = 9  # words between a negator and a fault
_BEHIND: Final = 6  # words between a fault and what says that it is absent
_BREAKS: Final = STOPS | {",", "but", "while", "yet", "whereas", "although", "though"}
_NAMING: Final = frozenset({"", "pointer"})  # roles of the names of regions
_COMPARED: Final = frozenset({"so", "such", "as", "more", "less", "too"})
"""between a negator and a fault: "never so loud" denies nothing"""


@dataclass(frozen=True, slots=True)
class Leaning:
    """The words that lean towards saying that a distortion is absent."""

    words: str
    lavish: bool
    """praise that nothing can explain away"""


_Said = tuple[int, int, frozenset[str], bool]
"""first word, end, categories, lavish"""


def leanings_of(words: Sequence[str], marks: Sequence[Mark], located: Located) -> Mapping[tuple[int, str], Leaning]:
    """For each (place, category) whose absence a text leans towards, the words that do it."""
    found: dict[tuple[int, str], Leaning] = {}
    said = [mark for mark in marks if mark.term.asserts or (mark.term.role in _NAMING and not mark.term.denies)]
    taken = {position for mark in said for position in range(mark.start, mark.end)}
    praised = (one for one in (*_praises(words), *_commended(words)) if taken.isdisjoint(range(one[0], one[1])))
    for start, end, categories, lavish in (*praised, *_denied(words, marks)):
        for category in categories:
            key = (located.at(start), category)
            if key not in found or (lavish and not found[key].lavish):
                found[key] = Leaning(" ".join(words[start:end]), lavish)
    return found


def _praises(words: Sequence[str]) -> Iterator[_Said]:
    for start, term in lexicon().praises.scan(words):
        end = start + len(term.words)
        if not _taken_back(words, start, end):
            yield start, end, term.asserts, _is_lavish(words, start, end)


def _commended(words: Sequence[str]) -> Iterator[_Said]:
    """A quality with a word that commends it in the same clause."""
    commending = lexicon().words["commending"]
    for start, term in lexicon().topics.scan(words):
        end = start + len(term.words)
        if not commending.isdisjoint(_around(words, start, end)) and not _taken_back(words, start, end):
            yield start, end, term.asserts, _is_lavish(words, start, end)


def _is_lavish(words: Sequence[str], start: int, end: int) -> bool:
    return not lexicon().words["lavish"].isdisjoint(_around(words, start, end))


def _around(words: Sequence[str], start: int, end: int) -> Sequence[str]:
    first, last = _clause(words, start, end, _NEAR)
    return (*words[first:start], *words[end:last])


def _denied(words: Sequence[str], marks: Sequence[Mark]) -> Iterator[_Said]:
    """A fault behind a negator of its clause, or before a word that says that it is absent."""
    denying, missing = lexicon().words["denying"], lexicon().words["missing"]
    unnegating = {position for mark in marks if mark.term.role == "not_negating" for position in range(mark.start, mark.end)}
    for start, term in lexicon().faults.scan(words):
        end = start + len(term.words)
        first, last = _clause(words, start, end, _FAR)
        negators = [position for position in range(first, start) if words[position] in denying and position not in unnegating]
        before = bool(negators) and _COMPARED.isdisjoint(words[negators[-1] : start])
        if before or not missing.isdisjoint(words[end : min(last, end + _BEHIND)]):
            yield start, end, term.asserts, False


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
