"""``annotate verify``: proves a dataset from its files, and from its photos if they are given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotate.stages.verify import Report

__all__ = ["COMMAND"]

_SHOWN = 5  # findings printed for each rule; --json has all


@click.command("verify", short_help="Prove that a dataset is true of its files and photos.")
@click.argument("dataset", default="dataset", metavar="[DATASET]")
@click.option("--photos", metavar="DIR", help="Photos the dataset was made from, or 'embedded': renders every picture again.")
@click.option("--json", "json_file", metavar="FILE", help="Also write the whole report as JSON; - writes it to standard output.")
@click.option("--workers", type=click.IntRange(1), help="Processes; as many as there are cores by default.")
def COMMAND(dataset: str, photos: str | None, json_file: str | None, workers: int | None) -> None:  # noqa: N802
    """Derives everything computed in a dataset again and says, rule by rule, what differs.

    Exit code 3 if the dataset contradicts itself or its photos.

    \b
    Examples:
      annotate verify dataset
      annotate verify dataset --photos PHOTOS --json report.json
      annotate verify dataset --photos embedded
    """  # noqa: D301
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415

    from annotate.cli._progress import terminal_watch  # noqa: PLC0415
    from annotate.mapping import processes  # noqa: PLC0415
    from annotate.stages.verify import verify_dataset  # noqa: PLC0415
    from schemas.errors import VerificationError  # noqa: PLC0415

    files = _photo_files(photos) if photos else None
    with terminal_watch() as watch, processes(workers or os.cpu_count() or 1) as mapper:
        report = verify_dataset(Path(dataset), files, mapper, watch)
    if json_file:
        text = json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n"
        click.echo(text, nl=False) if json_file == "-" else Path(json_file).write_text(text, encoding="utf-8")
    click.echo(_text(report), err=json_file == "-")
    if report.faults:
        raise VerificationError(f"{dataset}: {len(report.faults)} findings by {len(set(_broken(report)))} rules; see above.")


def _photo_files(place: str) -> Mapping[str, Path]:
    """Photo files by sha256."""
    from annotate.sources import sources  # noqa: PLC0415
    from schemas.keys import file_sha256  # noqa: PLC0415

    source, folder = ("embedded", "") if place == "embedded" else ("folder", place)
    return {file_sha256(file.path): file.path for file in sources.get(source).files(folder)}


def _broken(report: Report) -> list[str]:
    return [rule for rule, count in report.counts.items() if count]


def _text(report: Report) -> str:
    lines = []
    for rule, count in report.counts.items():
        lines.append(f"{'ok  ' if not count else 'FAIL'} {rule:<12} {count or ''}".rstrip())
        shown = [fault.finding for fault in report.faults if fault.rule == rule][:_SHOWN]
        lines += [f"       {finding.code}: {finding.message} [{finding.subject}]" for finding in shown]
        if count > _SHOWN:
            lines.append(f"       and {count - _SHOWN} more")
    speed = report.rows / report.seconds if report.seconds else 0.0
    again = f", {report.rendered} pictures rendered again" if report.rendered else ""
    verdict = "accepted" if not report.faults else "NOT accepted"
    return "\n".join(
        [*lines, f"{verdict}: {report.rows} rows, {report.pictures} pictures{again}, {report.seconds:.1f} s ({speed:.0f} rows/s)"]
    )
