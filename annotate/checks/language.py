"""language: the text is not English prose, breaks off, or repeats itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar, Final

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import read
from schemas.values import Finding, TextRequest

_LONGEST_RUN: Final = 10
"""Most words in a row, without punctuation, that may all be rarer ones; English prose hardly ever has six."""
_LAST_LATIN: Final = 0x24F
_FEW: Final = 0.02
_STOP: Final = re.compile(r"[.!?]")
_MISFITS: Final = {
    "a": re.compile(r"(?!one|once|uni[^m]|us[aeu]|eu|ewe|uti|ubi)[aeiou][a-z]"),
    "an": re.compile(r"(?!hour|hono|heir)[bcdfgjklmnpqrstvwxyz][a-z]"),
}
"""what may not follow each article: a vowel that is spoken as one, a consonant that is"""


class Language:
    """English sentences that end, with no word doubled and no sentence said twice."""

    name = "language"
    codes: ClassVar[tuple[str, ...]] = ("language",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each kind of fault."""
        for message in _faults(text.strip(), read(request, text).words):
            yield Finding(code="language", message=message, subject=request.id)


def _faults(text: str, words: Sequence[str]) -> Iterator[str]:
    if not _english(words) or not _latin(text):
        yield "The text is not written in plain English."
    if text and text.rstrip("\"'”’)}`* ")[-1:] not in {".", "!", "?"}:
        yield "The text breaks off: its last sentence does not end."
    slip = next(_slips(words), "")
    if slip:
        yield f"The words {slip!r} are a slip of grammar."
    sentences = [sentence.strip() for sentence in _STOP.split(text.lower()) if len(sentence) > 1]
    if len(set(sentences)) < len(sentences):
        yield "The text says the same sentence twice."


def _english(words: Sequence[str]) -> bool:
    common, foreign = lexicon().words["common"], lexicon().words["foreign"]
    others = 0 if foreign.isdisjoint(words) else sum(word in foreign for word in words)
    if others and others >= sum(word in common for word in words):
        return False
    rare = [position for position, word in enumerate(words) if word not in common and word[0].isalpha()]
    # the eleventh rare word from one of them on follows at once
    return all(later - one > _LONGEST_RUN for one, later in zip(rare, rare[_LONGEST_RUN:], strict=False))


def _slips(words: Sequence[str]) -> Iterator[str]:
    """A word twice, or an article that does not fit the word after it."""
    for one, other in [(one, other) for one, other in pairwise(words) if one == other or one in _MISFITS]:
        if one == other and one.isalpha() and one not in {"that", "had"}:
            yield f"{one} {other}"
        if one in _MISFITS and _MISFITS[one].match(other):
            yield f"{one} {other}"


def _latin(text: str) -> bool:
    """Whether nearly all letters are ASCII."""
    return text.isascii() or sum(ord(letter) > _LAST_LATIN for letter in text if letter.isalpha()) <= _FEW * len(text)


PLUGIN = Language()
