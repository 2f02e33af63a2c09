"""Banks: what can be said of each distortion, by severity and by what the region looks like."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from distortions.categories import CATEGORIES

__all__ = ["Bank", "bank", "frames"]

Entries = Sequence[tuple[frozenset[str], str]]


@dataclass(frozen=True)
class Bank:
    """Wordings of one category.

    ``verb``: verb phrases with the distortion as subject, ``lemma|rest``. ``clause``: sentences about what is seen. Both come
    with the conditions under which they are true, see ``annotate.language.grammar.voice.kinds_of``.
    """

    noun: Sequence[str]
    participle: Sequence[str]
    verb: Entries
    clause: Entries


@cache
def bank(category: str) -> Bank:
    """The bank of a category: its file in ``banks``, or what can be said of any distortion."""
    file = files(__package__) / "banks" / f"{category}.toml"
    if not file.is_file():
        noun = CATEGORIES[category].noun if category in CATEGORIES else category.replace("_", " ")
        return _bank({**frames()["fallback"], "noun": [f"<sev> {noun}"], "participle": [f"affected by {noun}"]})
    return _bank(tomllib.loads(file.read_text("utf-8")))


def _bank(table: Mapping[str, list[str] | dict[str, list[str]]]) -> Bank:
    return Bank(tuple(table["noun"]), tuple(table["participle"]), _entries(table["verb"]), _entries(table["clause"]))


def _entries(table: object) -> Entries:
    assert isinstance(table, dict)
    return tuple((frozenset(conditions.split()) - {"any"}, entry) for conditions, entries in table.items() for entry in entries)


@cache
def frames() -> Mapping[str, dict[str, list[str]]]:
    """Sentence frames and words of all distortions, from ``frames.toml``."""
    return tomllib.loads((files(__package__) / "frames.toml").read_text("utf-8"))
