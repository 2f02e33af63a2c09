"""One question through everything: stored answers, claim, pace, request, retry table, structured output, ledger."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.request import getproxies

import httpx2
import openai
from pydantic import BaseModel

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.claims import Claims
from annotate.endpoint.ladder import UnreadableError, read
from annotate.endpoint.lanes import Lanes, allow
from annotate.endpoint.launches import Launches
from annotate.endpoint.money import Money
from annotate.endpoint.outcomes import TABLE, Event, Failure, Reply, pause_before_next, read_failure, read_reply
from annotate.endpoint.pace import Pace
from annotate.endpoint.probe import probe
from annotate.endpoint.question import Question
from annotate.endpoint.store import AnswerStore, Closing, Stored, durable
from annotate.endpoint.wire import request_body
from schemas.errors import TeacherError
from schemas.keys import unit
from schemas.recipe import TeacherSettings

__all__ = ["OPENAI_URL", "UNPARSABLE", "Client", "Outcome", "conclude", "next_wording", "read_replies"]

OPENAI_URL = "https://api.openai.com/v1"
UNPARSABLE = "unparsable"
FLEX_TIMEOUT_S = 900.0
"""flex requests may wait long for a place"""
FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 30.0
CONNECT_S = 30.0
NO_KEY = "none"
GARBLED = Failure(Event.GARBLED, "HTTP 200 with something that is no completion")


@dataclass(frozen=True)
class Outcome:
    """What became of a question: the object asked for, or why there is none."""

    value: BaseModel | None = None
    code: str = ""
    reason: str = ""
    saved: float = 0.0
    """dollars that were not spent because the answer was there already"""


@dataclass
class _Trip:
    """What one attempt has sent and received so far."""

    ahead: asyncio.Semaphore
    sends: int = 0
    raw: bytes = b""
    waiting: bool = True
    """claimed, but not sent yet"""

    def off(self) -> None:
        """The first request goes out, or none ever will: another question may be claimed ahead of its turn."""
        if self.waiting:
            self.waiting = False
            self.ahead.release()


def conclude(question: Question, replies: Sequence[Reply]) -> Outcome | None:
    """What the answers so far amount to; None if the question must be sent (again)."""
    if not replies:
        return None
    # The first one stays: another answer that is taken in later must not change what was built.
    answer = next((reply for reply in replies if reply.event is Event.ANSWERED), None)
    if answer is not None:
        try:
            return Outcome(read(question.form, answer.text))
        except UnreadableError as error:
            return Outcome(code=UNPARSABLE, reason=str(error))
    last = replies[-1]
    alike = {event for event in TABLE if TABLE[event].change == TABLE[last.event].change}
    if sum(reply.event in alike for reply in replies) <= TABLE[last.event].resend:
        return None
    said = f": {last.text[:200]}" if last.event is Event.REFUSED else ""
    return Outcome(code=last.event.value, reason=f"The endpoint ended {len(replies)} answers with {last.event.value}{said}.")


def next_wording(question: Question, replies: Sequence[Reply]) -> tuple[Question, int]:
    """How a question is sent after ``replies``: in plainer words after a refusal, with twice the tokens after a cut answer."""
    changes = {TABLE[reply.event].change for reply in replies}
    limit = question.max_tokens * (2 if "double the token limit" in changes else 1)
    return (question.plainer() if "neutral prompt" in changes else question), limit


class Client:
    """An endpoint with its store. Used on one event loop, by any number of tasks."""

    def __init__(self, settings: TeacherSettings, store: AnswerStore) -> None:
        self.url = (settings.url or OPENAI_URL).rstrip("/")
        self.settings, self.store = settings, store
        self.money = Money.of(settings)
        self.pace = Pace(settings.concurrency)
        self.abilities = Abilities.presumed(self.url)
        self._key = os.environ.get(settings.key_variable, "").strip() or NO_KEY
        if not (self._key.isascii() and self._key.isprintable()):
            raise TeacherError(f"The key in the environment variable {settings.key_variable} has characters that no key has.")
        self._claims = Claims(settings, store, self.money)
        self._launches = Launches(settings.concurrency)
        self._ahead = asyncio.Semaphore(max(8, settings.concurrency // 2))
        self._openai: openai.AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        known = self.store.abilities(self.url, self.settings.model)
        if known is not None:
            self.abilities = known
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._openai is not None:
            await self._openai.close()

    @contextmanager
    def plain(self) -> Iterator[openai.OpenAI]:
        """A synchronous client for files and batches, where the package's own retries do no harm."""
        self._need_key()
        with openai.OpenAI(base_url=self.url, api_key=self._key, max_retries=5, timeout=600) as api:
            yield api

    def refusal_of(self, error: openai.OpenAIError) -> TeacherError:
        """The error that ends a run because of one of the package's."""
        return self.refusal(self._scrubbed(read_failure(error)))

    async def prepare(self) -> None:
        """Learns what the endpoint can do, once for each (base URL, model).

        Raises:
            TeacherError: it cannot be reached or refuses to work.
        """
        self._connect()
        if not self.abilities.probed:
            await self._learn(await probe(self, self.abilities))

    def _need_key(self) -> None:
        if self._key == NO_KEY and self.url == OPENAI_URL:
            name = self.settings.key_variable
            raise TeacherError(f"No key: set the environment variable {name}, or name another in teacher.key_variable.")

    def _connect(self) -> None:
        """Makes the HTTP client: late, because a run whose answers are all stored needs neither it nor a key."""
        self._need_key()
        allow(self.settings.concurrency)
        patience = max(self.settings.timeout_s, FLEX_TIMEOUT_S) if self.settings.tier == "flex" else self.settings.timeout_s
        self._deadline = patience
        transport = openai.DefaultAsyncHttpxClient(
            # A client with a transport of its own would pass over the proxies of the environment.
            transport=None if getproxies() else Lanes(self.settings.concurrency),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=self.settings.concurrency),
            timeout=httpx2.Timeout(patience, connect=CONNECT_S, pool=None),
            event_hooks={"request": [self._launches.watch]},
        )
        self._openai = openai.AsyncOpenAI(base_url=self.url, api_key=self._key, max_retries=0, http_client=transport)

    def stored(self, questions: Iterable[Question]) -> dict[str, Outcome]:
        """Outcomes, by key, of those questions that need not be sent."""
        by_key = {question.key: question for question in questions}
        found: dict[str, Outcome] = {}
        for key, answers in self.store.answers(by_key).items():
            replies = read_replies(answers)
            if (outcome := conclude(by_key[key], replies)) is not None:
                saved = sum(self._worth(answer, reply) for answer, reply in zip(answers, replies, strict=True))
                found[key] = replace(outcome, saved=saved)
        return found

    def _worth(self, answer: Stored, reply: Reply) -> float:
        """What an answer cost; by its tokens and today's price if somebody else paid for it."""
        usage, price = reply.usage, self.money.price
        return answer.cost or (price.cost((usage.input, usage.cached, usage.output)) if price else 0.0)

    async def ask(self, question: Question) -> Outcome:
        """The outcome of a question: from the store, or sent until the table says to stop.

        Raises:
            TeacherError: the endpoint refuses to work at all.
            BudgetError: the cap is reached, or the first answers cost far more than expected.
        """
        files: list[bytes] | None = None
        timeouts = 0
        while True:
            stored = self.store.answers([question.key]).get(question.key, [])
            replies = read_replies(stored)
            if (outcome := conclude(question, replies)) is not None:
                return outcome
            if files is None:
                files = await asyncio.to_thread(lambda: [image.load() for image in question.images])
            wording, limit = next_wording(question, replies)
            trip = await self._trip()
            try:
                attempt = await self._claims.claim(question, len(stored), limit)
                failure = None if attempt is None else await self._attempt(attempt, wording, files, limit, trip)
            finally:
                trip.off()
            if failure is None:
                continue
            timeouts += failure.event is Event.TIMED_OUT
            if failure.event is not Event.TIMED_OUT or timeouts > TABLE[Event.TIMED_OUT].resend:
                return Outcome(code=failure.event.value, reason=failure.reason)

    async def _trip(self) -> _Trip:
        """Waits until few enough questions are claimed and not sent yet: after a crash, all of them count as perhaps billed."""
        await self._ahead.acquire()
        return _Trip(self._ahead)

    async def _attempt(self, attempt: int, question: Question, files: Sequence[bytes], limit: int, trip: _Trip) -> Failure | None:
        """Sends until there is an answer, which is stored, or the table gives up; None for an answer."""
        closing: Closing | None = None
        try:
            result = await self._send(question, files, limit, trip)
            closing = self._closing(result, trip, question, limit)
        except TeacherError as error:
            closing = Closing("failed", sends=trip.sends, note=str(error))
            raise
        finally:
            # Cancelled: what was sent may be billed, what still waited for its turn is not.
            left = closing or Closing("unknown" if trip.sends else "failed", sends=trip.sends, note="cancelled")
            await durable(self.store.settle(attempt, left))
            self._claims.settled(question)
        return result if isinstance(result, Failure) else None

    def _closing(self, result: Reply | Failure, trip: _Trip, question: Question, limit: int) -> Closing:
        if isinstance(result, Failure):
            return Closing("unknown" if result.event is Event.TIMED_OUT else "failed", sends=trip.sends, note=result.reason)
        usage = result.usage
        tier = result.tier or (self.settings.tier if self.abilities.service_tier else "")
        return Closing(
            "answered",
            cost=self.money.real(usage, question, limit, tier),
            sends=trip.sends,
            tokens=(usage.input, usage.cached, usage.output),
            tier=tier,
            note=result.model,
            raw=trip.raw,
        )

    async def _send(self, question: Question, files: Sequence[bytes], limit: int, trip: _Trip) -> Reply | Failure:
        """An answer, whose bytes are then in ``trip``, or the failure that ends this attempt."""
        seen: Counter[Event] = Counter()
        while True:
            used = self.abilities
            body = request_body(question, used, files, max_tokens=limit, tier=self.settings.tier)
            async with self.pace.slot():
                sent_at = time.monotonic()
                trip.off()
                trip.sends += 1
                result, trip.raw = await self.post(body)
            if isinstance(result, Reply) and result.event is not Event.GARBLED:
                return result
            failure = result if isinstance(result, Failure) else GARBLED
            seen[failure.event] += 1
            # What timed out may be billed: sending it again is a new attempt with money of its own.
            if failure.event is Event.TIMED_OUT or seen[failure.event] > TABLE[failure.event].resend:
                return self._give_up(failure)
            await self.before_resend(failure, used, seen[failure.event], sent_at)

    async def post(self, body: bytes) -> tuple[Reply | Failure, bytes]:
        """Sends one request after ``prepare``; what came back and its bytes, without the key should the server repeat it."""
        assert self._openai is not None
        try:
            async with self._launches.place(), asyncio.timeout(self._deadline + 1):
                response = await self._openai.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    content=body,
                    options={"headers": {"Content-Type": "application/json"}},
                )
                raw = response.content
        except (openai.OpenAIError, httpx2.HTTPError, TimeoutError) as error:
            return self._scrubbed(read_failure(error)), b""
        self.pace.succeeded()
        if pause := pause_before_next(response.headers):
            self.pace.pause(min(pause, self.settings.patience_s))
        raw = self.without_key(raw)
        return read_reply(raw), raw

    def without_key(self, raw: bytes) -> bytes:
        """What a server sent, without the key should it repeat it."""
        return raw if self._key == NO_KEY else raw.replace(self._key.encode(), b"***")

    async def before_resend(self, failure: Failure, used: Abilities, times: int, sent_at: float = 0.0) -> None:
        """Does what the table's row says before the request goes out again."""
        jitter = 0.5 + unit(self.store.owner, failure.reason, times, int(sent_at * 1e6))
        backoff = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** (times - 1)) * jitter
        if failure.event is Event.RATE_LIMITED:
            wait = failure.wait if failure.wait is not None else backoff
            self._check_patience(failure, wait)
            self.pace.limited(wait, sent_at)
        elif failure.event is Event.PARAMETER:
            await self._renegotiate(failure, used)
        else:
            await asyncio.sleep(max(backoff, failure.wait or 0.0))

    def _check_patience(self, failure: Failure, wait: float) -> None:
        """Stops a run that a rate limit holds up for longer than ``patience_s``."""
        if max(wait, time.monotonic() - self.pace.last_success) > self.settings.patience_s:
            raise TeacherError(
                f"{self.url}: the rate limit does not lift ({failure.reason}; asked to wait {wait:.0f} s, teacher.patience_s is "
                f"{self.settings.patience_s:.0f}). Everything so far is kept: run again later, or raise teacher.patience_s."
            )

    async def _renegotiate(self, failure: Failure, used: Abilities) -> None:
        """Gives up what the endpoint refused, for good; another task may have done so meanwhile."""
        if self.abilities == used:
            left = used.without(failure.parameter)
            if left is None or left == used:
                raise self.refusal(failure)
            await self._learn(left)

    async def _learn(self, abilities: Abilities) -> None:
        self.abilities = abilities
        await durable(self.store.learn(self.url, self.settings.model, abilities))

    def _give_up(self, failure: Failure) -> Failure:
        if TABLE[failure.event].then == "stop":
            raise self.refusal(failure)
        return failure

    def refusal(self, failure: Failure) -> TeacherError:
        """The error that ends a run because of a failure, with what to do about it."""
        advice = {401: f"check the key in ${self.settings.key_variable}", 429: "check the account's quota and billing"}
        advice |= {403: "check what the key may use", 404: "check teacher.url and teacher.model"}
        todo = advice.get(failure.status, "check teacher.url, teacher.model and the endpoint's log")
        return TeacherError(
            f"{self.url}, model {self.settings.model!r}: {failure.reason}. Everything so far is kept; {todo}, then run again."
        )

    def _scrubbed(self, failure: Failure) -> Failure:
        if self._key == NO_KEY or self._key not in failure.reason:
            return failure
        return Failure(failure.event, failure.reason.replace(self._key, "***"), failure.status, failure.wait, failure.parameter)


def read_replies(answers: Sequence[Stored]) -> list[Reply]:
    """Stored answers, read."""
    return [read_reply(answer.raw) for answer in answers]
