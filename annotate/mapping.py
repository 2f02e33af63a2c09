"""How work is spread: a Mapper applies a function to chunks, somewhere, in any order."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol, TypeVar

from schemas.errors import AnnotateError

__all__ = ["WINDOW", "Mapper", "Pending", "in_process", "process_pool", "processes", "windowed"]

A = TypeVar("A")
B = TypeVar("B")
R_co = TypeVar("R_co", covariant=True)

WINDOW = 4  # chunks handed out for each worker: enough to keep it busy, few enough to stop soon


class Pending(Protocol[R_co]):
    """Something submitted that will have a result: a future of the standard library or of Prefect."""

    def result(self) -> R_co:
        """Waits for it; raises what the work raised."""
        ...


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
            return windowed(lambda chunk: pool.submit(function, chunk), chunks, workers * WINDOW)

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


def windowed(submit: Callable[[A], Pending[B]], chunks: Iterable[A], window: int) -> Iterator[B]:
    """Results of ``submit`` in order, with at most ``window`` chunks in flight."""
    waiting: deque[Pending[B]] = deque()
    for chunk in chunks:
        if len(waiting) >= window:
            yield waiting.popleft().result()
        waiting.append(submit(chunk))
    while waiting:
        yield waiting.popleft().result()


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to handle
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import cv2  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    cv2.setNumThreads(1)  # one process for each core already
    pa.set_cpu_count(1)
