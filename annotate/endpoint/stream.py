"""Many questions on one event loop in a thread of its own; outcomes come to the calling thread as they are ready."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

from annotate.endpoint.client import Client, Outcome
from annotate.endpoint.question import Question

__all__ = ["stream"]

T = TypeVar("T")

LOOK_UP = 256
"""questions whose stored answers are looked up at once"""
LEAST_AHEAD, MOST_AHEAD = 32, 256
"""questions beyond those in flight whose claim, pictures or commit are under way, so that a slow disk holds nobody up"""
GRACE_S = 10.0
"""seconds that requests in flight are given when the caller stops listening"""


def stream(client: Client, items: Iterable[T], ask: Callable[[T], Question]) -> Iterator[tuple[T, Question, Outcome]]:
    """Each item with its question and outcome, as they become ready; questions are made lazily, so memory stays flat.

    When an error ends the run, requests in flight are finished and their outcomes yielded before it is raised.

    Raises:
        TeacherError: the endpoint refuses to work at all.
        BudgetError: the cap is reached.
    """
    pump = _Pump(client, items, ask)
    try:
        yield from pump.results()
    finally:
        pump.stop()


class _Pump(Generic[T]):
    def __init__(self, client: Client, items: Iterable[T], ask: Callable[[T], Question]) -> None:
        self._client, self._items, self._ask = client, iter(items), ask
        self._ready: queue.SimpleQueue[tuple[T, Question, Outcome] | BaseException | None] = queue.SimpleQueue()
        self._window = client.settings.concurrency + max(LEAST_AHEAD, min(MOST_AHEAD, 3 * client.settings.concurrency))
        self._error: Exception | None = None
        self._stopped = threading.Event()
        self._cancel: Callable[[], object] | None = None
        self._thread = threading.Thread(target=self._work, name="endpoint", daemon=True)
        self._thread.start()

    def results(self) -> Iterator[tuple[T, Question, Outcome]]:
        while (item := self._ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def stop(self) -> None:
        """Lets requests in flight finish for a while, then cancels whatever is still going on."""
        self._stopped.set()
        self._thread.join(GRACE_S + 1)
        if self._thread.is_alive() and self._cancel is not None:
            self._cancel()
        self._thread.join()

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:  # noqa: BLE001 - raised again where it can be caught: in the calling thread
            self._ready.put(error)
        self._ready.put(None)

    async def _run(self) -> None:
        loop, me = asyncio.get_running_loop(), asyncio.current_task()
        assert me is not None
        self._cancel = lambda: loop.call_soon_threadsafe(me.cancel)
        tasks: set[asyncio.Task[None]] = set()
        places = asyncio.Semaphore(self._window)
        async with self._client:
            async for item, question in self._unanswered():
                if not await self._place(places):
                    break
                task = asyncio.create_task(self._one(item, question))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda _: places.release())
            await self._drain(tasks)
        if self._error is not None:
            raise self._error

    async def _place(self, places: asyncio.Semaphore) -> bool:
        """Waits for one of the window's places; False if the run is over meanwhile."""
        while self._going():
            try:
                async with asyncio.timeout(0.5):
                    return await places.acquire()
            except TimeoutError:
                continue
        return False

    async def _unanswered(self) -> AsyncIterator[tuple[T, Question]]:
        prepared = False
        while self._going() and (part := list(islice(self._items, LOOK_UP))):
            asked = deque((item, self._ask(item)) for item in part)
            found = self._client.stored(question for _, question in asked)
            while asked:
                item, question = asked.popleft()
                if question.key in found:
                    self._ready.put((item, question, found[question.key]))
                    continue
                if not prepared:
                    await self._client.prepare()
                    prepared = True
                yield item, question

    async def _one(self, item: T, question: Question) -> None:
        try:
            self._ready.put((item, question, await self._client.ask(question)))
        except Exception as error:  # noqa: BLE001 - ends the run and is raised in the calling thread
            self._error = self._error or error

    async def _drain(self, tasks: set[asyncio.Task[None]]) -> None:
        """Waits for what is in flight; not for ever if nobody listens any more."""
        waited = 0.0
        while tasks and waited < GRACE_S:
            await asyncio.wait(set(tasks), timeout=0.5)
            waited += 0.5 if self._stopped.is_set() else 0.0
        left = set(tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _going(self) -> bool:
        return self._error is None and not self._stopped.is_set()
