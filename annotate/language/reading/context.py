"""The words around a term: negation directly before it, words that take back praise, severity words that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.words import STOPS
from schemas.values import Severity

__all__ = ["is_beside", "is_natural", "is_negated", "is_neutral", "is_of_another", "severities_of"]

_SHORT: Final = 4
_NEAR: Final = 4
_REACH: Final = 5  # fillers that may stand between a negator and its term
_GAP: Final = 3  # words that may stand between a severity word and its term
_SUBJECT: Final = 12  # words of a subject that begins with "nothing"
_NONE: Final = frozenset({"nothing", "none", "neither"})
_FAR: Final = 2  # "no measurable noise": one word of any kind may follow "no"
_NO_ADJECTIVES: Final = frozenset({"longer", "doubt", "less", "more", ",", "the", "of", "only", "and", "but", "wonder"})
_LISTED: Final = ({"or"}, {"nor"}, {"and"}, {","}, {",", "or"}, {",", "nor"}, {",", "and"})


def is_negated(words: Sequence[str], marks: Sequence[Mark], number: int, denied: dict[int, int]) -> bool:
    """Whether marks[number] is denied by a negator directly before it, or follows a denied term in a list.

    ``denied`` collects the denied marks (number -> length of the list so far) of a text that is read from left to right.
    """
    if _directly_negated(words, marks, number):
        denied[number] = 1
        return True
    if number - 1 in denied:
        between = set(words[marks[number - 1].end : marks[number].start])
        listed = denied[number - 1]
        # "no blur, and noise ...": a comma before "and" goes on with a list only if it has begun
        if between in _LISTED and (between != {",", "and"} or listed > 1):
            denied[number] = listed + 1
            return True
    return False


def _directly_negated(words: Sequence[str], marks: Sequence[Mark], number: int) -> bool:
    fillers, position = lexicon().words["fillers"], marks[number].start
    lowest = position - _REACH
    if position > 1 and words[position - _FAR] == "no" and words[position - 1] not in _NO_ADJECTIVES:
        return True
    for mark in reversed(marks[:number]):
        while position > mark.end and words[position - 1] in fillers:
            position -= 1
        if position != mark.end or position < lowest:
            return False
        if mark.term.role == "negator":
            return True
        if mark.term.role not in {"mild", "moderate", "severe"}:
            return False
        position = mark.start
    return False


def is_neutral(words: Sequence[str], mark: Mark) -> bool:
    """Whether a word of good quality claims none: "no longer crisp", "less sharp", "instead of clean"."""
    neutralisers, started = lexicon().words["neutralisers"], max(0, mark.start - _SUBJECT)
    if not _NONE.isdisjoint(words[started : mark.start]):
        between = [word for word in words[started : mark.start] if word in STOPS or word in _NONE or word == ","]
        if between[-1] in _NONE:  # "nothing about the bus in the picture is crisp"
            return True
    if words[max(0, mark.start - 2) : mark.start] == ["anything", "but"]:
        return True
    for word in reversed(words[max(0, mark.start - 4) : mark.start]):
        if word in STOPS or word in {",", "and", "but", "yet", "while"}:
            return False
        if word in neutralisers:
            return True
    return False


def is_of_another(words: Sequence[str], mark: Mark) -> bool:
    """Whether praise belongs to something else: "vivid postcards", "beside a vivid red car", "its colour is unaffected"."""
    sets = lexicon().words
    before = words[max(0, mark.start - _NEAR) : mark.start]
    if mark.term.role == "clean":
        return len(mark.term.words) == 1 and not sets["qualities"].isdisjoint(before)
    noun = next((word for word in words[mark.end : mark.end + _NEAR] if word not in sets["colours"]), ".")
    if not noun.isalpha() or noun in sets["qualities"] or noun in sets["singular"] or noun in sets["common"]:
        return False
    plural = noun.endswith("s") and len(noun) > _SHORT and not noun.endswith(("ss", "us"))
    return plural or not sets["introducing"].isdisjoint(before)


def is_natural(words: Sequence[str], mark: Mark) -> bool:
    """Whether an adjective may tell what a thing is like by nature: "faded shutters", "its grainy oak planks"."""
    sets = lexicon().words
    if mark.end - mark.start > 1 or words[mark.start] not in sets["natural"] or mark.end == len(words):
        return False
    before, after = words[mark.start - 1] if mark.start else "", words[mark.end]
    if not after.isalpha() or before.endswith("ly") or before in sets["degrees"]:
        return False
    return after not in sets["qualities"] and after not in sets["common"] and after not in sets["generic"]


def is_beside(words: Sequence[str], mark: Mark) -> bool:
    """Whether a distortion is said of what lies beside: "next to a blurred tree"."""
    before = mark.start - 1
    if mark.end - mark.start > 1 or before < 1 or words[before] not in {"a", "an", "the", "some"} or mark.end == len(words):
        return False
    after, sets = words[mark.end], lexicon().words
    beside = words[before - 1] in {"beside", "unlike", "near", "alongside"} or list(words[before - 2 : before]) == ["next", "to"]
    return (
        beside and words[mark.start].endswith(("ed", "y")) and after.isalpha() and after not in sets["qualities"] | sets["common"]
    )


def severities_of(words: Sequence[str], marks: Sequence[Mark]) -> dict[int, frozenset[Severity]]:
    """For each asserting mark (by its start) the severity words that belong to it."""
    found: dict[int, set[Severity]] = {}
    direct: set[int] = set()
    for number, mark in enumerate(marks):
        if mark.term.role in {"mild", "moderate", "severe"}:
            after = _term_after(words, marks, number)
            if after is not None:
                direct.add(after)
                found.setdefault(after, set()).add(mark.term.role)  # type: ignore[arg-type]
    for number, mark in enumerate(marks):
        if mark.term.role in {"mild", "moderate", "severe"} and _term_after(words, marks, number) is None:
            before = _term_before(words, marks, number)
            if before is not None and before not in direct:
                found.setdefault(before, set()).add(mark.term.role)  # type: ignore[arg-type]
    return {start: frozenset(said) for start, said in found.items()}


def _term_after(words: Sequence[str], marks: Sequence[Mark], number: int) -> int | None:
    """The start of the term in "mild blur", "slight but visible blur"."""
    verbs = lexicon().words["verbs"]
    for mark in marks[number + 1 :]:
        if mark.start - marks[number].end > _GAP:
            return None
        between = words[marks[number].end : mark.start]
        if any(word in verbs or word in STOPS for word in between):
            return None
        if mark.term.asserts:
            return mark.start
    return None


def _term_before(words: Sequence[str], marks: Sequence[Mark], number: int) -> int | None:
    """The start of the term in "the blur is severe"."""
    copulas = lexicon().words["copulas"]
    position = marks[number].start
    for mark in reversed(marks[:number]):
        if any(word not in copulas for word in words[mark.end : position]):
            return None
        if mark.term.asserts:
            return mark.start
        # a name may stand between: "the noise on the bus is mild"
        if mark.term.role and mark.term.role not in {"mild", "moderate", "severe"}:
            return None
        position = mark.start
    return None
