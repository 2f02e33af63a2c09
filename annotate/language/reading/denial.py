"""Denial at a distance: "nowhere does one find noise", "noise, luckily, is absent", "it is not a matter of focus"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.words import STOPS

__all__ = ["is_ruled_out", "is_said_absent"]

_REACH: Final = 14  # words of a clause between a negator and what it denies
_INSERTION: Final = 6  # words between two commas
_BEHIND: Final = 5  # words between a subject and what is said of it
_ENDS: Final = STOPS | {"but", "while", "whereas", "yet", "although", "though", "however", "because", "since", "and", "or", ","}
_ARTICLES: Final = frozenset({"the", "any", "a", "such", "this", "that", "real"})
_DUTIES: Final = frozenset({"should", "ought", "must"})  # "what it should not show are blocks": it shows them
_LINK: Final = 2  # words between two distortions of a list
_LINKS: Final = frozenset({",", "and", "or", "the", "any"})
_SEVERITIES: Final = frozenset({"mild", "moderate", "severe"})


def is_ruled_out(words: Sequence[str], marks: Sequence[Mark], number: int) -> bool:
    """Whether a negator earlier in the clause denies a mark: "one looks in vain for noise", "no corner suffers from noise".

    All words between may only say that something is, has, is found or affected; other words say something of their own
    ("no detail survives the noise").
    """
    sets, position, other = lexicon().words, marks[number].start, number - 1
    lowest = max(0, position - _REACH)
    while position > lowest:
        while other >= 0 and marks[other].end > position:
            other -= 1
        mark = marks[other] if other >= 0 and marks[other].end == position else None
        if mark and mark.term.role == "negator":
            return mark.start == 0 or words[mark.start - 1] not in _DUTIES
        if mark and (mark.term.asserts or mark.term.denies):
            return False
        if mark and (mark.term.role in _SEVERITIES or not mark.term.role or mark.term.role == "pointer"):
            position, other = mark.start, other - 1  # a degree or a region's name
            continue
        if words[position - 1] not in sets["transparent"] and words[position - 1] not in sets["fillers"]:
            return False
        position -= 1
    return False


def is_said_absent(words: Sequence[str], marks: Sequence[Mark], number: int) -> bool:
    """Whether a mark is the subject of a clause that says it is not there: "noise is absent", "blur and noise play no part"."""
    if _in_vain(words, marks[number].end):
        return True
    if marks[number].term.words[0] in lexicon().words["lacks"] or not _is_subject(words, marks, number):
        return False
    position = _after_list(words, marks, number)
    if words[position : position + 1] == [","]:
        position = _after_insertion(words, position)
    names = {mark.start: mark.end for mark in marks[number + 1 : number + 1 + _BEHIND] if not mark.term.role}
    for _ in range(_BEHIND):
        if lexicon().absences.at(words, position):
            return True
        if position >= len(words):
            return False
        if position not in names and words[position] not in lexicon().words["passing"] and words[position] not in _LINKS:
            return False
        position = names.get(position, position + 1 + (words[position] in {"and", "or", ","}))  # "blur and dirt are absent"
    return False


def _in_vain(words: Sequence[str], position: int) -> bool:
    """Whether a sentence ends in vain: "who looks for noise will look in vain"."""
    for start in range(position, min(len(words) - 1, position + _REACH)):
        if words[start] in STOPS:
            return False
        if words[start] == "in" and words[start + 1] == "vain":
            return True
    return False


def _is_subject(words: Sequence[str], marks: Sequence[Mark], number: int) -> bool:
    position, degrees = marks[number].start, lexicon().words["degrees"]
    while position and (words[position - 1] in degrees or words[position - 1] in _ARTICLES):
        position -= 1
    if not position or words[position - 1] in _ENDS:
        return True
    # "of noise there is no trace"
    return words[position - 1] == "of" and (position == 1 or words[position - 2] in _ENDS)


def _after_list(words: Sequence[str], marks: Sequence[Mark], number: int) -> int:
    """Where a list of distortions that begins or goes on with marks[number] ends."""
    end = marks[number].end
    for mark in marks[number + 1 :]:
        between = words[end : mark.start]
        if not mark.term.asserts or len(between) > _LINK or not all(word in _LINKS for word in between):
            break
        end = mark.end
    return end


def _after_insertion(words: Sequence[str], position: int) -> int:
    """Behind the second comma of an insertion: "noise, strangely enough, is absent"."""
    for end in range(position + 1, min(len(words), position + 2 + _INSERTION)):
        if words[end] == ",":
            return end + 1
        if words[end] in STOPS:
            break
    return position
