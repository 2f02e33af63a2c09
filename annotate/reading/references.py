"""Which words of a text name which region of the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotate.lexicon import Index, Mark, Term, lexicon
from annotate.reading.words import words_of
from schemas.values import RegionState, TextRequest

__all__ = ["ELSEWHERE", "WHOLE", "Names", "names_of", "without_place"]

WHOLE = -1
"""The place of claims about the whole picture."""
ELSEWHERE = -2
"""The place of claims about what is not a region asked about."""

_ARTICLES = frozenset({"the", "a", "an", "this", "that"})


@dataclass(frozen=True)
class Names:
    """What the regions of a request may be called, without the words for their place."""

    index: Index
    regions: dict[tuple[str, ...], tuple[RegionState, ...]]
    """regions that the words may name; a label may be shared by several"""

    def marks(self, words: Sequence[str]) -> Iterator[tuple[Mark, tuple[int, ...]]]:
        """Every place in a text where a region is named, with the regions it may be.

        Words for the place directly after a name are taken in where they are true of a region of that name; they tell
        regions of one name apart.
        """
        for position in range(len(words)):
            for term in self.index.at(words, position):
                found, end = self.regions[term.words], position + len(term.words)
                for place in lexicon().places.at(words, end) if end < len(words) else ():
                    there = [region for region in found if region.where == place.role]
                    if there:
                        found, end = tuple(there), end + len(place.words)
                        break
                else:
                    # "the smallest area" beside "the smallest area at the top": the one whose phrase needs no place
                    found = tuple(region for region in found if not region.phrase.endswith(region.where)) or found
                yield Mark(position, end, term), tuple(region.index for region in found)


def names_of(request: TextRequest) -> Names:
    """Phrases, labels, and the last word of a label where it names an object; "area" may be said in other words."""
    regions: dict[tuple[str, ...], list[RegionState]] = {}
    for region in request.picture.regions:
        for words in _names(region):
            found = regions.setdefault(words, [])
            if not found or found[-1] is not region:
                found.append(region)
    return Names(Index(Term(words) for words in regions), {words: tuple(found) for words, found in regions.items()})


def without_place(region: RegionState) -> str:
    """The region's phrase without the position phrase at its end."""
    return region.phrase.removesuffix(region.where).rstrip() if region.where else region.phrase


def _names(region: RegionState) -> Iterator[tuple[str, ...]]:
    label = words_of(region.label)
    for words in (words_of(region.phrase), words_of(without_place(region)), label):
        if not words:
            continue
        bare = words[1:] if words[0] in _ARTICLES and len(words) > 1 else words
        yield tuple(bare)
        if bare[-1] in lexicon().nouns:
            yield from ((*bare[:-1], noun) for noun in lexicon().words["generic"])
    if label and label[-1] not in lexicon().words["generic"]:
        yield (label[-1],)
        yield (_plural(label[-1]),)


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
