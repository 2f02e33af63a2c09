"""The answer store: every question, attempt, raw answer and verdict, content-addressed, in one SQLite file.

Several processes may share a file. A question is claimed before it is sent, so two of them never pay for it at once, and the
claim reserves its worst cost under the run's cap in the same transaction, so no number of them can overspend.

States of an attempt: sent (claimed, in flight), answered (raw bytes stored), failed (refused, not billed), unknown (timed out,
perhaps billed), interrupted (its process died, perhaps billed). The last two keep their cost reserved.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.commits import Committer, connect
from annotate.endpoint.owners import started
from annotate.endpoint.question import Question
from annotate.endpoint.tables import SCHEMA, VERSION
from schemas.errors import StorageError
from schemas.keys import digest

__all__ = ["AnswerStore", "Claim", "Closing", "Ledger", "Quote", "Stored", "Verdict", "durable", "open_store"]

T = TypeVar("T")

ALIVE_S = 60.0
"""an owner on another machine that was not seen for so long is taken for dead"""

Way = Literal["online", "batch"]
Settled = Literal["answered", "failed", "unknown"]


@dataclass(frozen=True)
class Ledger:
    """US dollars and counts of one run."""

    spent: float = 0.0
    reserved: float = 0.0
    """worst cost of what is in flight"""
    perhaps: float = 0.0
    """worst cost of what timed out or was interrupted and may be billed"""
    answers: int = 0
    """attempts that were answered"""

    @property
    def committed(self) -> float:
        """What may have to be paid in all."""
        return self.spent + self.reserved + self.perhaps


@dataclass(frozen=True)
class Quote:
    """US dollars of one question: usually, at worst, and the cap of the run."""

    expected: float = 0.0
    worst: float = 0.0
    cap: float | None = None


@dataclass(frozen=True)
class Stored:
    """An answer on disk."""

    raw: bytes
    """the response's body"""
    cost: float
    """US dollars when it was bought"""


@dataclass(frozen=True)
class Claim:
    """What became of the wish to send a question."""

    outcome: Literal["granted", "busy", "in a batch", "answered", "over budget"]
    """busy: another live process has it in flight; answered: there are more answers than the asker knew of"""
    attempt: int = 0
    ledger: Ledger = Ledger()


@dataclass(frozen=True)
class Closing:
    """How an attempt ended."""

    state: Settled
    cost: float = 0.0
    sends: int = 1
    tokens: tuple[int, int, int] = (0, 0, 0)
    """input, cached input, output"""
    tier: str = ""
    note: str = ""
    raw: bytes | None = None


@dataclass(frozen=True)
class Verdict:
    """What the checks had against the answer to a question, for one item."""

    key: str
    item: str
    findings: tuple[tuple[str, str], ...]
    """(code, message); empty if accepted"""


