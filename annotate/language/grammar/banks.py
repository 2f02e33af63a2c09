"""Banks: what can be said of each distortion, and the conditions under which each wording is true."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from distortions.categories import CATEGORIES

__all__ = ["Bank", "Condition", "Entries", "bank", "entries", "fitting", "frames"]


@dataclass(frozen=True, slots=True)
class Condition:
    """When a wording is true: ``"felt gaussian/lens !dark"`` needs felt, one of gaussian and lens, and no dark."""

    needed: tuple[frozenset[str], ...]
    barred: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Condition:
        """From the key of a bank's table; "any" needs nothing."""
        words = [word for word in text.split() if word != "any"]
        needed = tuple(frozenset(word.split("/")) for word in words if not word.startswith("!"))
        return cls(needed, frozenset(word[1:] for word in words if word.startswith("!")))

    def holds(self, kinds: AbstractSet[str]) -> bool:
        """Whether it is met where these kinds hold."""
        return not self.barred & kinds and all(words & kinds for words in self.needed)


@dataclass(frozen=True, eq=False, slots=True)
class Entries:
    """Wordings with their conditions. Two are never equal, so that what fits can be kept for each."""

    wordings: tuple[tuple[Condition, str], ...]


@dataclass(frozen=True)
class Bank:
    """Wordings of one category, each with its condition; kinds are those of ``annotate.language.grammar.voice``.

    ``noun``: how the distortion is named. ``participle``: after an adverb of severity. ``verb``: verb phrases with the
    distortion as subject, ``lemma|rest``. ``clause``: sentences about what is seen.
    """

    noun: Entries
    participle: Entries
    verb: Entries
    clause: Entries


@cache
def bank(category: str) -> Bank:
    """The bank of a category: its file in ``banks``, or what can be said of any distortion."""
    file = files(__package__) / "banks" / f"{category}.toml"
    if not file.is_file():
        noun = CATEGORIES[category].noun if category in CATEGORIES else category.replace("_", " ")
        named = {"noun": {"any": [f"<sev> {noun}"]}, "participle": {"any": [f"affected by {noun}"]}}
        return _bank({**named, "verb": frames()["fallback_verb"], "clause": frames()["fallback_clause"]})
    return _bank(tomllib.loads(file.read_text("utf-8")))


def _bank(table: Mapping[str, Mapping[str, Sequence[str]]]) -> Bank:
    return Bank(*(entries(table[name]) for name in ("noun", "participle", "verb", "clause")))


def entries(table: Mapping[str, Sequence[str]]) -> Entries:
    """The wordings of a table whose keys are conditions."""
    return Entries(tuple((Condition.parse(key), wording) for key, wordings in table.items() for wording in wordings))


def fitting(among: Entries, kinds: AbstractSet[str]) -> tuple[str, ...]:
    """The wordings that are true where these kinds hold."""
    return _fitting(among, frozenset(kinds))


@lru_cache(maxsize=8192)
def _fitting(among: Entries, kinds: frozenset[str]) -> tuple[str, ...]:
    return tuple(wording for condition, wording in among.wordings if condition.holds(kinds))


@cache
def frames() -> Mapping[str, dict[str, list[str]]]:
    """Sentence frames and words of all distortions, from ``frames.toml``."""
    return tomllib.loads((files(__package__) / "frames.toml").read_text("utf-8"))
