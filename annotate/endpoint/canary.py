"""The first answers of a run are a canary: what they really cost decides whether the rest is bought."""

from __future__ import annotations

import asyncio

from annotate.endpoint.store import AnswerStore
from schemas.errors import BudgetError

__all__ = ["MOST_OVERRUN", "Canary"]

MOST_OVERRUN = 1.5


class Canary:
    """Lets ``size`` questions pass, holds all others until those are answered, and stops a run that overruns its estimate."""

    def __init__(self, size: int, store: AnswerStore) -> None:
        self._size, self._store = size, store
        self._places = size
        self._waiting_for = 0
        self._open = asyncio.Event()
        if size == 0 or store.overrun()[0] >= size:
            self._open.set()
            if size:
                self._check()

    async def passed(self) -> None:
        """Waits until one more question may be sent.

        Raises:
            BudgetError: the canary's answers cost more than 1.5 times what was expected.
        """
        while not self._open.is_set() and self._places <= 0:
            await self._open.wait()
        self._check_when_open()

    def sent(self) -> None:
        """One more is in flight."""
        self._places -= 1
        self._waiting_for += 1

    def settled(self) -> None:
        """One more has ended, well or not."""
        self._waiting_for -= 1
        if self._places <= 0 and self._waiting_for <= 0:
            self._open.set()

    def _check_when_open(self) -> None:
        if self._size and self._open.is_set():
            self._check()
            self._size = 0

    def _check(self) -> None:
        answers, expected, real = self._store.overrun()
        if answers and real > MOST_OVERRUN * expected:
            raise BudgetError(
                f"The first {answers} answers cost ${real:.4f}, {real / expected:.1f} times the expected ${expected:.4f}. "
                "They are kept. Check the prices and the model; to go on regardless, run again with teacher.canary = 0."
            )
