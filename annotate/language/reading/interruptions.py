"""Terms that are interrupted: "contrast of the horse is reduced", "colours are severely faded"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from annotate.language.lexicon import Mark, lexicon

__all__ = ["interrupted"]

_REACH: Final = 4  # words of a term that may stand on either side of an interruption
_PREPOSITIONS: Final = frozenset({"of", "on", "in", "over", "across", "for", "at"})
_DETERMINERS: Final = frozenset({"the", "this", "that"})


def interrupted(words: Sequence[str], names: Sequence[Mark]) -> Iterator[Mark]:
    """Terms of two words or more that are found once adverbs of degree and "of the region" are left out."""
    left_out = _left_out(words, names)
    if not left_out:
        return
    index, kept = lexicon().index, [position for position in range(len(words)) if position not in left_out]
    joined = [words[position] for position in kept]
    skipped = frozenset(left_out)
    for number in _starts(sorted(left_out)):
        for term in index.at(joined, number):
            start, end = kept[number], kept[number + len(term.words) - 1] + 1
            if term.asserts and end - start > len(term.words):
                yield Mark(start, end, term, skipped)


def _starts(left_out: Sequence[int]) -> Iterator[int]:
    """Numbers of the kept words that a gap follows within reach."""
    last = -1
    for gaps, position in enumerate(left_out):
        number = position - gaps - 1  # of the kept word before it
        yield from range(max(last + 1, number - _REACH + 1), number + 1)
        last = number


def _left_out(words: Sequence[str], names: Sequence[Mark]) -> set[int]:
    degrees = lexicon().words["degrees"]
    found = {position for position, word in enumerate(words) if word in degrees}
    for mark in names:
        start = mark.start - (words[mark.start - 1] in _DETERMINERS if mark.start else 0)
        if start and words[start - 1] in _PREPOSITIONS:
            found.update(range(start - 1, mark.end))
    return found
