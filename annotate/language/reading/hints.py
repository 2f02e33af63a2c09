"""Words that may well speak of a distortion, though no wording of the lexicon says so: what a reader would not miss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.places import Located

__all__ = ["hints_of", "places_graded"]

_NEAR: Final = 4  # words on either side of a hint that may say that nothing is wrong
_ROLES: Final = frozenset({"mild", "moderate", "severe", "negator"})


def hints_of(words: Sequence[str], marks: Sequence[Mark], located: Located) -> frozenset[tuple[int, str]]:
    """(place, category) of the hints of a text that lie in no other term and beside no word that all is well."""
    sound = lexicon().words["sound"]
    taken = {
        position
        for mark in marks
        if mark.term.role not in _ROLES
        for position in range(mark.start, mark.end)
        if position not in mark.skipped
    }
    found: set[tuple[int, str]] = set()
    for position, term in lexicon().hints.scan(words):
        if position not in taken and sound.isdisjoint(words[max(0, position - _NEAR) : position + _NEAR + 1]):
            found.update((located.at(position), category) for category in term.asserts)
    return frozenset(found)


def places_graded(words: Sequence[str], located: Located) -> frozenset[int]:
    """The places of which something is said to a degree ("a mite bright", "turned down slightly"), whatever it is."""
    grading, grades, last = lexicon().words["grading"], lexicon().words["grades"], len(words) - 1
    return frozenset(
        located.at(position)
        for position, word in enumerate(words)
        if (word in grading or (word in grades and words[position - 1] == "a"))
        and position < last
        and words[position + 1].isalpha()
    )
