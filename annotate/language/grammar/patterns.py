"""Patterns of text.

``{a|b}`` is one of several, ``[a]`` may be left out, ``$name`` is one of the words of that name, ``<name>`` and ``<name:a>`` are
filled by a scope.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Final, TypeVar

import numpy as np

__all__ = ["Draw", "Fill", "Scope", "expand"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """``{a|b}``; ``[a]`` is ``{a|}``."""

    choices: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """``<name>`` or ``<name:inner>``."""

    name: str
    inner: tuple[Node, ...] | None


Node = str | Choice | Slot
Fill = Callable[[Callable[[], str] | None], str]
"""Fills a slot; gets a function that expands what stands after the colon, or None."""
Scope = Mapping[str, Fill]

_BATCH: Final = 256
_WORD: Final = re.compile(r"\$([a-z]+)")


class Draw:
    """Choices from one generator, drawn in batches because single draws are slow."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._left: list[float] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._left:
            self._left = self._generator.random(_BATCH).tolist()
        return self._left.pop()

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all equally likely."""
        return choices[int(self.unit() * len(choices))]

    def chance(self, share: float) -> bool:
        """True with the given probability."""
        return self.unit() < share


def expand(pattern: str, draw: Draw, scope: Scope) -> str:
    """A text of a pattern; slots are filled from left to right.

    Raises:
        KeyError: a slot that the scope does not know.
    """
    return _write(_parsed(pattern), draw, scope)


@cache
def words() -> Mapping[str, list[str]]:
    """The lists that ``$name`` draws from, from ``words.toml``."""
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


def _write(nodes: Sequence[Node], draw: Draw, scope: Scope) -> str:
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Choice):
            parts.append(_write(draw.pick(node.choices), draw, scope))
        elif isinstance(node, Slot):
            parts.append(scope[node.name](partial(_write, node.inner, draw, scope) if node.inner is not None else None))
    return "".join(parts)


@cache
def _parsed(pattern: str) -> tuple[Node, ...]:
    plain = _WORD.sub(lambda found: "{" + "|".join(words()[found[1]]) + "}", pattern)
    nodes, end = _parse(plain, 0, "")
    if end != len(plain):
        raise ValueError(f"pattern {pattern!r}: unexpected {pattern[end]!r} at {end}")
    return nodes


def _parse(pattern: str, start: int, stops: str) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    position = start
    while position < len(pattern) and pattern[position] not in stops:
        opener = pattern[position]
        if opener == "{":
            node, position = _parse_choice(pattern, position + 1)
        elif opener == "[":
            inner, position = _parse(pattern, position + 1, "]")
            node = Choice((inner, ()))
        elif opener == "<":
            node, position = _parse_slot(pattern, position + 1)
        else:
            end = position
            while end < len(pattern) and pattern[end] not in "{[<" + stops:
                end += 1
            nodes.append(pattern[position:end])
            position = end
            continue
        nodes.append(node)
        position += 1
    return tuple(nodes), position


def _parse_choice(pattern: str, start: int) -> tuple[Node, int]:
    choices = []
    position = start
    while True:
        nodes, position = _parse(pattern, position, "|}")
        choices.append(nodes)
        if pattern[position] == "}":
            return Choice(tuple(choices)), position
        position += 1


def _parse_slot(pattern: str, start: int) -> tuple[Node, int]:
    end = min(found for found in (pattern.find(">", start), pattern.find(":", start)) if found >= 0)
    if pattern[end] == ">":
        return Slot(pattern[start:end], None), end
    inner, position = _parse(pattern, end + 1, ">")
    return Slot(pattern[start:end], inner), position
