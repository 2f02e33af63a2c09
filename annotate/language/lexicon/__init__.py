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
from typing import Final

from annotate.language.lexicon.index import Index, Mark, Pattern, Term, chunks_of
from annotate.language.reading.words import words_of
from distortions.categories import CATEGORIES

__all__ = ["Index", "Lexicon", "Mark", "Term", "lexicon"]

_RELATIONS: Final = ("asserts", "denies", "implies", "benign")
_GROUPS: Final = ("severity", "position", "meta", "claims", "benign")


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
    patterns = [*_category_patterns(tables), *_role_patterns(general)]
    wheres = {where: tuple(wordings) for where, wordings in places["where"].items()}
    return Lexicon(
        index=Index(patterns=patterns, meaning=_term),
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


def _category_patterns(tables: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Pattern]:
    for category, table in tables.items():
        for relation in _RELATIONS:
            yield from (Pattern(chunks_of(text), relation, category) for text in table.get(relation, ()))


def _role_patterns(general: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Pattern]:
    for group in _GROUPS:
        for role, patterns in general[group].items():
            yield from (Pattern(chunks_of(text), group, role) for text in patterns)


def _term(words: tuple[str, ...], patterns: Sequence[Pattern]) -> Term | None:
    """What words say that several patterns may stand for: something of categories, else the roles of the first group."""
    said = {name: frozenset(found.subject for found in patterns if found.relation == name) for name in _RELATIONS}
    if said["asserts"] or said["denies"] or said["benign"]:
        role = "benign" if said["benign"] and not said["asserts"] else ""
        return Term(words, asserts=said["asserts"], denies=said["denies"], implies=said["implies"], role=role)
    for group in _GROUPS:
        roles = dict.fromkeys(found.subject for found in patterns if found.relation == group)
        if roles:
            return Term(words, role=" ".join(roles))
    return None
