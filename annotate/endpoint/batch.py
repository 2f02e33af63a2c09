"""The batch API: questions in files, handed in, waited for, taken in. Every step is in the store, so any process can go on.

    written -> uploaded -> submitted -> finished -> taken

Both result files are read in every terminal state: expired and cancelled batches return, and bill, what they finished.
What is left over is handed in again. The first questions of each kind go in a small batch ahead of the others: a canary whose
real cost is compared with the expected one before the rest is handed in.
"""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf
from pathlib import Path
from typing import TypeVar

import openai
from openai.types import Batch

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.batch_files import MOST_BYTES, MOST_REQUESTS, BatchFile, request_line, write_files
from annotate.endpoint.canary import verdict
from annotate.endpoint.client import Client, Outcome, next_wording, read_replies
from annotate.endpoint.ingest import TIER, take_in
from annotate.endpoint.outcomes import Event, Failure
from annotate.endpoint.prices import read_prices
from annotate.endpoint.question import Question
from annotate.endpoint.store import Closing, Quote
from annotate.endpoint.wire import request_body
from schemas.errors import TeacherError

__all__ = ["TERMINAL", "BatchDesk", "batched"]

T = TypeVar("T")

TERMINAL = ("completed", "failed", "expired", "cancelled")
logger = logging.getLogger(__name__)
ROUNDS = 3
"""batches in turn that may bring nothing new"""
FIRST_POLL_S = 2.0
LONGEST_POLL_S = 60.0
A_DAY_S = 86_400.0
LOOK_UP = 500
"""questions in memory at once while stored answers are looked up"""
QUEUE_FULL = "token_limit_exceeded"
"""code of a batch that failed because the account has too many tokens in unfinished batches"""


@dataclass(frozen=True)
class _Batch:
    """A row of the batch table."""

    id: int
    file: Path
    state: str
    input_file: str | None
    remote: str | None
    created: float


def batched(
    client: Client, folder: Path, items: Iterable[T], ask: Callable[[T], Question]
) -> Iterator[tuple[T, Question, Outcome]]:
    """Each item with its question and outcome, by the batch API; those in the store come first.

    Raises:
        TeacherError: the endpoint refuses, files were only to be written (``teacher.batch = "write"``), or what is left is
            under way in another run.
        BudgetError: the cap is reached, or the first answers cost far more than expected.
    """
    desk = BatchDesk(client, folder)
    pending: dict[str, list[T]] = {}
    for item in items:
        pending.setdefault(ask(item).key, []).append(item)
    desk.finish()
    idle = 0
    while True:
        settled = desk.outcomes(ask(same[0]) for same in pending.values())
        for key, outcome in settled.items():
            yield from ((item, ask(item), outcome) for item in pending.pop(key))
        idle = 0 if settled else idle + 1
        if not pending or idle > ROUNDS:
            break
        desk.hand_in(ask(same[0]) for same in pending.values())
        desk.finish()
    for same in pending.values():
        outcome = Outcome(code="transient", reason=f"{ROUNDS} batches in turn came back without an answer to it.")
        yield from ((item, ask(item), outcome) for item in same)


