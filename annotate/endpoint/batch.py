"""The batch API: questions in files, handed in, waited for, taken in. Every step is in the store, so any process can go on.

    written -> uploaded -> submitted -> finished -> taken

Both result files are read in every terminal state: expired and cancelled batches return, and bill, what they finished.
What is left over is handed in again.
"""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import openai

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.batch_files import MOST_BYTES, MOST_REQUESTS, BatchFile, read_results, request_line, write_files
from annotate.endpoint.client import Client, Outcome, next_wording, read_replies
from annotate.endpoint.outcomes import TABLE, Failure, read_reply
from annotate.endpoint.question import Question
from annotate.endpoint.store import AnswerStore, Closing, Quote
from annotate.endpoint.wire import request_body
from schemas.errors import TeacherError

__all__ = ["TERMINAL", "BatchDesk", "batched", "take_in"]

T = TypeVar("T")

TERMINAL = ("completed", "failed", "expired", "cancelled")
TIER = "batch"
logger = logging.getLogger(__name__)
ROUNDS = 3
"""batches in turn that may bring nothing new"""
FIRST_POLL_S = 2.0
LONGEST_POLL_S = 60.0


@dataclass(frozen=True)
class _Batch:
    """A row of the batch table."""

    id: int
    file: Path
    state: str
    input_file: str | None
    remote: str | None


def batched(
    client: Client, folder: Path, items: Iterable[T], ask: Callable[[T], Question]
) -> Iterator[tuple[T, Question, Outcome]]:
    """Each item with its question and outcome, by the batch API; those in the store come first.

    Raises:
        TeacherError: the endpoint refuses, or files were only to be written (``teacher.batch = "write"``).
        BudgetError: the cap is reached.
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
        self._cut = (MOST_REQUESTS, MOST_BYTES)

    def outcomes(self, questions: Iterable[Question]) -> dict[str, Outcome]:
        """Outcomes of those questions that need not be sent: answered, or refused in a batch of this process."""
        by_key = {question.key: question for question in questions}
        failed = {key: self._failures[key] for key in by_key if key in self._failures}
        return self._client.stored(by_key.values()) | failed

    def hand_in(self, questions: Iterable[Question]) -> None:
        """Claims questions, writes them to files, and records the files; ``finish`` hands them in.

        Raises:
            BudgetError: not even one more question fits under the cap.
        """
        attempts: dict[str, int] = {}
        abilities = self._abilities()
        lines = self._lines(questions, abilities, attempts)
        for file in write_files(lines, self._folder, uuid.uuid4().hex, self._cut):
            self._record(file, attempts)

    def finish(self) -> None:
        """Brings every batch of this run to its end, wherever it stands.

        Raises:
            TeacherError: a batch was refused as a whole, or the files were only to be written.
        """
        self._let_go()
        open_batches = self._open()
        if self._client.settings.batch == "write" and open_batches:
            self._hand_over([batch for batch in open_batches if batch.state == "written"])
        for batch in open_batches:
            self._submit(batch)
        for batch in self._open():
            self._take(batch)

    # -- writing --------------------------------------------------------------------------------------------------------

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

    def _record(self, file: BatchFile, attempts: dict[str, int]) -> None:
        items = [(key, attempts[key]) for key in file.keys]
        row = (self._store.run, self._client.url, str(file.path.resolve()), len(items), "written", time.time())

        def change(db: sqlite3.Connection) -> None:
            query = "INSERT INTO batch (run, url, file, requests, state, created) VALUES (?, ?, ?, ?, ?, ?)"
            number = db.execute(query, row).lastrowid
            db.executemany("INSERT INTO batch_item VALUES (?, ?, ?)", [(number, *item) for item in items])

        self._store.change(change).result()

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

    def _submit(self, batch: _Batch) -> None:
        """Uploads and creates what is not handed in yet. A batch that was created but not noted is found by its metadata."""
        if batch.remote is not None:
            return
        mark = batch.file.stem
        remote = self._created_before(mark)
        if remote is None:
            uploaded = batch.input_file or self._call(lambda api: api.files.create(file=batch.file, purpose="batch").id)
            self._note(batch, state="uploaded", input_file=uploaded)
            remote = self._call(
                lambda api: (
                    api.batches.create(
                        input_file_id=uploaded,
                        endpoint="/v1/chat/completions",
                        completion_window="24h",
                        metadata={"annotate": mark},
                    ).id
                )
            )
        self._note(batch, state="submitted", remote=remote)

    def _created_before(self, mark: str) -> str | None:
        found = self._call(lambda api: list(api.batches.list(limit=100).data))
        return next((batch.id for batch in found if (batch.metadata or {}).get("annotate") == mark), None)

    def _take(self, batch: _Batch) -> None:
        """Waits for a batch to end and takes in both its files."""
        remote, pause = batch.remote or "", FIRST_POLL_S
        while (state := self._call(lambda api: api.batches.retrieve(remote))).status not in TERMINAL:
            logger.info("batch %s: %s, %s", remote, state.status, state.request_counts)
            self._wait(pause)
            pause = min(LONGEST_POLL_S, pause * 1.5)
        self._note(batch, state="finished", remote_state=state.status)
        for file in (state.output_file_id, state.error_file_id):
            if file:
                take_in(self._store, self._download(file), self._client, self._failures)
        self._close(batch, f"batch {state.status}")
        batch.file.unlink(missing_ok=True)
        if state.status == "failed":
            errors = (
                "; ".join(str(error.message) for error in (state.errors.data or [])[:3]) if state.errors else "no reason given"
            )
            raise TeacherError(
                f"{self._client.url}: batch {remote} was refused: {errors}. Everything so far is kept; mend this and run again."
            )

    def _download(self, file: str) -> bytes:
        return self._call(lambda api: api.files.content(file).content)

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
        query = "SELECT id, file, state, input_file, remote FROM batch WHERE run = ? AND state != 'taken' ORDER BY id"
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


def take_in(
    store: AnswerStore, text: bytes, client: Client | None = None, failures: dict[str, Outcome] | None = None
) -> tuple[int, int]:
    """Takes in a result file by ``custom_id``, whichever batch or process it comes from; (answers, failures) that were new."""
    answered = failed = 0
    for result in read_results(text):
        rows = store.read(
            "SELECT id, state FROM attempt WHERE key = ? ORDER BY state = 'sent' DESC, id DESC LIMIT 1", (result.key,)
        )
        if not rows:
            continue
        attempt, state = rows[0]
        if result.raw is None:
            if state == "sent" and result.failure is not None:
                store.settle(attempt, Closing("failed", note=result.failure.reason)).result()
                _remember(result.key, result.failure, failures)
                failed += 1
        elif state == "sent":
            store.settle(attempt, _closing(result.raw, client)).result()
            answered += 1
        else:
            (request,) = store.read("SELECT body, kind, model FROM request WHERE key = ?", (result.key,))
            answered += store.add(request[0], result.key, request[1], request[2], result.raw).result()
    return answered, failed


def _closing(raw: bytes, client: Client | None) -> Closing:
    reply = read_reply(raw)
    usage = reply.usage
    cost = client.money.price.cost((usage.input, usage.cached, usage.output), TIER) if client and client.money.price else 0.0
    return Closing("answered", cost=cost, tokens=(usage.input, usage.cached, usage.output), tier=TIER, note=reply.model, raw=raw)


def _remember(key: str, failure: Failure, failures: dict[str, Outcome] | None) -> None:
    """A failure that sending again would not mend is final for this process."""
    if failures is not None and TABLE[failure.event].resend == 0:
        failures[key] = Outcome(code=failure.event.value, reason=failure.reason)
