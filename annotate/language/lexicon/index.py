"""Terms as a tree of words that grows where texts go: terms are added, patterns expanded word by word, when texts get there.

The patterns of the lexicon stand for far more terms than a text holds; a tree of all of them would take longer to build than a
thousand texts take to read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from annotate.language.reading.words import expand, words_of

__all__ = ["Chunk", "Index", "Mark", "Pattern", "Term", "chunks_of"]

_LONGEST: Final = 24
"""Words that a term may have, more than any has."""


class Term(NamedTuple):
    """Words and what they say: sets of category keys, or a role such as ``mild``, ``leak``, ``effect``, ``right top``."""

    words: tuple[str, ...]
    asserts: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()
    implies: frozenset[str] = frozenset()
    role: str = ""


class Mark(NamedTuple):
    """A term found at words[start:end] of a text."""

    start: int
    end: int
    term: Term
    skipped: frozenset[int] = frozenset()
    """positions that are no part of the term though they lie inside: "contrast (of the horse) is (mildly) reduced" """


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """One place of a pattern and the choices for it, of any number of words each."""

    choices: tuple[tuple[str, ...], ...]
    heads: Mapping[str, Sequence[tuple[str, ...]]]
    """what is left of the choices that begin with a word"""
    empty: bool
    """whether the place may be left out"""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Wordings written as one: a chunk after the other; they say ``relation`` of ``subject``."""

    chunks: tuple[Chunk, ...]
    relation: str
    """asserts, denies, implies, benign, effects (of a category), or the group of a role"""
    subject: str
    """category or role"""


_Thread = tuple[Pattern, int, tuple[str, ...]]
"""A pattern, the number of its next chunk, and what is left of the choice before it."""
_Meaning = Callable[[tuple[str, ...], Sequence[Pattern]], Term | None]


class _Node:
    """Where some words of a text lead: the term that ends there, the nodes that are known to follow, the threads that may."""

    __slots__ = ("following", "term", "threads", "words")

    def __init__(self, words: tuple[str, ...], threads: Sequence[_Thread] = (), term: Term | None = None) -> None:
        self.words, self.threads, self.term = words, threads, term
        self.following: dict[str, _Node | None] = {}

    def add(self, term: Term) -> None:
        """Lets a term that goes on from here be found."""
        node = self
        for number in range(len(self.words), len(term.words)):
            following = node.following.get(term.words[number])
            if following is None:
                following = node.following[term.words[number]] = _Node(term.words[: number + 1])
            node = following
        node.term = node.term or term


class Index:
    """Terms as a tree of words."""

    def __init__(self, terms: Iterable[Term] = (), patterns: Iterable[Pattern] = (), meaning: _Meaning | None = None) -> None:
        """``meaning`` makes the term of words at which patterns end, or none."""
        self._meaning = meaning
        self._begun: dict[str, _Node] = {}
        self._terms: dict[str, list[Term]] = {}
        self._threads: dict[str, list[_Thread]] = {}
        self._vocabulary: set[str] = set()
        for pattern in patterns:
            self._vocabulary.update(word for chunk in pattern.chunks for choice in chunk.choices for word in choice)
            for word in dict.fromkeys(_first_words(pattern)):
                self._threads.setdefault(word, []).append((pattern, 0, ()))
        for term in terms:
            self._terms.setdefault(term.words[0], []).append(term)
        self._first = self._threads.keys() | self._terms.keys()

    def scan(self, words: Sequence[str]) -> Iterator[tuple[int, Term]]:
        """Every term of a text with its position, shorter ones first."""
        # written out: most words begin no term, and this is where reading spends its time
        first, begun, vocabulary, size = self._first, self._begun, self._vocabulary, len(words)
        for position in [position for position, word in enumerate(words) if word in first]:
            node: _Node | None = begun.get(words[position]) or self._begin(words[position])
            following = position
            while node is not None:
                if node.term is not None:
                    yield position, node.term
                following += 1
                if following == size:
                    break
                after = words[following]
                if after in node.following:
                    node = node.following[after]
                elif node.threads and after in vocabulary:
                    node = self._next(node, after)
                else:
                    break

    def at(self, words: Sequence[str], position: int) -> list[Term]:
        """The terms that begin at a position, longest first."""
        if position >= len(words) or words[position] not in self._first:
            return []
        found: list[Term] = []
        node: _Node | None = self._begun.get(words[position]) or self._begin(words[position])
        for following in range(position + 1, position + 1 + _LONGEST):
            if node is None:
                break
            if node.term is not None:
                found.append(node.term)
            node = self._after(node, words[following]) if following < len(words) else None
        found.reverse()
        return found

    def _begin(self, word: str) -> _Node:
        """The node of a first word, made when a text holds it for the first time."""
        node = self._begun[word] = self._node((word,), _advanced(self._threads.get(word, ()), word))
        for term in self._terms.get(word, ()):
            node.add(term)
        return node

    def _after(self, node: _Node, word: str) -> _Node | None:
        if word in node.following:
            return node.following[word]
        return self._next(node, word) if node.threads and word in self._vocabulary else None

    def _next(self, node: _Node, word: str) -> _Node | None:
        """The node after a word, remembered."""
        threads = _advanced(node.threads, word)
        found = node.following[word] = self._node((*node.words, word), threads) if threads else None
        return found

    def _node(self, words: tuple[str, ...], threads: Sequence[_Thread]) -> _Node:
        ended = [one for one, number, rest in threads if not rest and all(chunk.empty for chunk in one.chunks[number:])]
        return _Node(words, threads, self._meaning(words, ended) if ended and self._meaning else None)


def _advanced(threads: Sequence[_Thread], word: str) -> list[_Thread]:
    """The threads that go on with a word, behind it."""
    found: list[_Thread] = []
    for pattern, number, rest in threads:
        if rest:
            if rest[0] == word:
                found.append((pattern, number, rest[1:]))
            continue
        following = number
        for chunk in pattern.chunks[number:]:
            following += 1
            found += [(pattern, following, left) for left in chunk.heads.get(word, ())]
            if not chunk.empty:
                break
    return found


def _first_words(pattern: Pattern) -> Iterator[str]:
    for chunk in pattern.chunks:
        yield from chunk.heads
        if not chunk.empty:
            return


def chunks_of(pattern: str) -> tuple[Chunk, ...]:
    """The chunks of a pattern: what spaces outside of its choices separate."""
    chunks, start, depth = [], 0, 0
    for position, letter in enumerate(pattern):
        depth += (letter == "{") - (letter == "}")
        if letter == " " and not depth:
            chunks.append(_chunk(pattern[start:position]))
            start = position + 1
    chunks.append(_chunk(pattern[start:]))
    return tuple(chunks)


@lru_cache(maxsize=4096)
def _chunk(text: str) -> Chunk:
    choices = tuple(dict.fromkeys(tuple(words_of(choice)) for choice in expand(text)))
    heads: dict[str, list[tuple[str, ...]]] = {}
    for choice in filter(None, choices):
        heads.setdefault(choice[0], []).append(choice[1:])
    return Chunk(choices, heads, () in choices)
