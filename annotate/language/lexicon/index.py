"""Terms as a tree of words that grows where texts go: patterns are expanded word by word, when a text holds the words before.

The patterns of the lexicon stand for far more terms than a text holds; a tree of all of them would take longer to build than a
thousand texts take to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from annotate.language.reading.words import expand, words_of

__all__ = ["Index", "Mark", "Pattern", "Term", "chunks_of"]

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


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Wordings written as one: a chunk after the other, each with its choices; they say ``relation`` of ``subject``."""

    chunks: tuple[tuple[tuple[str, ...], ...], ...]
    relation: str
    """asserts, denies, implies, benign (of a category), or the group of a role"""
    subject: str
    """category or role"""


_Thread = tuple[Pattern, int, tuple[str, ...]]
"""A pattern, the number of its next chunk, and what is left of the choice before it."""
_Meaning = Callable[[tuple[str, ...], Sequence[Pattern]], Term | None]


class Index:
    """Terms as a tree of words."""

    def __init__(self, terms: Iterable[Term] = (), patterns: Iterable[Pattern] = (), meaning: _Meaning | None = None) -> None:
        """``meaning`` makes the term of words at which patterns end, or none."""
        self._meaning = meaning
        self._root: dict[str, Any] = self._grown((), [(pattern, 0, ()) for pattern in patterns])
        for term in terms:
            node = self._root
            for word in term.words:
                node = node.setdefault(word, {})
            node.setdefault(_END, term)

    def scan(self, words: Sequence[str]) -> Iterator[tuple[int, Term]]:
        """Every term of a text with its position."""
        # written out, not by ``at``: nine words of ten begin no term or end at once, and this is where reading spends its time
        root, size = self._root, len(words)
        for position, first in enumerate(words):
            above, following, word = root, position, first
            node = root.get(word)
            while node is not None:
                following += 1
                if node.__class__ is list:
                    node = above[word] = self._grown(tuple(words[position:following]), node)
                if _END in node:
                    yield position, node[_END]
                if following == size:
                    break
                word = words[following]
                above, node = node, node.get(word)

    def at(self, words: Sequence[str], position: int) -> list[Term]:
        """The terms that begin at a position, longest first."""
        found: list[Term] = []
        above, following, size = self._root, position, len(words)
        while following < size:
            word = words[following]
            node, following = above.get(word), following + 1
            if node is None:
                break
            if node.__class__ is list:
                node = above[word] = self._grown(tuple(words[position:following]), node)
            if _END in node:
                found.append(node[_END])
            above = node
        found.reverse()
        return found

    def _grown(self, words: tuple[str, ...], threads: Sequence[_Thread]) -> dict[str, Any]:
        """The node at the end of ``words``: its term, and for each next word the threads that go on."""
        node: dict[str, Any] = {}
        ended: list[Pattern] = []
        for thread in threads:
            for word, rest in _heads(thread):
                if word:
                    node.setdefault(word, []).append(rest)
                else:
                    ended.append(thread[0])
        term = self._meaning(words, ended) if ended and self._meaning else None
        if term:
            node[_END] = term
        return node


def _heads(thread: _Thread) -> Iterator[tuple[str, _Thread]]:
    """Each next word of a thread with what goes on after it; an empty word where the pattern may end."""
    pattern, number, rest = thread
    if rest:
        yield rest[0], (pattern, number, rest[1:])
    elif number == len(pattern.chunks):
        yield _END, thread
    else:
        for choice in pattern.chunks[number]:
            if choice:
                yield choice[0], (pattern, number + 1, choice[1:])
            else:
                yield from _heads((pattern, number + 1, ()))


def chunks_of(pattern: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The chunks of a pattern: what spaces outside of its choices separate."""
    chunks, start, depth = [], 0, 0
    for position, letter in enumerate(pattern):
        depth += (letter == "{") - (letter == "}")
        if letter == " " and not depth:
            chunks.append(_choices(pattern[start:position]))
            start = position + 1
    chunks.append(_choices(pattern[start:]))
    return tuple(chunks)


@lru_cache(maxsize=4096)
def _choices(chunk: str) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(tuple(words_of(text)) for text in expand(chunk)))
