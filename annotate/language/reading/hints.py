"""Words that may well speak of a distortion, though no wording of the lexicon says so: what a reader would not miss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from annotate.language.lexicon import Mark, Term, lexicon
from annotate.language.reading.places import Located

__all__ = ["hints_of", "places_graded"]

_NEAR: Final = 4  # words on either side of a hint that may say that nothing is wrong
_TELLING: Final = 5  # words on either side of a hint that may say that it is more than the look of a thing
_BEFORE_SIZE: Final = frozenset({"in", "with", "of", "on", "at", "by", "from", "holding", "and", "has", "wears"})
_OPPOSITES: Final = {
    one: other
    for pair in (("saturate_weaken", "saturate_strengthen"), ("brighten", "darken"))
    for one, other in (pair, pair[::-1])
}
_ROLES: Final = frozenset({"mild", "moderate", "severe", "negator"})


def hints_of(words: Sequence[str], marks: Sequence[Mark], located: Located) -> dict[tuple[int, str], frozenset[str]]:
    """For each (place, category) of a hint of a text, in no other term and beside no word that all is well, what explains it.

    Another distortion that the same word hints at does, if the text asserts it; of several hints the one counts that least
    explains away.
    """
    sound = lexicon().words["sound"]
    taken = {
        position
        for mark in marks
        if mark.term.role not in _ROLES
        for position in range(mark.start, mark.end)
        if position not in mark.skipped
    }
    found: dict[tuple[int, str], frozenset[str]] = {}
    hints = list(lexicon().hints.scan(words))
    for position, term in hints:
        if position in taken or not sound.isdisjoint(words[max(0, position - _NEAR) : position + _NEAR + 1]):
            continue
        if _is_telling(words, position, term):
            against = _against(hints, words, position)
            for category in term.asserts - against:
                key, others = (located.at(position), category), term.asserts - {category}
                found[key] = min(found.get(key, others), others, key=len)
    return found


def _is_telling(words: Sequence[str], position: int, term: Term) -> bool:
    """Whether a hint is more than the look of a thing: "gone grey", "darker", "too much black", but not "the grey swan"."""
    sets, end = lexicon().words, position + len(term.words)
    if words[position] in sets["comparing"]:
        return True
    if words[position] in sets["colours"] and _is_attribute(words, end):
        return False
    first = max(0, position - _TELLING)
    return not sets["telling"].isdisjoint((*words[first:position], *words[end : end + _TELLING]))


def _is_attribute(words: Sequence[str], end: int) -> bool:
    """Whether an adjective belongs to the noun of a thing: "the black swan", but not "a black mass"."""
    sets, noun = lexicon().words, words[end] if end < len(words) else "."
    return noun.isalpha() and not any(noun in sets[name] for name in ("common", "traces", "qualities", "adverbs", "finite"))


def _against(hints: Sequence[tuple[int, Term]], words: Sequence[str], position: int) -> set[str]:
    """The categories whose opposites the hints nearby hint at, but not them: "stripped of colour" is not too much."""
    colours = lexicon().words["colours"]
    near = [term.asserts for place, term in hints if abs(place - position) <= _TELLING and words[place] not in colours]
    return {
        category for category, opposite in _OPPOSITES.items() if any(opposite in said and category not in said for said in near)
    }


def places_graded(words: Sequence[str], marks: Sequence[Mark], located: Located) -> frozenset[int]:
    """The places of which something is said to a degree ("a mite bright", "turned down slightly"), whatever it is.

    The degree of what is asserted of another place is none of theirs.
    """
    taken = {position for mark in marks if mark.term.asserts for position in range(mark.start - 1, mark.end)}
    grading, grades, last = lexicon().words["grading"], lexicon().words["grades"], len(words) - 1
    return frozenset(
        located.at(position)
        for position, word in enumerate(words)
        if position not in taken
        and (word in grading or (word in grades and words[position - 1] == "a" and words[position - 2] not in _BEFORE_SIZE))
        and position < last
        and words[position + 1].isalpha()
    )
