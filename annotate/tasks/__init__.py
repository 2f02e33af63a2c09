"""What is asked of a picture. One file is one task; ``annotate.tasks`` is also the entry-point group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from schemas.recipe import Recipe
from schemas.registry import Registry
from schemas.rows import Provenance, Row
from schemas.values import Answer, Candidate, Finding, Picture, TextRequest

__all__ = ["Task", "tasks"]


class Task(Protocol):
    """A task knows its questions, what makes one answerable, and how a row is put together and proved."""

    name: str
    kinds: tuple[str, ...]
    """quota names it fills, for example ("hyd", "sid", "dao")"""
    row: type[Row]

    def candidates(self, picture: Picture, recipe: Recipe) -> Iterator[Candidate | Finding]:
        """Every question of this task that the picture can answer, from facts and measures alone.

        A question refused by a rule is yielded as a Finding (code = the rule) so that refusals can be counted.
        """
        ...

    def request(self, candidate: Candidate, picture: Picture) -> TextRequest | None:
        """What a teacher must write for it; None if the answer is computed."""
        ...

    def assemble(self, candidate: Candidate, picture: Picture, answer: Answer | None, provenance: Provenance) -> Row:
        """The row: question, computed parts and the teacher's prose. ``row.image.bytes`` stays None."""
        ...

    def prove(self, row: Row, recipe: Recipe) -> Iterator[Finding]:
        """Derives everything computed in the row again from its regions and names what differs."""
        ...


tasks: Registry[Task] = Registry("task", __name__)
