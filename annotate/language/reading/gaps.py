"""Qualities and what is said of them further on in the same clause: "the contrast of the roof and its tiles is reduced"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from annotate.language.lexicon import Index, Mark, Term, lexicon
from annotate.language.reading.words import STOPS

__all__ = ["gapped"]

_REACH: Final = 14  # words that may stand between a quality and what is said of it
_LISTING: Final = (["and"], [","], ["or"], ["and", "its"], ["and", "the"], ["and", "their"])
"""between two qualities of which the same is said"""
_COMMAS: Final = (0, 2)  # none, or those of an insertion
_PLURAL: Final = frozenset({"are", "were", "have", "look", "appear", "seem", "feel", "become"})
_WANTING: Final = frozenset({"needs", "need", "must", "so"})  # "the saturation needs to come down"
_RELATIVE: Final = frozenset({"that", "which", "who"})


def gapped(words: Sequence[str]) -> Iterator[Mark]:
    """Marks of a quality and the next thing said of it, with the words between them skipped."""
    openings = _longest(words, lexicon().openings)
    if not openings:
        return
    for start, closing in lexicon().closings.scan(words):
        if start and words[start - 1] in _RELATIVE:
            continue  # "contrast, while the plush, which is soft"
        before = [(position, term) for position, term in openings if position + len(term.words) <= start][-2:]
        for number, (position, opening) in enumerate(reversed(before)):
            end = position + len(opening.words)
            if position and words[position - 1] == "from":
                break  # "tones reach from nearly white to nearly black"
            if number and list(words[end : before[-1][0]]) not in _LISTING:
                break
            said = _said(opening, closing) if _agree(opening, closing, words[end:start]) else None
            if said and _in_reach(words, end if not number else before[-1][0] + len(before[-1][1].words), start):
                yield Mark(position, start + len(closing.words), said, frozenset(range(end, start)))


def _longest(words: Sequence[str], index: Index) -> list[tuple[int, Term]]:
    """The terms of a text that lie in no longer one."""
    found: list[tuple[int, Term]] = []
    for position, term in index.scan(words):
        if found and found[-1][0] == position:
            found[-1] = (position, term)  # terms of one start come shortest first
        elif not found or position + len(term.words) > found[-1][0] + len(found[-1][1].words):
            found.append((position, term))
    return found


def _agree(opening: Term, closing: Term, between: Sequence[str]) -> bool:
    """Whether subject and verb agree in number: "the contrast ... are" do not."""
    return closing.words[0] not in _PLURAL or opening.words[-1].endswith("s") or "and" in between


def _in_reach(words: Sequence[str], start: int, end: int) -> bool:
    between = list(words[start:end])
    if len(between) > _REACH or not STOPS.isdisjoint(between):
        return False
    finite = lexicon().words["finite"]
    if not _WANTING.isdisjoint(between) or between.count(",") not in _COMMAS or between[-1:] in (["than"], ["what"]):
        return False
    return not any(word in finite and (not number or between[number - 1] not in _RELATIVE) for number, word in enumerate(between))


@lru_cache(maxsize=4096)
def _said(opening: Term, closing: Term) -> Term | None:
    terms = [lexicon().gaps[number] for number in sorted(opening.asserts & closing.asserts)]
    if not terms:
        return None
    asserts, denies, implies = (
        frozenset().union(*(getattr(term, name) for term in terms)) for name in ("asserts", "denies", "implies")
    )
    role = "effect" if all(term.role == "effect" for term in terms) else ""
    return Term(opening.words + closing.words, asserts=asserts, denies=denies, implies=implies, role=role)
