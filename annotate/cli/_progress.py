"""Progress of a build on a terminal, and the words it ends with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from annotate.pipeline import BuildReport

__all__ = ["TerminalWatch", "summary", "terminal_watch"]


class TerminalWatch:
    """One bar for each stage; where output is no terminal, one line when a stage ends."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress, self._console = progress, console
        self._bar: TaskID | None = None
        self._note = ""

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """Shows a bar until the block ends."""
        bar = self._bar = self._progress.add_task(f"{name} ({unit})", total=total or None, note="")
        done, self._note = 0, ""

        def advance(number: int) -> None:
            nonlocal done
            done += number
            self._progress.advance(bar, number)

        yield advance
        self._progress.update(bar, total=max(done, 1), completed=max(done, 1))
        if not self._console.is_terminal:
            self._console.print(f"{name}: {done} {unit} {self._note}".rstrip(), highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """Shows ``text`` behind the bar."""
        self._note = text
        if self._bar is not None:
            self._progress.update(self._bar, note=text)


class _LogNotes(logging.Handler):
    """Shows what stages log, for example how far a batch is, as notes; where output is no terminal, as lines."""

    def __init__(self, watch: TerminalWatch, console: Console) -> None:
        super().__init__(logging.INFO)
        self._watch, self._console = watch, console

    def emit(self, record: logging.LogRecord) -> None:
        self._watch.note(record.getMessage())
        if not self._console.is_terminal:
            self._console.print(record.getMessage(), highlight=False, soft_wrap=True)


@contextmanager
def terminal_watch() -> Iterator[TerminalWatch]:
    """A Watch on standard error."""
    console = Console(stderr=True)
    words, note = TextColumn("{task.description:<18}"), TextColumn("{task.fields[note]}")
    columns = (SpinnerColumn(), words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), note)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        watch = TerminalWatch(progress, console)
        ours, notes = logging.getLogger("annotate"), _LogNotes(watch, console)
        ours.addHandler(notes)
        ours.setLevel(logging.INFO)
        try:
            yield watch
        finally:
            ours.removeHandler(notes)


def summary(report: BuildReport, dataset: Path) -> str:
    """What was written, where, how to look at it and what to run next."""
    manifest = report.manifest
    if manifest is None:
        return f"{report.split}: nothing was written."
    if report.already_done:
        total = sum(manifest.rows.values())
        return f"{report.split}: all is done already, {total} rows in {dataset}/. Use another --out to build again."
    total = sum(manifest.rows.values())
    rows = ", ".join(f"{kind} {number}" for kind, number in manifest.rows.items())
    seconds = sum(value for name, value in report.seconds.items() if not name.startswith("cpu."))
    lines = [
        f"{report.split}: {total} rows about {manifest.pictures} pictures from {manifest.photos} photos, in {seconds:.1f} s.",
        f"  rows       {rows}",
        f"  written    {dataset}/data/<task>/{report.split}-*.parquet ({len(manifest.files)} files)",
    ]
    if manifest.quarantined:
        left = ", ".join(f"{code} {number}" for code, number in manifest.quarantined.items())
        lines.append(f"  left out   {left}; reasons in {dataset}/quarantine/{report.split}.parquet")
    lines += [f"  missing    {item.kind}: {item.got} of {item.wanted}" for item in manifest.shortfalls]
    lines += [
        f"  look       annotate show {dataset}",
        f"  check      annotate verify {dataset}",
        f'  load       datasets.load_dataset("{dataset}", "grounding", split="{report.split}")',
    ]
    return "\n".join(lines)
