"""What words say about distortions: one TOML file for each distortion category and one for words of all.

``places`` and ``kinds`` hold other words for places and objects.
A category's file holds lists of patterns (``{a,b}`` stands for either word, an empty choice for none):

- ``asserts``: the distortion is there. A term in several files says that one of these distortions is there.
- ``denies``: the distortion is not there ("crisp" for blur).
- ``benign``: longer terms that hold such a word and say nothing of a distortion ("sharp rocks").
- ``implies``: terms of other files that may be said where this distortion is true (a compressed area may show banding).

A category without a file is asserted by its noun and names in ``distortions.categories``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from annotate.language.reading.words import expand, words_of
from distortions.categories import CATEGORIES

__all__ = ["Index", "Lexicon", "Mark", "Term", "lexicon"]


_END: Final = ""
"""Key of the term that ends at a node; no word is empty."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words and what they say: sets of category keys, or a role such as ``mild``, ``leak``, ``negator``, ``right top``."""

    words: tuple[str, ...]
    asserts: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()
    implies: frozenset[str] = frozenset()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A term found at words[start:end] of a text."""

    start: int
    end: int
    term: Term
    skipped: frozenset[int] = frozenset()
    """positions that are no part of the term though they lie inside: "contrast (of the horse) is (mildly) reduced" """


class Index:
    """Terms as a tree of words."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._root: dict[str, Any] = {}
        for term in terms:
            node = self._root
            for word in term.words:
                node = node.setdefault(word, {})
            node.setdefault(_END, term)

    def scan(self, words: Sequence[str]) -> Iterator[tuple[int, Term]]:
        """Every term of a text with its position."""
        # written out, not by ``at``: nine words of ten begin no term or end at once, and this is where reading spends its time
        root, size = self._root, len(words)
        for position, word in enumerate(words):
            node, following = root.get(word), position + 1
            while node is not None:
                if _END in node:
                    yield position, node[_END]
                if following == size:
                    break
                node = node.get(words[following])
                following += 1

    def at(self, words: Sequence[str], position: int) -> list[Term]:
        """The terms that begin at a position, longest first."""
        found: list[Term] = []
        node: Any = self._root
        size = len(words)
        while position < size:
            node = node.get(words[position])
            if node is None:
                break
            if _END in node:
                found.append(node[_END])
            position += 1
        found.reverse()
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms, and the sets of single words that the reading of a text needs."""

    index: Index
    categories: frozenset[str]
    words: Mapping[str, frozenset[str]] = field(repr=False)
    places: Index = field(repr=False)
    """wordings of position phrases; the role of each is the phrase it stands for"""
    wheres: Mapping[str, tuple[str, ...]] = field(repr=False)
    """wordings of each position phrase, as text"""
    nouns: Mapping[str, tuple[str, ...]] = field(repr=False)
    """nouns that may stand for a noun that names no object"""
    synonyms: Mapping[str, frozenset[str]] = field(repr=False)
    """other words for an object, narrower or wider ("vehicle" for "bus")"""


@cache
def lexicon() -> Lexicon:
    """The lexicon of all files of this folder, read once."""
    tables = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in _files()}
    general, places, kinds = (tables.pop(name) for name in ("general", "places", "kinds"))
    for category in CATEGORIES.values():
        tables.setdefault(category.key, {"asserts": [category.noun, *category.names]})
    terms = [*_category_terms(tables), *_role_terms(general)]
    wheres = {where: tuple(wordings) for where, wordings in places["where"].items()}
    return Lexicon(
        index=Index(terms),
        categories=frozenset(tables),
        words={name: frozenset(found) for name, found in general["words"].items()},
        places=Index(
            Term(tuple(words_of(text)), role=where) for where, wordings in wheres.items() for text in sorted(set(wordings))
        ),
        wheres=wheres,
        nouns={noun: tuple(others) for noun, others in places["nouns"].items()},
        synonyms=_synonyms(kinds["same"], kinds["kinds"]),
    )


def _synonyms(same: Iterable[Sequence[str]], kinds: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in same:
        for word in group:
            found.setdefault(word, set()).update(group)
    for kind, members in kinds.items():
        for word in members:
            found.setdefault(word, set()).add(kind)
    return {word: frozenset(others - {word}) for word, others in found.items()}


def _files() -> list[Traversable]:
    return sorted((file for file in files(__name__).iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _category_terms(tables: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Term]:
    """One term for each wording, with all the categories that it says something about."""
    said: dict[tuple[str, ...], dict[str, set[str]]] = {}
    for category, table in tables.items():
        for relation in ("asserts", "denies", "implies", "benign"):
            for words in _wordings(table.get(relation, ())):
                said.setdefault(words, {}).setdefault(relation, set()).add(category)
    for words, relations in said.items():
        sets = {name: frozenset(relations.get(name, ())) for name in ("asserts", "denies", "implies")}
        if sets["asserts"] or sets["denies"] or "benign" in relations:
            yield Term(words, **sets, role="benign" if "benign" in relations and not sets["asserts"] else "")


def _role_terms(general: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Term]:
    for group in ("severity", "position", "meta", "claims", "benign"):
        roles: dict[tuple[str, ...], list[str]] = {}
        for role, patterns in general[group].items():
            for words in dict.fromkeys(_wordings(patterns)):
                roles.setdefault(words, []).append(role)
        yield from (Term(words, role=" ".join(found)) for words, found in roles.items())


def _wordings(patterns: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for pattern in patterns:
        for text in expand(pattern):
            yield tuple(words_of(text))