class AnswerStore:
    """Open answer store of one process. Changes are durable when their future is done."""

    def __init__(self, file: Path, run: str = "run") -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file, self.run = file, run
        self.owner = uuid.uuid4().hex
        self._reader = connect(file)
        self._reading = threading.Lock()
        self._prepare()
        self._committer = Committer(file, self._seen)
        self._committer.submit(self._enrol).result()
        self.bury_the_dead().result()

    def close(self) -> None:
        """Commits what is queued and closes the file; what this process still has in flight becomes interrupted."""
        self._committer.submit(lambda db: self._bury(db, self.owner))
        self._committer.close()
        self._reader.close()

    # -- questions and answers ------------------------------------------------------------------------------------------

    def answers(self, keys: Iterable[str]) -> dict[str, list[Stored]]:
        """Stored answers of each key that has any, oldest first."""
        found: dict[str, list[Stored]] = {}
        for part in _parts(list(keys)):
            marks = ",".join("?" * len(part))
            query = f"SELECT key, raw, cost FROM attempt WHERE key IN ({marks}) AND state = 'answered' ORDER BY id"  # noqa: S608 - marks only
            for key, raw, cost in self._read(query, part):
                found.setdefault(key, []).append(Stored(zlib.decompress(raw), cost))
        return found

    def claim(self, question: Question, known: int, price: Quote, way: Way = "online") -> Future[Claim]:
        """Wishes to send a question with ``known`` answers so far, at a price."""
        key, kind, model, body = question.key, question.kind, question.model, question.body

        def change(db: sqlite3.Connection) -> Claim:
            holder = db.execute("SELECT owner, way FROM attempt WHERE key = ? AND state = 'sent'", (key,)).fetchone()
            if holder is not None:
                if holder[1] == "batch":
                    return Claim("in a batch")
                if self._alive(db, holder[0]):
                    return Claim("busy")
                self._bury(db, holder[0])
            (answered,) = db.execute("SELECT count(*) FROM attempt WHERE key = ? AND state = 'answered'", (key,)).fetchone()
            if answered > known:
                return Claim("answered")
            ledger = self._ledger(db)
            if price.cap is not None and ledger.committed + price.worst > price.cap + 1e-12:
                return Claim("over budget", ledger=ledger)
            now = time.time()
            db.execute("INSERT OR IGNORE INTO request VALUES (?, ?, ?, ?, ?)", (key, kind, model, body, now))
            row = (key, self.owner, self.run, way, now, price.worst, price.expected)
            query = (
                "INSERT INTO attempt (key, owner, run, state, way, started, reserved, expected) "
                "VALUES (?, ?, ?, 'sent', ?, ?, ?, ?)"
            )
            attempt = db.execute(query, row).lastrowid
            db.execute("UPDATE ledger SET reserved = reserved + ? WHERE run = ?", (price.worst, self.run))
            return Claim("granted", int(attempt or 0), ledger)

        return self._committer.submit(change)

    def settle(self, attempt: int, closing: Closing) -> Future[bool]:
        """Ends an attempt: its answer, what it really cost, and its reservation given back or kept as perhaps billed.

        False if its answer is there already, which stays: another process took in the same result file.
        """

        def change(db: sqlite3.Connection) -> bool:
            (run, reserved, state) = db.execute("SELECT run, reserved, state FROM attempt WHERE id = ?", (attempt,)).fetchone()
            if state == "answered":
                return False
            raw = None if closing.raw is None else zlib.compress(closing.raw, 6)
            db.execute(
                "UPDATE attempt SET state = ?, ended = ?, cost = ?, sends = ?, input_tokens = ?, cached_tokens = ?, "
                "output_tokens = ?, tier = ?, note = ?, raw = ? WHERE id = ?",
                (
                    closing.state,
                    time.time(),
                    closing.cost,
                    closing.sends,
                    *closing.tokens,
                    closing.tier,
                    closing.note,
                    raw,
                    attempt,
                ),
            )
            perhaps = reserved if closing.state == "unknown" else 0.0
            held, buried = (reserved, 0.0) if state == "sent" else (0.0, reserved if state in ("unknown", "interrupted") else 0.0)
            db.execute(
                "UPDATE ledger SET reserved = reserved - ?, perhaps = perhaps + ? - ?, spent = spent + ?, answers = answers + ? "
                "WHERE run = ?",
                (held, perhaps, buried, closing.cost, closing.state == "answered", run),
            )
            return True

        return self._committer.submit(change)

    def book(self, cost: float) -> Future[None]:
        """Books what was spent on no question of the store (the probe)."""
        query = "UPDATE ledger SET spent = spent + ? WHERE run = ?"
        return self._committer.submit(lambda db: _ignore(db.execute(query, (cost, self.run))))

    def add(self, body: str, key: str, kind: str, model: str, raw: bytes) -> Future[bool]:
        """Takes in an answer that was paid for elsewhere; False if this very answer is there already."""

        def change(db: sqlite3.Connection) -> bool:
            known = db.execute("SELECT raw FROM attempt WHERE key = ? AND state = 'answered'", (key,)).fetchall()
            if any(zlib.decompress(old) == raw for (old,) in known):
                return False
            now = time.time()
            db.execute("INSERT OR IGNORE INTO request VALUES (?, ?, ?, ?, ?)", (key, kind, model, body, now))
            row = (key, self.owner, "import", "imported", now, now, zlib.compress(raw, 6))
            query = (
                "INSERT INTO attempt (key, owner, run, state, way, started, ended, raw) VALUES (?, ?, ?, 'answered', ?, ?, ?, ?)"
            )
            db.execute(query, row)
            return True

        return self._committer.submit(change)

    # -- verdicts, abilities, ledger ------------------------------------------------------------------------------------

    def judge(self, verdict: Verdict) -> Future[None]:
        """Keeps a verdict; a later one on the same answer and item replaces it. Costs nobody anything."""
        row = (verdict.key, verdict.item, not verdict.findings, json.dumps(verdict.findings), time.time())
        return self._committer.submit(
            lambda db: _ignore(db.execute("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?)", row))
        )

    def abilities(self, url: str, model: str) -> Abilities | None:
        """What was learnt about a model at an address."""
        rows = self._read("SELECT value FROM ability WHERE url = ? AND model = ?", (url, model))
        return Abilities.model_validate_json(rows[0][0]) if rows else None

    def learn(self, url: str, model: str, abilities: Abilities) -> Future[None]:
        """Remembers the abilities of a model at an address."""
        row = (url, model, abilities.model_dump_json())
        return self._committer.submit(lambda db: _ignore(db.execute("INSERT OR REPLACE INTO ability VALUES (?, ?, ?)", row)))

    def overrun(self, kind: str | None = None) -> tuple[int, float, float]:
        """(answers, expected dollars, real dollars) of the run's answered attempts that have a price, of one kind or of all."""
        query = (
            "SELECT count(*), coalesce(sum(expected), 0), coalesce(sum(cost), 0) FROM attempt JOIN request USING (key) "
            "WHERE run = ? AND state = 'answered' AND expected > 0 AND coalesce(kind = ?, TRUE)"
        )
        (row,) = self._read(query, (self.run, kind))
        return int(row[0]), float(row[1]), float(row[2])

    def bury_the_dead(self) -> Future[None]:
        """Sets free what processes that are gone had in flight; their reservations count as perhaps billed."""

        def change(db: sqlite3.Connection) -> None:
            for (other,) in db.execute("SELECT DISTINCT owner FROM attempt WHERE state = 'sent' AND way = 'online'").fetchall():
                if not self._alive(db, other):
                    self._bury(db, other)

        return self._committer.submit(change)

    def in_flight(self) -> int:
        """Requests of the run that are under way online, in any process."""
        query = "SELECT count(*) FROM attempt WHERE run = ? AND state = 'sent' AND way = 'online'"
        return int(self._read(query, (self.run,))[0][0])

    def ledger(self) -> Ledger:
        """The run's money as committed so far."""
        rows = self._read("SELECT spent, reserved, perhaps, answers FROM ledger WHERE run = ?", (self.run,))
        return Ledger(*rows[0])

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a SELECT, for reports and exports."""
        return self._read(query, values)

    def change(self, change: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Runs a change of another module (batches) in the next commit."""
        return self._committer.submit(change)

    # -- inner ----------------------------------------------------------------------------------------------------------

    def _read(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._reading:
            return self._reader.execute(query, values).fetchall()

    def _prepare(self) -> None:
        (version,) = self._reader.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise StorageError(
                f"answer store {self.file} has format {version}, this release knows {VERSION}. Update, or name another file."
            )
        self._reader.executescript(SCHEMA + f"PRAGMA user_version = {VERSION};")

    def _enrol(self, db: sqlite3.Connection) -> None:
        db.execute(
            "INSERT INTO owner VALUES (?, ?, ?, ?, ?)",
            (self.owner, socket.gethostname(), os.getpid(), started(os.getpid()), time.time()),
        )
        db.execute("INSERT OR IGNORE INTO ledger (run) VALUES (?)", (self.run,))

    def _seen(self, db: sqlite3.Connection) -> None:
        db.execute("UPDATE owner SET seen = ? WHERE id = ?", (time.time(), self.owner))

    def _alive(self, db: sqlite3.Connection, owner: str) -> bool:
        if owner == self.owner:
            return True
        row = db.execute("SELECT host, pid, started, seen FROM owner WHERE id = ?", (owner,)).fetchone()
        if row is None:
            return False
        host, pid, since, seen = row
        return bool(started(pid) == since if host == socket.gethostname() else time.time() - seen < ALIVE_S)

    def _bury(self, db: sqlite3.Connection, owner: str) -> None:
        """What a process that is gone had in flight may be billed. Batches live on without their process."""
        gone = "owner = ? AND state = 'sent' AND way = 'online'"
        totals = db.execute(f"SELECT run, sum(reserved) FROM attempt WHERE {gone} GROUP BY run", (owner,)).fetchall()  # noqa: S608
        for run, total in totals:
            db.execute("UPDATE ledger SET reserved = reserved - ?, perhaps = perhaps + ? WHERE run = ?", (total, total, run))
        db.execute(f"UPDATE attempt SET state = 'interrupted', ended = ? WHERE {gone}", (time.time(), owner))  # noqa: S608

    def _ledger(self, db: sqlite3.Connection) -> Ledger:
        query = "SELECT spent, reserved, perhaps, answers FROM ledger WHERE run = ?"
        return Ledger(*db.execute(query, (self.run,)).fetchone())


def open_store(shared: str, folder: Path) -> AnswerStore:
    """The store file ``shared`` between runs, or the one in a run's own folder if that is empty."""
    if not shared:
        return AnswerStore(folder / "answers.sqlite")
    return AnswerStore(Path(shared), run=digest("run", str(folder.resolve()))[:24])


async def durable(future: Future[T]) -> T:
    """Waits on the event loop for a change to be committed; giving up the wait does not undo the change."""
    return await asyncio.shield(asyncio.wrap_future(future))


def _ignore(_: object) -> None:
    """The value of a change whose result nobody wants."""


def _parts(values: list[str], size: int = 500) -> Iterable[list[str]]:
    """Pieces below SQLite's limit of variables."""
    return (values[start : start + size] for start in range(0, len(values), size))
