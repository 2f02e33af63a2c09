"""Which words of a text name which region of the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotate.lexicon import Index, Mark, Term, lexicon
from annotate.reading.words import words_of
from schemas.values import RegionState, TextRequest

__all__ = ["ELSEWHERE", "WHOLE", "Names", "names_of"]

WHOLE = -1
"""The place of claims about the whole picture."""
ELSEWHERE = -2
"""The place of claims about what is not a region asked about."""

_ARTICLES = frozenset({"the", "a", "an", "this", "that"})


@dataclass(frozen=True)
class Names:
    """What the regions of a request may be called."""

    index: Index
    places: dict[tuple[str, ...], tuple[int, ...]]
    """regions that the words may name, by the words; a label may be shared by several"""

    def marks(self, words: list[str]) -> Iterator[tuple[Mark, tuple[int, ...]]]:
        """Every place in a text where a region is named."""
        for position in range(len(words)):
            for term in self.index.at(words, position):
                yield Mark(position, position + len(term.words), term), self.places[term.words]


def names_of(request: TextRequest) -> Names:
    """Phrases with and without article, labels, and the last word of a label where it names an object."""
    places: dict[tuple[str, ...], list[int]] = {}
    for region in request.picture.regions:
        for words in _names(region):
            found = places.setdefault(words, [])
            if region.index not in found:
                found.append(region.index)
    return Names(Index(Term(words) for words in places), {words: tuple(found) for words, found in places.items()})


def _names(region: RegionState) -> Iterator[tuple[str, ...]]:
    phrase, label = words_of(region.phrase), words_of(region.label)
    yield tuple(phrase)
    if phrase[0] in _ARTICLES and len(phrase) > 1:
        yield tuple(phrase[1:])
    if label:
        yield tuple(label)
        if label[-1] not in lexicon().words["generic"]:
            yield (label[-1],)
            yield (_plural(label[-1]),)


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
