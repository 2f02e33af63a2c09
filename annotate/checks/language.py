"""language: the text is not English prose, breaks off, or repeats itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from annotate.reading.claims import read
from schemas.values import Finding, TextRequest

_COMMON: Final = frozenset(
    "the a an and of in is are it its with to that on as at by from this but while which be has have so into where there for no not or over across their they".split()
)
_FOREIGN: Final = frozenset(
    "der die das und ist ein eine mit von den dem le la les des et est une dans sur avec du el los las y es un una con por que il lo gli di della sono".split()
)
_LEAST_COMMON: Final = 0.1
"""Share of words that are among the commonest of English; running prose has 0.35 to 0.5, a short dense sentence 0.15."""
_DOUBLED: Final = re.compile(r"\b(?!(?:that|had)\b)(\w+) \1\b", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\ba (?=(?!one|uni|use|eu)[aeiou])|\ban (?=[bcdfgjklmnpqrstvwxyz])", re.IGNORECASE)


class Language:
    """English sentences that end, with no word doubled and no sentence said twice."""

    name = "language"
    codes: ClassVar[tuple[str, ...]] = ("language",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each kind of fault."""
        for message in _faults(text.strip(), read(request, text).words):
            yield Finding(code="language", message=message, subject=request.id)


def _faults(text: str, words: Sequence[str]) -> Iterator[str]:
    letters = [word for word in words if word[0].isalpha()]
    if not _english(letters) or not _latin(text):
        yield "The text is not written in plain English."
    if text and text[-1] not in ".!?":
        yield "The text breaks off: its last sentence does not end."
    doubled = _DOUBLED.search(text) or _ARTICLE.search(text)
    if doubled:
        yield f"The words {doubled[0]!r} are a slip of grammar."
    sentences = [sentence.strip().lower() for sentence in re.split(r"[.!?]", text) if sentence.strip()]
    if len(set(sentences)) < len(sentences):
        yield "The text says the same sentence twice."


def _english(words: Sequence[str]) -> bool:
    common, foreign = sum(word in _COMMON for word in words), sum(word in _FOREIGN for word in words)
    return bool(words) and common >= _LEAST_COMMON * len(words) and common > foreign


def _latin(text: str) -> bool:
    """Whether nearly all letters are ASCII."""
    return sum(ord(letter) > 0x24F for letter in text if letter.isalpha()) <= 0.02 * len(text)


PLUGIN = Language()
