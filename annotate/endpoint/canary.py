"""The first answers of each kind are a canary: what they really cost decides whether the rest is bought."""

from __future__ import annotations

import asyncio

from annotate.endpoint.store import AnswerStore
from schemas.errors import BudgetError

__all__ = ["MOST_OVERRUN", "Canary", "verdict"]

MOST_OVERRUN = 1.5


def verdict(store: AnswerStore, kind: str) -> BudgetError | None:
    """Why a run must not go on with questions of that kind: its answers so far cost more than 1.5 times what was expected."""
    answers, expected, real = store.overrun(kind)
    if not answers or real <= MOST_OVERRUN * expected:
        return None
    return BudgetError(
        f"The first {answers} answers of kind {kind} cost ${real:.4f}, {real / expected:.1f} times the expected ${expected:.4f}. "
        "They are kept. Check the prices and the model; to go on regardless, run again with teacher.canary = 0."
    )


class Canary:
    """Lets ``size`` questions of a kind pass, holds the others until those are answered, and stops a run that overruns."""

    def __init__(self, size: int, store: AnswerStore, kind: str) -> None:
        self._store, self._kind, self._places = store, kind, size
        self._inside = 0
        self._open, self._changed = asyncio.Event(), asyncio.Event()
        self._verdict: BudgetError | None = None
        if size == 0:
            self._open.set()
        elif store.overrun(kind)[0] >= size:
            self._judge()

    async def enter(self) -> None:
        """Waits until one more question may be sent; ``leave`` must follow.

        Raises:
            BudgetError: the canary's answers cost more than 1.5 times what was expected.
        """
        while not self._open.is_set():
            if self._places > 0:
                self._places -= 1
                self._inside += 1
                return
            self._changed.clear()
            await self._changed.wait()
        if self._verdict is not None:
            raise self._verdict
        self._inside += 1

    def leave(self, *, sent: bool) -> None:
        """The question was answered or given up; if it was not sent after all, its place goes to another."""
        self._inside -= 1
        if not sent:
            self._places += 1
        if self._places <= 0 and self._inside <= 0 and not self._open.is_set():
            self._judge()
        self._changed.set()

    def _judge(self) -> None:
        self._open.set()
        self._verdict = verdict(self._store, self._kind)
