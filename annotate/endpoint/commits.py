"""One thread that owns a SQLite connection and puts many changes into one durable commit."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from schemas.errors import StorageError

__all__ = ["Committer", "connect"]

T = TypeVar("T")
Change = Callable[[sqlite3.Connection], Any]

GROUP = 512
"""most changes in one commit"""


def connect(file: Path) -> sqlite3.Connection:
    """A connection with write-ahead log and full synchronisation: what is committed survives a power cut.

    Raises:
        StorageError: the file cannot be opened or is no database.
    """
    try:
        connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.Error as error:
        raise StorageError(
            f"answer store {file}: {error}. Check that the folder can be written and the file is a store."
        ) from error
    return connection


class Committer:
    """Runs changes in the order they are submitted; a change is durable when its future is done.

    A change that raises is undone alone; its future carries the exception. ``every`` is run about once in ``period`` seconds.
    """

    def __init__(self, file: Path, every: Change, period: float = 10.0) -> None:
        self.file = file
        self.commits = 0
        self._every, self._period = every, period
        self._waiting: queue.SimpleQueue[tuple[Change, Future[Any]] | None] = queue.SimpleQueue()
        self._connection = connect(file)
        self._thread = threading.Thread(target=self._run, name=f"commits to {file.name}", daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Queues a change; the future is done after the commit."""
        done: Future[T] = Future()
        # From here on it cannot be cancelled: an answer that was paid for is written even if nobody waits for it any more.
        done.set_running_or_notify_cancel()
        self._waiting.put((change, done))
        return done

    def close(self) -> None:
        """Commits what is queued and ends the thread."""
        self._waiting.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        due = time.monotonic() + self._period
        while True:
            try:
                group, ended = self._gather(self._waiting.get(timeout=self._period))
            except queue.Empty:
                group, ended = [], False
            if time.monotonic() >= due:
                group.append((self._every, Future()))
                due = time.monotonic() + self._period
            if group:
                self._commit(group)
            if ended:
                return

    def _gather(self, first: tuple[Change, Future[Any]] | None) -> tuple[list[tuple[Change, Future[Any]]], bool]:
        group: list[tuple[Change, Future[Any]]] = []
        item = first
        while item is not None:
            group.append(item)
            if len(group) == GROUP or self._waiting.empty():
                return group, False
            item = self._waiting.get()
        return group, True

    def _commit(self, group: list[tuple[Change, Future[Any]]]) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [(done, *self._attempt(change)) for change, done in group]
            self._connection.execute("COMMIT")
            self.commits += 1
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            problem = StorageError(f"answer store {self.file}: {error}. Free some space or choose another place.")
            outcomes = [(done, None, problem) for _, done in group]
        for done, result, problem_ in outcomes:
            if problem_ is None:
                done.set_result(result)
            else:
                done.set_exception(problem_)

    def _attempt(self, change: Change) -> tuple[Any, BaseException | None]:
        self._connection.execute("SAVEPOINT change")
        try:
            result = change(self._connection)
        except sqlite3.OperationalError:
            # The disk or the file: nothing of this commit can be trusted.
            raise
        except Exception as error:  # noqa: BLE001 - handed to whoever submitted the change
            self._connection.execute("ROLLBACK TO change")
            return None, error
        finally:
            if self._connection.in_transaction:
                self._connection.execute("RELEASE change")
        return result, None