class BatchDesk:
    """The batches of one run. Synchronous: there is nothing to do meanwhile."""

    def __init__(self, client: Client, folder: Path, wait: Callable[[float], None] = time.sleep) -> None:
        self._client, self._store, self._folder, self._wait = client, client.store, folder / "batch", wait
        self._failures: dict[str, Outcome] = {}
        self._canaries: Counter[str] = Counter()
        self._prices = read_prices(client.settings.prices)

    def outcomes(self, questions: Iterable[Question]) -> dict[str, Outcome]:
        """Outcomes of those questions that need not be sent: answered, or refused in a batch of this process."""
        found: dict[str, Outcome] = {}
        waiting = iter(questions)
        while part := {question.key: question for question in islice(waiting, LOOK_UP)}:
            found |= self._client.stored(part.values())
            found |= {key: self._failures[key] for key in part if key in self._failures}
        return found

    def hand_in(self, questions: Iterable[Question]) -> None:
        """Claims questions and hands them in file by file; of kinds without a judged canary only the first ones.

        Raises:
            TeacherError: all of them are under way elsewhere, or no question of a kind was answered in several batches.
            BudgetError: not even one more question fits under the cap, or a canary cost far more than expected.
        """
        attempts: dict[str, int] = {}
        lines = self._lines(self._canary_first(questions), self._abilities(), attempts)
        for file in write_files(lines, self._folder, uuid.uuid4().hex, (MOST_REQUESTS, MOST_BYTES)):
            batch = self._record(file, attempts)
            if self._client.settings.batch == "submit":
                self._submit(batch, None)
        if not attempts:
            raise TeacherError(
                f"{self._store.file}: the questions that are left are under way in another run with this store. Let it finish, "
                "then run again."
            )

    def finish(self) -> None:
        """Brings every batch of this run to its end, wherever it stands.

        Raises:
            TeacherError: a batch was refused as a whole, or the files were only to be written.
        """
        self._let_go()
        open_batches = self._open()
        written = [batch for batch in open_batches if batch.remote is None]
        if self._client.settings.batch == "write" and written:
            self._hand_over(written)
        for batch in written:
            self._submit(batch, self._created_before(batch))
        for batch in self._open():
            self._take(batch)

    # -- writing --------------------------------------------------------------------------------------------------------

    def _canary_first(self, questions: Iterable[Question]) -> Iterator[Question]:
        """The questions that may be handed in now."""
        room: dict[str, float] = {}
        for question in questions:
            kind = question.kind
            if kind not in room:
                room[kind] = self._room(question)
            if room[kind] > 0:
                room[kind] -= 1
                yield question

    def _room(self, question: Question) -> float:
        """How many questions like this one may be handed in now: the canary's, or all once it was judged."""
        size, kind = self._client.settings.canary, question.kind
        if not size or self._client.settings.batch == "write" or not self._client.money.expected(question, TIER):
            return inf
        if (stop := verdict(self._store, kind)) is not None:
            raise stop
        answers = self._store.overrun(kind)[0]
        if answers >= size or (answers and self._canaries[kind]):
            return inf
        if self._canaries[kind] == ROUNDS:
            raise TeacherError(
                f"{self._client.url}: none of the first questions of kind {kind} was answered in {ROUNDS} batches. Everything so "
                "far is kept; see the endpoint's page on these batches, then run again."
            )
        self._canaries[kind] += 1
        return size - answers

    def _lines(
        self, questions: Iterable[Question], abilities: Abilities, attempts: dict[str, int]
    ) -> Iterator[tuple[str, bytes]]:
        money = self._client.money
        for question in questions:
            replies = read_replies(self._store.answers([question.key]).get(question.key, []))
            wording, limit = next_wording(question, replies)
            quote = Quote(money.expected(question, TIER), money.worst(question, limit, TIER), money.cap)
            claim = self._store.claim(question, len(replies), quote, "batch").result()
            if claim.outcome == "over budget":
                if attempts:
                    return
                raise money.cap_reached(claim.ledger.committed, quote.worst)
            if claim.outcome == "granted":
                attempts[question.key] = claim.attempt
                files = [image.load() for image in question.images]
                yield question.key, request_line(question.key, request_body(wording, abilities, files, max_tokens=limit))

    def _record(self, file: BatchFile, attempts: dict[str, int]) -> _Batch:
        items = [(key, attempts[key]) for key in file.keys]
        row = (self._store.run, self._client.url, str(file.path.resolve()), len(items), "written", time.time())

        def change(db: sqlite3.Connection) -> int:
            query = "INSERT INTO batch (run, url, file, requests, state, created) VALUES (?, ?, ?, ?, ?, ?)"
            number = int(db.execute(query, row).lastrowid or 0)
            db.executemany("INSERT INTO batch_item VALUES (?, ?, ?)", [(number, *item) for item in items])
            return number

        return _Batch(self._store.change(change).result(), file.path, "written", None, None, row[-1])

    def _abilities(self) -> Abilities:
        return self._client.store.abilities(self._client.url, self._client.settings.model) or self._client.abilities

    def _hand_over(self, written: list[_Batch]) -> None:
        """Tells what to do with files that are not handed in by us."""
        files = " ".join(str(batch.file) for batch in written)
        command = f"vllm run-batch -i FILE -o RESULTS --model {self._client.settings.model}"
        raise TeacherError(
            f"Batch files are written: {files}. Run them, for example with `{command}`, take the results in with "
            f"`annotate answers ingest RESULTS {self._store.file}`, then build again. Delete a file to give it up."
        )

    # -- the way of a batch ---------------------------------------------------------------------------------------------

    def _submit(self, batch: _Batch, remote: str | None) -> None:
        """Uploads a file and creates its batch, unless that is there already as ``remote``."""
        if remote is None:
            uploaded = batch.input_file or self._call(lambda api: api.files.create(file=batch.file, purpose="batch").id)
            self._note(batch, state="uploaded", input_file=uploaded)
            remote = self._call(
                lambda api: (
                    api.batches.create(
                        input_file_id=uploaded,
                        endpoint="/v1/chat/completions",
                        completion_window="24h",
                        metadata={"annotate": batch.file.stem},
                    ).id
                )
            )
        self._note(batch, state="submitted", remote=remote)
        batch.file.unlink(missing_ok=True)

    def _created_before(self, batch: _Batch) -> str | None:
        """The batch that a process created and could not note any more, found by its metadata; None if there is none."""

        def look(api: openai.OpenAI) -> str | None:
            seen: set[str] = set()
            # Newest first: what is older than our file is not ours, and a server that knows no pages repeats itself.
            for found in api.batches.list(limit=100):
                if (found.metadata or {}).get("annotate") == batch.file.stem:
                    return found.id
                if found.id in seen or 0 < found.created_at < batch.created - A_DAY_S:
                    break
                seen.add(found.id)
            return None

        return self._call(look)

    def _take(self, batch: _Batch) -> None:
        """Waits for a batch to end and takes in both its files."""
        remote, pause, last = batch.remote or "", FIRST_POLL_S, ""
        while (state := self._call(lambda api: api.batches.retrieve(remote))).status not in TERMINAL:
            if (now := _progress(state)) != last:
                logger.info("%s", now)
                last = now
            self._wait(pause)
            pause = min(LONGEST_POLL_S, pause * 1.5)
        self._note(batch, state="finished", remote_state=state.status)
        for file in (state.output_file_id, state.error_file_id):
            if file:
                take_in(self._store, self._download(file), self._prices, self._failures)
        self._close(batch, f"batch {state.status}")
        errors = [(error.code, str(error.message)) for error in (state.errors.data or [])] if state.errors else []
        # Too much is queued at once: what is left over is handed in again when the other batches are through.
        if state.status == "failed" and not any(code == QUEUE_FULL for code, _ in errors):
            said = "; ".join(message for _, message in errors[:3]) or "no reason given"
            raise self._client.refusal(Failure(Event.ENDED, f"batch {remote} was refused: {said}"))

    def _download(self, file: str) -> bytes:
        return self._client.without_key(self._call(lambda api: api.files.content(file).content))

    def _close(self, batch: _Batch, note: str) -> None:
        """Sets free what came back in neither file and marks the batch as taken."""
        query = (
            "SELECT attempt FROM batch_item JOIN attempt ON attempt.id = batch_item.attempt WHERE batch = ? AND state = 'sent'"
        )
        for (attempt,) in self._store.read(query, (batch.id,)):
            self._store.settle(int(attempt), Closing("failed", note=note))
        self._note(batch, state="taken")

    def _waiting(self, batch: _Batch) -> list[int]:
        """Attempts of a batch without a result."""
        query = (
            "SELECT attempt FROM batch_item JOIN attempt ON attempt.id = batch_item.attempt WHERE batch = ? AND state = 'sent'"
        )
        return [int(attempt) for (attempt,) in self._store.read(query, (batch.id,))]

    def _let_go(self) -> None:
        """Gives up claims of processes that died before they wrote a file, and files that were deleted."""
        for batch in self._open():
            if batch.state == "written" and (not batch.file.exists() or not self._waiting(batch)):
                self._close(batch, "file deleted")
                batch.file.unlink(missing_ok=True)
        orphans = (
            "SELECT id FROM attempt WHERE state = 'sent' AND way = 'batch' AND run = ? AND owner != ? "
            "AND id NOT IN (SELECT attempt FROM batch_item)"
        )
        for (attempt,) in self._store.read(orphans, (self._store.run, self._store.owner)):
            self._store.settle(int(attempt), Closing("failed", sends=0, note="never handed in")).result()

    def _open(self) -> list[_Batch]:
        query = "SELECT id, file, state, input_file, remote, created FROM batch WHERE run = ? AND state != 'taken' ORDER BY id"
        return [_Batch(row[0], Path(row[1]), *row[2:]) for row in self._store.read(query, (self._store.run,))]

    def _note(self, batch: _Batch, **values: str) -> None:
        query = f"UPDATE batch SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?"  # noqa: S608 - our own column names
        self._store.change(lambda db: db.execute(query, (*values.values(), batch.id)) and None).result()

    def _call(self, call: Callable[[openai.OpenAI], T]) -> T:
        """One call of the files or batches API; the package's own retries do no harm here."""
        with self._client.plain() as api:
            try:
                return call(api)
            except openai.OpenAIError as error:
                raise self._client.refusal_of(error) from None


def _progress(state: Batch) -> str:
    counts = state.request_counts
    done = f", {counts.completed} of {counts.total} answered, {counts.failed} failed" if counts else ""
    return f"batch {state.id}: {state.status}{done}"
