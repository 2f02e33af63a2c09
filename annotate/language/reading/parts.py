"""Sentences and their parts, with the places that are named in each and the terms that say something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.words import STOPS

__all__ = ["Mention", "Part", "parts_of", "sentences"]


class Mention(NamedTuple):
    """A place named at a word; ``aside`` if only to say where something else lies, or to compare with it."""

    start: int
    place: int
    aside: bool
    compared: bool
    end: int = 0


@dataclass(slots=True)
class Part:
    """A part of a sentence, between commas and conjunctions, with the places named and the terms found in it."""

    start: int
    end: int
    mentions: list[Mention] = field(default_factory=list)
    terms: list[Mark] = field(default_factory=list)


def sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends."""
    start = 0
    for position, word in enumerate(words):
        if word in STOPS:
            yield start, position
            start = position + 1
    yield start, len(words)


def parts_of(words: Sequence[str], sentence: tuple[int, int]) -> Iterator[Part]:
    """The parts of a sentence, empty yet."""
    start, breaks = sentence[0], lexicon().words["breaks"]
    for position in range(*sentence):
        if words[position] in breaks:
            yield Part(start, position)
            start = position
    yield Part(start, sentence[1])
