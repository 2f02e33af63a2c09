"""How work is spread: a Mapper applies a function to chunks, somewhere, in any order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from schemas.errors import AnnotateError

__all__ = ["Mapper", "in_process", "process_pool", "processes", "windowed"]

A = TypeVar("A")
B = TypeVar("B")

_WINDOW = 4  # chunks handed out for each worker: enough to keep it busy, few enough to stop soon


class Mapper(Protocol):
    """Applies a picklable function to picklable chunks and yields results as they are ready, in any order."""

    def __call__(self, function: Callable[[A], B], chunks: Sequence[A], name: str) -> Iterator[B]:
        """``name`` is the stage's name, for people who watch."""
        ...


def in_process(function: Callable[[A], B], chunks: Sequence[A], name: str) -> Iterator[B]:  # noqa: ARG001
    """The Mapper of one worker: one chunk after the other, here."""
    return map(function, chunks)


@contextmanager
def processes(workers: int) -> Iterator[Mapper]:
    """A Mapper over ``workers`` processes; with one worker everything runs in this process."""
    if workers <= 1:
        yield in_process
        return
    with process_pool(workers) as pool:

        def mapper(function: Callable[[A], B], chunks: Sequence[A], name: str) -> Iterator[B]:  # noqa: ARG001
            return windowed(lambda chunk: pool.submit(function, chunk), chunks, workers * _WINDOW)

        yield mapper


@contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """Spawned worker processes, one thread each; pending work is dropped when the block is left by an error."""
    # spawn: forking a process that runs threads (Prefect, Arrow, OpenCV) hangs
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare_worker)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise AnnotateError(
            "A worker process was killed, most often for lack of memory. Finished chunks are kept: "
            "run the same command again, with fewer --workers."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def windowed(submit: Callable[[A], Future[B]], chunks: Sequence[A], window: int) -> Iterator[B]:
    """Results of ``submit`` as they are ready, with at most ``window`` chunks in flight."""
    waiting: set[Future[Any]] = set()
    for chunk in chunks:
        if len(waiting) >= window:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
        waiting.add(submit(chunk))
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to handle
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    cv2.setNumThreads(1)  # one process for each core already
    pa.set_cpu_count(1)
