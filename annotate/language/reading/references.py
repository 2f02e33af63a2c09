"""Which words of a text name which region of the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from annotate.language.lexicon import Index, Mark, Term, lexicon
from annotate.language.reading.aliases import aliases
from annotate.language.reading.words import words_of
from schemas.values import RegionState, TextRequest

__all__ = ["ELSEWHERE", "WHOLE", "Names", "names_of", "persons_of", "sides_of", "without_place"]

WHOLE = -1
"""The place of claims about the whole picture."""
ELSEWHERE = -2
"""The place of claims about what is not a region asked about."""

_ARTICLES = frozenset({"the", "a", "an", "this", "that"})
_POINTERS = ("one", "ones", "area", "region", "part", "section", "zone", "portion", "object", "subject")
"""Nouns that name a region only together with its place: "the left one", "the area at the top"."""
_SIDES = {"left": "left", "leftmost": "left", "right": "right", "rightmost": "right", "upper": "top", "top": "top",
          "topmost": "top", "lower": "bottom", "bottom": "bottom", "central": "centre", "middle": "centre"}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What the regions of a picture may be called, without the words for their place."""

    index: Index
    regions: dict[tuple[str, ...], tuple[int, ...]]
    """regions that the words may name; a label may be shared by several"""
    wheres: Sequence[str]
    """position phrase of each region"""
    sides: Sequence[frozenset[str]]
    """what the position phrase of each says: left, right, top, bottom, centre"""
    placed: frozenset[int]
    """regions whose phrase ends with it"""
    twins: tuple[int, ...]
    """regions that share their label with another"""
    labels: Sequence[tuple[str, ...]]
    """label of each region, as words"""

    def marks(self, words: Sequence[str], *, naming: bool) -> Iterator[tuple[Mark, tuple[int, ...]]]:
        """Every place in a text where a region is named, with the regions it may be.

        Words for the place directly after a name are taken in where they are true of a region of that name; they tell
        regions of one name apart. A text that is about the whole picture may itself give names to regions (``naming``).
        """
        if naming:
            yield from self._given(words)
        for position, term in self.index.scan(words):
            if position and term.words[-1] == "one" and words[position - 1] == "a" and len(term.words) > 1:
                continue  # "a bright rim and a dark one"
            found, end, told = self._placed_after(words, position, term)
            if not told:
                found, told = self._placed_before(words, position, found)
            if not told and term.words not in self.labels and (len(term.words) > 1 or term.role == "pointer"):
                # "the smallest area" beside "the smallest area at the top": the one whose phrase needs no place
                found = tuple(region for region in found if region not in self.placed) or found
            if (
                term.role == "pointer"
                and not told
                and self.twins
                and list(words[position - 1 : position + 1]) == ["other", "one"]
            ):
                found, told = self.twins, True
            if told or term.role != "pointer":
                yield Mark(position, end, term), found

    def _given(self, words: Sequence[str]) -> Iterator[tuple[Mark, tuple[int, ...]]]:
        """Where a region is called by a name that this text gave it."""
        given = {alias: region for alias, region in aliases(words, self.labels).items() if alias not in self.regions}
        if given:
            for position, term in Index(Term(alias) for alias in given).scan(words):
                yield Mark(position, position + len(term.words), term), (given[term.words],)

    def _placed_after(self, words: Sequence[str], position: int, term: Term) -> tuple[tuple[int, ...], int, bool]:
        """The regions meant, where their name ends, and whether the place after it told them apart."""
        found, end = self.regions[term.words], position + len(term.words)
        for place in lexicon().places.at(words, end) if end < len(words) else ():
            there = tuple(region for region in found if self.wheres[region] == place.role)
            if there:
                return there, end + len(place.words), True
        return found, end, False

    def _placed_before(self, words: Sequence[str], position: int, found: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
        """The regions that "left" or "upper left" before a name leaves, if it leaves any."""
        if len(found) == 1 or not position:
            return found, False
        start = position - 1 - (words[position - 1] in {"hand", "most"} and position > 1)
        said = (
            {_SIDES[word] for word in words[max(0, start - 1) : start + 1] if word in _SIDES} if words[start] in _SIDES else set()
        )
        there = tuple(region for region in found if said and said <= self.sides[region]) if said else ()
        exact = tuple(region for region in there if said == self.sides[region])
        return exact or there or found, bool(there)


def names_of(request: TextRequest) -> Names:
    """Phrases, labels, and the last word of a label where it names an object; all of it may be said in other words."""
    described = tuple((region.label, region.phrase, region.where) for region in request.picture.regions)
    return _names_of(described)


@lru_cache(maxsize=256)
def _names_of(described: tuple[tuple[str, str, str], ...]) -> Names:
    regions: dict[tuple[str, ...], list[int]] = {}
    for index, region in enumerate(described):
        for words in _names(*region):
            regions.setdefault(words, []).append(index)
    others: dict[tuple[str, ...], list[int]] = {}
    for index, (label, _, _) in enumerate(described):
        for words in _synonyms(label) - regions.keys():
            others.setdefault(words, []).append(index)
    labels = [label for label, _, _ in described]
    for words, found in _by_adjective(labels).items():
        if words not in regions:
            others.setdefault(words, []).extend(found)
    pointing = {*_POINTERS, *lexicon().words["generic"]}
    pointers = dict.fromkeys(((word,) for word in pointing if (word,) not in regions), tuple(range(len(described))))
    names = {words: tuple(found) for words, found in (others | regions).items()}
    return Names(
        index=Index([*map(_pointer, pointers), *map(_name, names)]),
        regions=pointers | names,
        wheres=[where for _, _, where in described],
        sides=[sides_of(where) for _, _, where in described],
        twins=tuple(index for index, (label, _, _) in enumerate(described) if labels.count(label) > 1),
        labels=[tuple(words_of(label)) for label in labels],
        placed=frozenset(index for index, (_, phrase, where) in enumerate(described) if phrase.endswith(where)),
    )


@lru_cache(maxsize=8192)
def _name(words: tuple[str, ...]) -> Term:
    return Term(words)


@lru_cache(maxsize=256)
def _pointer(words: tuple[str, ...]) -> Term:
    return Term(words, role="pointer")


def _by_adjective(labels: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    """Names such as "the blue surface", "the bright half": an adjective of one label alone before a noun that names no object."""
    generic = lexicon().words["generic"]
    found: dict[str, list[int]] = {}
    for region, label in enumerate(labels):
        words = words_of(label)
        if words and words[-1] in generic:
            for word in words[:-1]:
                found.setdefault(word, []).append(region)
    alone = {word: regions for word, regions in found.items() if len(regions) == 1}
    return {(word, noun): regions for word, regions in alone.items() for noun in (*generic, *_POINTERS, "half", "surface")}


@lru_cache(maxsize=1024)
def sides_of(where: str) -> frozenset[str]:
    """What a position phrase says: left, right, top, bottom, centre."""
    return frozenset(_SIDES.get(word, word) for word in where.split() if word in _SIDES or word == "centre")


def persons_of(request: TextRequest) -> tuple[int, ...]:
    """The regions whose label names a person."""
    return tuple(region.index for region in request.picture.regions if _is_person(region.label))


@lru_cache(maxsize=1024)
def _is_person(label: str) -> bool:
    head = words_of(label)[-1:]
    kinds = lexicon().synonyms.get(head[0], frozenset()) if head else frozenset()
    return bool(head) and (head[0] in lexicon().words["persons"] or not kinds.isdisjoint(("person", "man", "woman")))


def without_place(region: RegionState) -> str:
    """The region's phrase without the position phrase at its end."""
    return _without(region.phrase, region.where)


def _without(phrase: str, where: str) -> str:
    return phrase.removesuffix(where).rstrip() if where else phrase


@lru_cache(maxsize=4096)
def _names(label: str, phrase: str, where: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_wordings(words_of(label), words_of(phrase), words_of(_without(phrase, where))))


@lru_cache(maxsize=4096)
def _synonyms(label: str) -> frozenset[tuple[str, ...]]:
    words = words_of(label)
    others = lexicon().synonyms.get(words[-1], ()) if words else ()
    return frozenset(wording for other in others for wording in (tuple(words_of(other)), tuple(words_of(_plural(other)))))


def _wordings(label: list[str], phrase: list[str], short: list[str]) -> Iterator[tuple[str, ...]]:
    generic = lexicon().words["generic"]
    # an area that is named by its place alone changed its colour, so that the label of its photo may fit a sibling instead
    faded = label[-1:] and label[-1] in generic and not set(label[:-1]) & set(short)
    for words in filter(None, (phrase, short, [] if faded else label)):
        bare = words[1:] if words[0] in _ARTICLES and len(words) > 1 else words
        if len(bare) == 1 and bare[0] in generic:
            continue  # "the area" points to nothing without its place
        yield tuple(bare)
        if bare[-1] in lexicon().nouns:
            yield from ((*bare[:-1], noun) for noun in generic)
    if label and label[-1] not in generic:
        yield (label[-1],)
        yield (_plural(label[-1]),)


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
