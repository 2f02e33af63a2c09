"""``annotate score``: the paper's measures for a model's predictions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from annotate.scoring.score import Score

__all__ = ["COMMAND"]


@click.command("score", short_help="Score a model's predictions on grounding and referring.")
@click.argument("predictions", metavar="PREDICTIONS.jsonl")
@click.option("--dataset", default="dataset", show_default=True, metavar="DIR", help="The dataset that was predicted.")
@click.option(
    "--split", type=click.Choice(("train", "test")), default="test", show_default=True, help="The split that was predicted."
)
@click.option("--allow-missing", is_flag=True, help="Rows without a prediction count as wrong instead of being refused.")
@click.option("--judge-model", default="", metavar="MODEL", help="An LMM that marks texts: descriptions 0-10, grounding 0-5.")
@click.option("--judge-url", default="", metavar="URL", help="Its OpenAI-compatible endpoint; the key comes from OPENAI_API_KEY.")
@click.option("--judge-rounds", type=click.IntRange(1), default=3, show_default=True, help="How often each text is judged.")
@click.option("--budget-usd", type=float, help="Most dollars for the judge.")
@click.option("--json", "json_file", metavar="FILE", help="Also write all figures as JSON.")
def COMMAND(  # noqa: N802 - one argument for each option
    predictions: str, dataset: str, split: str, json_file: str | None, *, allow_missing: bool, judge_rounds: int, **judge: Any
) -> None:
    """Scores predictions: IoU of grounding per sub-task from masks, boxes or points; accuracy of referring; marks of a judge.

    One JSON object a line: an id, and answer, mask, bbox, point or types. 95 % bootstrap intervals in brackets.

    \b
    Examples:
      annotate score predictions.jsonl --dataset dataset
      annotate score predictions.jsonl --split train --json score.json
      annotate score predictions.jsonl --judge-url http://localhost:8000/v1 --judge-model MODEL
    """  # noqa: D301
    import json  # noqa: PLC0415

    from annotate.dataset import open_dataset  # noqa: PLC0415
    from annotate.scoring.judge import judge_texts  # noqa: PLC0415
    from annotate.scoring.predictions import read_predictions  # noqa: PLC0415
    from annotate.scoring.score import joined, score  # noqa: PLC0415
    from schemas.recipe import TeacherSettings  # noqa: PLC0415

    said = read_predictions(Path(predictions))
    rows = joined(open_dataset(Path(dataset)), said, split, allow_missing=allow_missing)
    marked = []
    if judge["judge_model"]:
        settings = TeacherSettings(
            name="openai", url=judge["judge_url"], model=judge["judge_model"], budget_usd=judge["budget_usd"]
        )
        marked = judge_texts(rows, said, settings, Path(f"{predictions}.judged"), judge_rounds)
    result = score(rows, said, marked)
    if json_file:
        Path(json_file).write_text(json.dumps(result.as_json(), indent=1) + "\n", encoding="utf-8")
    click.echo(_table(result))


def _table(result: Score) -> str:
    lines = []
    for group, figures in result.figures.items():
        lines.append(f"{group} ({next(iter(figures.values())).rows} rows)")
        lines += [f"  {name:<16} {figure}" for name, figure in figures.items()]
    lines += [f"{task}: {count} rows without a prediction counted as wrong" for task, count in result.missing.items()]
    lines += [f"{kind}: {count} texts without a mark; name a judge with --judge-model" for kind, count in result.unjudged.items()]
    return "\n".join(lines)
