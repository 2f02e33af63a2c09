"""What is said of several regions at once: "blur and noise respectively", "both are noisy", "the same is true of the roof"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.parts import Part

__all__ = ["aligned", "echoed", "is_of_several", "shared_by_several", "spread"]

_MARKS: Final = frozenset({"respectively", "so", "as"})
_LEAST: Final = 2  # regions and distortions of a list


def is_of_several(words: Sequence[str]) -> bool:
    """Whether a text holds a word without which no sentence of it speaks of several regions at once, or of one as of others."""
    sets = lexicon().words
    return any(not sets[name].isdisjoint(words) for name in ("several", "echoes")) or not _MARKS.isdisjoint(words)


def aligned(words: Sequence[str], parts: Sequence[Part], latest: Sequence[int]) -> Iterator[tuple[Mark, int]]:
    """The distortions of a list and the regions that they respectively belong to; nothing if their numbers differ."""
    if "respectively" not in words[parts[0].start : parts[-1].end]:
        return
    terms = [mark for part in parts for mark in part.terms if mark.term.asserts]
    named = list(dict.fromkeys(mention.place for part in parts for mention in part.mentions if mention.place >= 0))
    if len(named) < len(terms):
        named = list(latest[-len(terms) :])
    if len(terms) == len(named) >= _LEAST:
        yield from zip(terms, named, strict=True)


def spread(words: Sequence[str], parts: Sequence[Part], latest: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The one distortion that several regions have in degrees of their own: "are mildly and severely blurred respectively"."""
    if "respectively" in words[parts[0].start : parts[-1].end]:
        terms = [mark for part in parts for mark in part.terms if mark.term.asserts]
        named = tuple(dict.fromkeys(mention.place for part in parts for mention in part.mentions if mention.place >= 0))
        if len(terms) == 1:
            yield terms[0].start, named or tuple(latest[-_LEAST:])


def shared_by_several(words: Sequence[str], parts: Sequence[Part]) -> Iterator[Mark]:
    """The terms of parts that speak of "both", "the two", "each of them", and name no region."""
    several = lexicon().words["several"]
    for part in parts:
        named = any(mention.place >= 0 and not mention.aside for mention in part.mentions)
        if part.terms and not named and not several.isdisjoint(words[part.start : part.end]):
            yield from part.terms


def echoed(words: Sequence[str], parts: Sequence[Part]) -> Iterator[int]:
    """The regions of a sentence that says of them what was said of others: "the same goes for the roof"."""
    if any(mark.term.asserts for part in parts for mark in part.terms):
        return
    said = words[parts[0].start : parts[-1].end]
    echoes = lexicon().words["echoes"]
    likewise = list(said[:1]) in (["so"], ["as"]) and not lexicon().words["finite"].isdisjoint(said[1:2])  # "so is the roof"
    if likewise or not echoes.isdisjoint(said):
        yield from (mention.place for part in parts for mention in part.mentions if mention.place >= 0)
