"""How many requests are in flight: additive increase, multiplicative decrease, and pauses that the server asks for."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

__all__ = ["Pace"]


class Pace:
    """A gate with a limit that falls by half at a rate limit and rises by one for each full round of successes.

    It starts at ``ceiling``: the user named it, and a server that cannot bear it says so.
    """

    def __init__(self, ceiling: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.ceiling = ceiling
        self.limit = float(ceiling)
        self.in_flight = 0
        self.last_success = clock()
        self._clock = clock
        self._open_at = 0.0
        self._lowered_at = float("-inf")
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits for a place in flight and for the end of any pause."""
        await self._enter()
        try:
            yield
        finally:
            self.in_flight -= 1
            self._wake()

    def succeeded(self) -> None:
        """A request was answered."""
        self.last_success = self._clock()
        self.limit = min(self.ceiling, self.limit + 1 / self.limit)
        self._wake()

    def limited(self, wait: float, sent_at: float) -> None:
        """A request sent at ``sent_at`` met a rate limit: halve once for all that were in flight, pause ``wait`` seconds."""
        self.pause(wait)
        if sent_at > self._lowered_at:
            self.limit = max(1.0, self.limit / 2)
            self._lowered_at = self._clock()

    def pause(self, wait: float) -> None:
        """Sends nothing for ``wait`` seconds; a pause never ends earlier than one asked for before."""
        self._open_at = max(self._open_at, self._clock() + wait)

    async def _enter(self) -> None:
        while True:
            if (pause := self._open_at - self._clock()) > 0:
                await asyncio.sleep(pause)
            elif self.in_flight < int(self.limit):
                self.in_flight += 1
                return
            else:
                turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(turn)
                try:
                    await turn
                except asyncio.CancelledError:
                    # A place given to someone who left goes to the next in line.
                    self._wake()
                    raise

    def _wake(self) -> None:
        free = int(self.limit) - self.in_flight
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
