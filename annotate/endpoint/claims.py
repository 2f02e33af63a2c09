"""The right to send a question: nobody else sends it, the cap allows it, the canary lets it pass."""

from __future__ import annotations

import asyncio

from annotate.endpoint.canary import Canary
from annotate.endpoint.money import Money
from annotate.endpoint.question import Question
from annotate.endpoint.store import AnswerStore, Quote, durable
from schemas.errors import TeacherError
from schemas.recipe import TeacherSettings

__all__ = ["Claims"]


class Claims:
    """Claims of one client, on its event loop."""

    def __init__(self, settings: TeacherSettings, store: AnswerStore, money: Money) -> None:
        self._store, self._money, self._tier, self._size = store, money, settings.tier, settings.canary
        self._canaries: dict[str, Canary] = {}
        self._changed = asyncio.Event()
        self._in_flight = 0

    async def claim(self, question: Question, known: int, limit: int) -> int | None:
        """The number of a new attempt; None if an answer has come in from elsewhere. ``settled`` must follow an attempt.

        Raises:
            TeacherError: the question waits in a batch.
            BudgetError: the cap is reached, or the first answers cost far more than expected.
        """
        quote = Quote(self._money.expected(question, self._tier), self._money.worst(question, limit), self._money.cap)
        canary = self._canary(question.kind, free=not quote.expected)
        wait = 0.1
        while True:
            await canary.enter()
            self._changed.clear()
            claim = await durable(self._store.claim(question, known, quote))
            if claim.outcome == "granted":
                self._in_flight += 1
                return claim.attempt
            canary.leave(sent=False)
            if claim.outcome == "answered":
                return None
            if claim.outcome == "in a batch":
                raise TeacherError(
                    f"{self._store.file}: some questions wait in a batch that is not taken in. Run with teacher.batch = submit "
                    "to wait for it; a batch file that was only written can be deleted to give it up."
                )
            if claim.outcome == "over budget":
                await self._await_money(claim.ledger.committed, quote)
            else:
                await asyncio.sleep(wait)
                wait = min(2.0, wait * 1.5)

    async def _await_money(self, committed: float, quote: Quote) -> None:
        """Waits for reservations to be given back; raises if there are none."""
        if self._in_flight:
            await self._changed.wait()
            return
        await durable(self._store.bury_the_dead())
        if not self._store.in_flight():
            raise self._money.cap_reached(committed, quote.worst)
        await asyncio.sleep(1.0)

    def settled(self, question: Question) -> None:
        """An attempt has ended, well or not: its reservation is settled and others may go on."""
        self._in_flight -= 1
        self._changed.set()
        self._canaries[question.kind].leave(sent=True)

    def _canary(self, kind: str, *, free: bool) -> Canary:
        """The canary of a kind; none where there is nothing to compare with."""
        if kind not in self._canaries:
            self._canaries[kind] = Canary(0 if free else self._size, self._store, kind)
        return self._canaries[kind]
