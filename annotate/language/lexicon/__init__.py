"""What words say about distortions: one TOML file for each distortion category and one for words of all.

``places`` and ``kinds`` hold other words for places and objects, ``shared`` choices and frames that several categories use.
A category's file holds lists of patterns (``{a,b}`` stands for either word, an empty choice for none):

- ``asserts``: the distortion is there. A term in several files says that one of these distortions is there.
- ``denies``: the distortion is not there ("crisp" for blur).
- ``benign``: longer terms that hold such a word and say nothing of a distortion ("sharp rocks").
- ``effects``: wordings that assert the distortion but may also be effects of those named in ``explained``.
- ``gaps``, ``effect_gaps``, ``keeps_gaps``: pairs of patterns, a quality and what is said of it further on in the same clause;
  they assert, assert as an effect, or deny.
- ``hints``: words that prove nothing, but after which the distortion cannot be called missing.
- ``praises``, ``topics``, ``faults``: words that lean towards saying that it is absent: praise that proves nothing, qualities
  to be commended, faults to be denied; they count only where the text does not assert the distortion.
- ``falls``, ``effect_falls``, ``rises``: qualities that the distortion lowers or exaggerates; they fill the frames of ``shared``.
- ``implies``: terms of other files that may be said where this distortion is true (a compressed area may show banding).

A category without a file is asserted by its noun and names in ``distortions.categories``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from annotate.language.lexicon.index import Index, Mark, Pattern, Term, chunks_of
from annotate.language.reading.words import words_of
from distortions.categories import CATEGORIES

__all__ = ["Index", "Lexicon", "Mark", "Term", "lexicon"]

_RELATIONS: Final = ("asserts", "denies", "implies", "benign")
_FRAMES: Final = (
    ("falls", "falls", "asserts"),
    ("falls", "effect_falls", "effects"),
    ("rises", "rises", "asserts"),
    ("keeps_falls", "falls", "denies"),
    ("keeps_rises", "rises", "denies"),
)
"""frames of ``shared``, the qualities of a category that fill them, and what they say of it"""
_GAPS: Final = (("gaps", "asserts"), ("effect_gaps", "effects"), ("keeps_gaps", "denies"))
_SET: Final = re.compile(r"<(\w+)>")
_GROUPS: Final = ("severity", "position", "meta", "claims", "benign")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms, and the sets of single words that the reading of a text needs."""

    index: Index
    categories: frozenset[str]
    words: Mapping[str, frozenset[str]] = field(repr=False)
    hints: Index = field(repr=False)
    """words that may speak of a distortion; each asserts the categories"""
    praises: Index = field(repr=False)
    """wordings that lean towards saying that a distortion is absent"""
    topics: Index = field(repr=False)
    """qualities that a distortion lowers, to be commended"""
    faults: Index = field(repr=False)
    """words for what a distortion does, to be denied"""
    idioms: Index = field(repr=False)
    """ways of speaking of a severity; each asserts the severities"""
    openings: Index = field(repr=False)
    """qualities of which more is said further on; each asserts the numbers of its gaps"""
    closings: Index = field(repr=False)
    """what may be said of them; likewise"""
    gaps: Mapping[str, Term] = field(repr=False)
    """what an opening and a closing say together, by number"""
    strengths: Index = field(repr=False)
    """severity words alone, to be found inside of terms"""
    absences: Index = field(repr=False)
    """what is said of a distortion that is not there"""
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
    general, places, kinds, shared = (tables.pop(name) for name in ("general", "places", "kinds", "shared"))
    for category in CATEGORIES.values():
        tables.setdefault(category.key, {"asserts": [category.noun, *category.names]})
    patterns = [*_category_patterns(tables, shared), *_role_patterns(general, shared["sets"])]
    explained = {category: frozenset(table.get("explained", ())) for category, table in tables.items()}
    gaps = list(_gaps(tables, shared))
    wheres = {where: tuple(wordings) for where, wordings in places["where"].items()}
    return Lexicon(
        index=Index(patterns=patterns, meaning=partial(_term, explained)),
        categories=frozenset(tables),
        words={name: frozenset(found) for name, found in general["words"].items()},
        hints=Index(patterns=list(_listed(tables, shared, "hints")), meaning=_numbers),
        praises=Index(patterns=list(_listed({**tables, "*": general["praises"]}, shared, "praises")), meaning=_numbers),
        topics=Index(patterns=list(_listed(tables, shared, "topics")), meaning=_numbers),
        faults=Index(patterns=list(_listed(tables, shared, "faults")), meaning=_numbers),
        openings=Index(patterns=[opening for opening, _, _ in gaps], meaning=_numbers),
        closings=Index(patterns=[closing for _, closing, _ in gaps], meaning=_numbers),
        gaps={opening.subject: term for opening, _, term in gaps},
        strengths=Index(
            patterns=[found for found in patterns if found.relation == "severity"], meaning=partial(_term, explained)
        ),
        idioms=Index(
            patterns=[
                Pattern(chunks_of(_filled(text, shared["sets"])), "idioms", severity)
                for severity, texts in general["idioms"].items()
                for text in texts
            ],
            meaning=_numbers,
        ),
        absences=Index(
            patterns=[Pattern(chunks_of(_filled(text, shared["sets"])), "absent", "") for text in general["absent"]["absent"]],
            meaning=_numbers,
        ),
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


_Table = Mapping[str, Any]


def _category_patterns(tables: Mapping[str, _Table], shared: _Table) -> Iterator[Pattern]:
    for category, table in tables.items():
        said = [(relation, text) for relation in (*_RELATIONS, "effects") for text in table.get(relation, ())]
        for frame, qualities, relation in _FRAMES:
            said += [(relation, _filled(text, {"q": table[qualities]})) for text in shared["frames"][frame] if qualities in table]
        for relation, text in said:
            whole = _SET.fullmatch(text)  # a set of patterns
            for one in shared["sets"][whole[1]] if whole else (text,):
                yield Pattern(chunks_of(_filled(one, shared["sets"])), relation, category)


def _listed(tables: Mapping[str, _Table], shared: _Table, name: str) -> Iterator[Pattern]:
    """The patterns of one list of all categories, as they are."""
    for category, table in tables.items():
        yield from (Pattern(chunks_of(_filled(text, shared["sets"])), name, category) for text in table.get(name, ()))


def _gaps(tables: Mapping[str, _Table], shared: _Table) -> Iterator[tuple[Pattern, Pattern, Term]]:
    """Pairs of patterns with what they say together; the subject of both is a number of their own."""
    for category, table in tables.items():
        pairs = [(relation, pair) for name, relation in _GAPS for pair in table.get(name, ())]
        for frame, qualities, relation in _FRAMES:
            filled = [
                [_filled(text, {"q": table[qualities]}) for text in pair] for pair in shared["gaps"][frame] if qualities in table
            ]
            pairs += [(relation, pair) for pair in filled]
        for number, (relation, pair) in enumerate(pairs):
            opening, closing = (Pattern(chunks_of(_filled(text, shared["sets"])), "gap", f"{category} {number}") for text in pair)
            one, explained = frozenset({category}), frozenset(table.get("explained", ()))
            yield (
                opening,
                closing,
                Term(
                    (),
                    asserts=one if relation != "denies" else frozenset(),
                    denies=one if relation == "denies" else frozenset(),
                    implies=explained if relation == "effects" else frozenset(),
                    role="effect" if relation == "effects" else "",
                ),
            )


def _role_patterns(general: Mapping[str, Mapping[str, list[str]]], sets: Mapping[str, list[str]]) -> Iterator[Pattern]:
    for group in _GROUPS:
        for role, patterns in general[group].items():
            yield from (Pattern(chunks_of(_filled(text, sets)), group, role) for text in patterns)


def _filled(pattern: str, sets: Mapping[str, Sequence[str]]) -> str:
    """A pattern with the choices of the sets that it names by ``<name>``; other names are left."""
    while found := next((found for found in _SET.finditer(pattern) if found[1] in sets), None):
        pattern = f"{pattern[: found.start()]}{{{','.join(sets[found[1]])}}}{pattern[found.end() :]}"
    return pattern


def _numbers(words: tuple[str, ...], patterns: Sequence[Pattern]) -> Term:
    return Term(words, asserts=frozenset(found.subject for found in patterns))


def _term(explained: Mapping[str, frozenset[str]], words: tuple[str, ...], patterns: Sequence[Pattern]) -> Term | None:
    """What words say that several patterns may stand for: something of categories, else the roles of the first group."""
    said = {name: frozenset(found.subject for found in patterns if found.relation == name) for name in (*_RELATIONS, "effects")}
    asserts = said["asserts"] | said["effects"]
    if asserts or said["denies"] or said["benign"]:
        role = "effect" if asserts and not said["asserts"] else "benign" if said["benign"] and not asserts else ""
        # an effect that several distortions may have is explained by what explains it as an effect of each of them
        implies = said["implies"].union(
            frozenset.intersection(*(explained[category] for category in asserts)) if role == "effect" else ()
        )
        return Term(words, asserts=asserts, denies=said["denies"], implies=implies, role=role)
    for group in _GROUPS:
        roles = dict.fromkeys(found.subject for found in patterns if found.relation == group)
        if roles:
            return Term(words, role=" ".join(roles))
    return None
