"""Texts as words: one spelling, hyphens opened, punctuation kept as words of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["STOPS", "expand", "frame_of", "words_of"]

STOPS: Final = frozenset(".!?;:\n")
"""Punctuation that ends what a sentence part says."""

_FEW: Final = 3  # sentences from which on a global description has an opening and a summary
_WORD: Final = re.compile(r"[a-z]+(?:'(?!s\b)[a-z]+)?|'s\b|[0-9]+(?:\.[0-9]+)?|[.,;:!?()\n—–#%/]")
_SPELLING: Final = {
    "color": "colour", "colors": "colours", "colored": "coloured", "colorful": "colourful", "colorless": "colourless",
    "coloring": "colouring", "gray": "grey", "grayish": "greyish", "grayed": "greyed", "center": "centre", "artifact": "artefact",
    "artifacts": "artefacts", "neighbor": "neighbour", "neighboring": "neighbouring", "neighbors": "neighbours",
}  # fmt: skip


def words_of(text: str) -> list[str]:
    """Lower-case words of a text in British spelling; hyphens and possessives separate words, punctuation marks are words."""
    plain = text.lower().replace("’", "'").replace("'s been", " has been")
    words: list[str] = _WORD.findall(plain)
    return words if _SPELLING.keys().isdisjoint(words) else [_SPELLING.get(word, word) for word in words]


def frame_of(words: Sequence[str], kind: str) -> tuple[int, int]:
    """Where the first sentence of a global description ends and its last one begins, if it has some between."""
    ends = [position for position, word in enumerate(words) if word in STOPS and word not in {";", ":"}]
    return (ends[0], ends[-2]) if kind == "global" and len(ends) >= _FEW else (0, len(words))


def expand(pattern: str) -> list[str]:
    """Every string of a pattern with choices: ``blur{,red}`` gives ``blur`` and ``blurred``; choices may nest."""
    return [" ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text for text in _spelt(pattern)]


def _spelt(pattern: str) -> list[str]:
    head, opened, rest = pattern.partition("{")
    if not opened:
        return [pattern]
    choices, tail = _choices(rest)
    endings = _spelt(tail)
    return [f"{head}{text}{ending}" for choice in choices for text in _spelt(choice) for ending in endings]


def _choices(rest: str) -> tuple[list[str], str]:
    """The choices of a pattern behind its opening brace, and what follows its closing brace."""
    found, start, depth = [], 0, 0
    for position, letter in enumerate(rest):
        if letter in ",}" and not depth:
            found.append(rest[start:position])
            start = position + 1
        if letter == "}" and not depth:
            break
        depth += (letter == "{") - (letter == "}")
    return found, rest[start:]
