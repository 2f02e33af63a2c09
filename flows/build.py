"""The build as a Prefect flow: the same composition, each chunk a task run in a shared pool of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from annotate.mapping import WINDOW, Pending, process_pool, windowed
from annotate.pipeline import BuildOrder, BuildReport, build
from annotate.recipes import load_recipe
from annotate.watch import Silent, Watch
from schemas.errors import AnnotateError

__all__ = ["build_dataset", "run_flow"]

A = TypeVar("A")
B = TypeVar("B")

_terminal: ContextVar[Watch] = ContextVar("terminal", default=Silent())  # noqa: B039


def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    """A retry helps against a lost worker, never against a wrong setting or a full disk."""
    return not isinstance(state.result(raise_on_failure=False), AnnotateError)


@task(
    task_run_name="{stage}-{number:05d}",
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_help,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def run_chunk(stage: str, number: int, pool: Executor, function: Callable[[A], B], chunk: A) -> B:  # noqa: ARG001
    """Runs a chunk function in the pool and waits for it. ``stage`` and ``number`` name the task run."""
    return pool.submit(function, chunk).result()


@flow(
    name="annotate-build",
    flow_run_name="build-{split}",
    # threads only wait for the pool of processes; without a bound Prefect would start one for each chunk
    task_runner=ThreadPoolTaskRunner[Any](max_workers=64),  # type: ignore[arg-type]  # its type variable is invariant
    persist_result=False,
)
def build_dataset(
    split: Literal["train", "test", "all"] = "train",
    photos: str = "",
    out: str = "dataset",
    recipe: str = "demo",
    settings: dict[str, Any] | None = None,
    workers: int = 2,
) -> list[BuildReport]:
    """Builds a dataset; running it again goes on or finds that all is done.

    Args:
        split: splits to build.
        photos: folder of photos; empty for the photos inside scikit-image.
        out: dataset folder.
        recipe: a recipe's name or a TOML file.
        settings: dotted settings that override the recipe, for example {"plan.variants": 2}.
        workers: processes for the CPU work.
    """
    order = BuildOrder(load_recipe(recipe, settings).recipe, Path(out), split, photos)
    with process_pool(workers) as pool:

        def mapper(function: Callable[[A], B], chunks: Sequence[A], name: str) -> Iterator[B]:
            def submit(numbered: tuple[int, A]) -> Pending[B]:
                number, chunk = numbered
                # quoted: Prefect would search every field of a job for futures
                run = run_chunk.submit(name, number, quote(pool), quote(function), quote(chunk))  # type: ignore[call-overload]
                return cast("Pending[B]", run)

            return windowed(submit, enumerate(chunks), WINDOW * workers)

        reports = build(order, mapper, FlowWatch(_terminal.get()))
    create_markdown_artifact(_markdown(reports, out), key="annotate-build", description="What the build wrote")
    return reports


class FlowWatch:
    """A progress artifact for each stage, beside whatever the terminal shows."""

    def __init__(self, terminal: Watch) -> None:
        self._terminal = terminal

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Shows the stage's share in the UI."""
        artifact = cast("UUID", create_progress_artifact(progress=0.0, key=f"stage-{name}", description=f"{total} {unit}"))
        done = 0
        with self._terminal.stage(name, total, unit) as advance:

            def both(number: int) -> None:
                nonlocal done
                done += number
                advance(number)
                update_progress_artifact(artifact, progress=min(100.0, 100.0 * done / max(total, done, 1)))

            yield both
        update_progress_artifact(artifact, progress=100.0)
        get_run_logger().info("%s: %d %s", name, done, unit)

    def note(self, text: str) -> None:
        """Shows it on the terminal."""
        self._terminal.note(text)


def run_flow(parameters: dict[str, Any], terminal: Watch) -> list[BuildReport]:
    """Runs the flow from the command line, with the terminal's progress beside Prefect's."""
    token = _terminal.set(terminal)
    try:
        reports: list[BuildReport] = build_dataset(**parameters)
        return reports
    finally:
        _terminal.reset(token)


def _markdown(reports: Sequence[BuildReport], out: str) -> str:
    lines = [f"# Dataset `{out}`", "", "| split | kind | rows |", "|---|---|---|"]
    for report in reports:
        rows = report.manifest.rows if report.manifest else {}
        lines += [f"| {report.split} | {kind} | {number} |" for kind, number in rows.items()]
    return "\n".join(lines)
