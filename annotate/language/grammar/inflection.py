"""English endings: verbs, articles, capitals, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["enumerated", "finish", "head", "ing", "is_plural", "third_person"]

_DOUBLING: Final = frozenset({
    "bar", "blot", "blur", "chop", "clip", "cut", "dim", "dip", "drag", "drop", "fog", "grip", "hem", "knot", "let", "mar",
    "pin", "pit", "put", "rip", "rob", "rub", "sap", "scar", "set", "shed", "skim", "skip", "split", "spot", "stir", "strip",
    "swap", "thin", "trim", "whip", "wrap",
})  # fmt: skip
_PLURALS: Final = frozenset({"people", "men", "women", "children", "feet", "teeth", "geese", "mice", "sheep", "cattle", "police"})
_SINGULARS: Final = frozenset({"gas", "lens", "canvas", "atlas", "christmas", "pancreas", "news", "chaos", "cosmos"})
_COMMAS: Final = re.compile(r",\s*([,.;:])")
_VOWEL: Final = re.compile(r"\b([Aa]) (?=(?!one\b|uni|use|eu)[aeiouAEIOU])")


def head(label: str) -> str:
    """The noun that a noun phrase is about: "group" of "group of people", "door" of "red door"."""
    return label.split(" of ", maxsplit=1)[0].split(" with ", maxsplit=1)[0].rsplit(maxsplit=1)[-1]


def is_plural(noun: str) -> bool:
    """Whether a noun takes "are": "trees", "people"; not "bus", "grass", "iris"."""
    return noun in _PLURALS or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and noun not in _SINGULARS)


def third_person(verb: str) -> str:
    """As "soften" -> "softens", "smudge" -> "smudges", "wash" -> "washes", "bury" -> "buries"."""
    if verb.endswith(("s", "x", "z", "ch", "sh")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def ing(verb: str) -> str:
    """As "soften" -> "softening", "merge" -> "merging", "cut" -> "cutting", "tie" -> "tying"."""
    if verb in _DOUBLING:
        return verb + verb[-1] + "ing"
    if verb.endswith("evel"):
        return verb + "ling"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return verb[:-1] + "ing"
    return verb + "ing"


def enumerated(items: Sequence[str]) -> str:
    """Items as "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def finish(sentence: str) -> str:
    """A sentence with single spaces, right articles, a capital and a stop."""
    text = re.sub(r"\s+", " ", sentence).replace(" ,", ",").replace(" .", ".").replace(" ;", ";").replace(" :", ":").strip()
    text = _COMMAS.sub(r"\1", text)
    text = _VOWEL.sub(r"\1n ", text)
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."
