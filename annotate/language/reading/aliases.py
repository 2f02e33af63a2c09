"""Names that a text itself gives to regions: "a blue area of hulls" names "the hulls", "a white wall" is a white area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from annotate.language.lexicon import lexicon

__all__ = ["aliases"]

_MOST: Final = 4  # words of a noun phrase behind "an area of"
_LEAST: Final = 4  # letters of the last part of a compound that stands for it: "sill" for "windowsill"
_SHORTEST: Final = 3  # letters of a noun
_NO_NOUNS: Final = ("common", "qualities", "generic", "finite", "picture", "adverbs", "colours")
_MAKING: Final = frozenset({"makes", "make", "forms", "form", "fills", "fill", "gives", "give", "is", "are"})
_BECOMING: Final = frozenset({"into", "to", "one", "as", "like", "of", "is", "becomes", "become", "towards", "in"})
_ARTICLES: Final = frozenset({"a", "an", "the", "one", "this", "that"})

Labels = Sequence[tuple[str, ...]]


def aliases(words: Sequence[str], labels: Labels) -> Mapping[tuple[str, ...], int]:
    """Further names of the regions with these labels in this text, each of one region."""
    areas, suffixes = _kinds(tuple(labels))
    found: dict[tuple[str, ...], set[int]] = {}
    for word in suffixes.keys() & set(words):
        found.setdefault((word,), set()).update(suffixes[word])
    for start in [position for position, word in enumerate(words) if word in areas]:
        for adjectives, region in areas[words[start]]:
            for alias in _of_area(words, start, adjectives):
                found.setdefault(alias, set()).add(region)
    taken = {label[-1:] for label in labels} | set(labels)
    return {alias: next(iter(regions)) for alias, regions in found.items() if len(regions) == 1 and alias not in taken}


@lru_cache(maxsize=256)
def _kinds(labels: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, list[tuple[tuple[str, ...], int]]], Mapping[str, set[int]]]:
    """Adjectives of labels that name no object, by their first word, and the ends of compounds: "castle" of a sandcastle."""
    generic = lexicon().words["generic"]
    areas: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    suffixes: dict[str, set[int]] = {}
    for region, label in enumerate(labels):
        if len(label) > 1 and label[-1] in generic:
            areas.setdefault(label[0], []).append((label[:-1], region))
        for size in range(_LEAST, len(label[-1]) - 1) if label else ():
            suffixes.setdefault(label[-1][-size:], set()).add(region)
    return areas, suffixes


def _of_area(words: Sequence[str], start: int, adjectives: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Nouns that tell what an area is whose adjectives stand at ``start``."""
    sets, end = lexicon().words, start + len(adjectives)
    if end >= len(words) or tuple(words[start:end]) != adjectives:
        return
    noun = words[end]
    if noun in sets["generic"]:
        behind = _behind(words, end + 1)
        yield from [(behind,)] if behind else []
        yield from _nouns(_before(words, start))
        return
    telling = len(adjectives) > 1 or adjectives[0] not in sets["weak"]
    # "the white wall", but not "a sheet of white light", "fades into a grey mass", "black nor white"
    named = start > 0 and words[start - 1] in _ARTICLES and (start == 1 or words[start - 2] not in _BECOMING)
    if telling and named and _is_noun(noun) and noun not in sets["traces"]:
        yield (*adjectives, noun)
        yield (noun,)


def _behind(words: Sequence[str], position: int) -> str:
    """The last noun of "of open sky" or ", probably a carpet,"."""
    if words[position : position + 1] != ["of"]:
        return ""
    last = ""
    for word in words[position + 1 : position + 1 + _MOST]:
        if not word.isalpha() or (word in lexicon().words["common"] and word not in _ARTICLES):
            break
        last = "" if word in _ARTICLES else word
    return last


def _before(words: Sequence[str], start: int) -> str:
    """The noun of "shelves make a brown area"."""
    while start and words[start - 1] in _ARTICLES:
        start -= 1
    return words[start - 2] if start > 1 and words[start - 1] in _MAKING else ""


def _nouns(word: str) -> Iterator[tuple[str, ...]]:
    if _is_noun(word):
        yield (word,)


def _is_noun(word: str) -> bool:
    sets = lexicon().words
    return word.isalpha() and len(word) >= _SHORTEST and not any(word in sets[name] for name in _NO_NOUNS)
