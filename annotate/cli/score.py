"""``annotate score``: the paper's measures for a model's predictions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from annotate.score import Score

__all__ = ["COMMAND"]


@click.command("score", short_help="Score a model's predictions on grounding and referring.")
@click.argument("predictions", metavar="PREDICTIONS.jsonl")
@click.option("--dataset", default="dataset", show_default=True, metavar="DIR", help="The dataset that was predicted.")
@click.option(
    "--split", type=click.Choice(("train", "test")), default="test", show_default=True, help="The split that was predicted."
)
@click.option("--allow-missing", is_flag=True, help="Rows without a prediction count as wrong instead of being refused.")
@click.option("--json", "json_file", metavar="FILE", help="Also write all figures as JSON.")
def COMMAND(predictions: str, dataset: str, split: str, allow_missing: bool, json_file: str | None) -> None:  # noqa: N802
    """Scores predictions: IoU of grounding per sub-task from masks, boxes or points; accuracy of referring.

    One JSON object a line: an id, and answer, mask, bbox, point or types. 95 % bootstrap intervals in brackets.

    \b
    Examples:
      annotate score predictions.jsonl --dataset dataset
      annotate score predictions.jsonl --split train --json score.json
    """  # noqa: D301
    import json  # noqa: PLC0415

    from annotate.dataset import open_dataset  # noqa: PLC0415
    from annotate.predictions import read_predictions  # noqa: PLC0415
    from annotate.score import joined, score  # noqa: PLC0415

    said = read_predictions(Path(predictions))
    rows = joined(open_dataset(Path(dataset)), said, split, allow_missing=allow_missing)
    result = score(rows, said)
    if json_file:
        Path(json_file).write_text(json.dumps(result.as_json(), indent=1) + "\n", encoding="utf-8")
    click.echo(_table(result))


def _table(result: Score) -> str:
    lines = []
    for group, figures in result.figures.items():
        lines.append(f"{group} ({next(iter(figures.values())).rows} rows)")
        lines += [f"  {name:<16} {figure}" for name, figure in figures.items()]
    lines += [f"{task}: {count} rows without a prediction counted as wrong" for task, count in result.missing.items()]
    return "\n".join(lines)
