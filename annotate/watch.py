"""Who watches a build: the composition tells a Watch what it does; the command line and Prefect show it in their own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

__all__ = ["Silent", "Watch"]


class Watch(Protocol):
    """Shows progress."""

    def stage(self, name: str, total: int, unit: str) -> AbstractContextManager[Callable[[int], None]]:
        """A stage of ``total`` units begins; the block is given a function that adds finished units."""
        ...

    def note(self, text: str) -> None:
        """A few words about the stage under way, shown until the next ones."""
        ...


class Silent:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:  # noqa: ARG002
        """Does nothing with what it is told."""
        yield lambda _: None

    def note(self, text: str) -> None:
        """Does nothing with what it is told."""
