"""Texts as words: one spelling, hyphens opened, punctuation kept as words of its own."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["STOPS", "expand", "words_of"]

STOPS: Final = frozenset(".!?;:\n")
"""Punctuation that ends what a sentence part says."""

_WORD: Final = re.compile(r"[a-z]+(?:'(?!s\b)[a-z]+)?|'s\b|[0-9]+(?:\.[0-9]+)?|[.,;:!?()\n—–#%/]")
_SPELLING: Final = {
    "color": "colour", "colors": "colours", "colored": "coloured", "colorful": "colourful", "colorless": "colourless",
    "coloring": "colouring", "gray": "grey", "grayish": "greyish", "grayed": "greyed", "center": "centre", "artifact": "artefact",
    "artifacts": "artefacts", "neighbor": "neighbour", "neighboring": "neighbouring", "neighbors": "neighbours",
}  # fmt: skip
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")


def words_of(text: str) -> list[str]:
    """Lower-case words of a text in British spelling; hyphens and possessives separate words, punctuation marks are words."""
    plain = text.lower().replace("’", "'").replace("'s been", " has been")
    return [_SPELLING.get(word, word) for word in _WORD.findall(plain)]


def expand(pattern: str) -> list[str]:
    """Every string of a pattern with choices: ``blur{,red}`` gives ``blur`` and ``blurred``; choices may nest."""
    found = _CHOICE.search(pattern)
    if not found:
        return [" ".join(pattern.split())]
    return [full for choice in found[1].split(",") for full in _joined(pattern, found, choice)]


def _joined(pattern: str, found: re.Match[str], choice: str) -> list[str]:
    return expand(pattern[: found.start()] + choice + pattern[found.end() :])
