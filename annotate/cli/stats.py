"""``annotate stats``: how varied the texts of a dataset are, and how well its answers can be guessed without the pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotate.dataset import Dataset
    from annotate.language.text_statistics import TextStatistics
    from annotate.scoring.blind_baselines import Blind

__all__ = ["COMMAND"]


@click.command("stats", short_help="Say how varied the texts are and what can be guessed blind.")
@click.argument("dataset", default="dataset", metavar="[DATASET]")
@click.option("--split", default="", help="Only this split; all together by default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def COMMAND(dataset: str, split: str, as_json: bool) -> None:  # noqa: N802
    """Counts words, repetitions and openings of questions and answers, and says what can be guessed without the pixels.

    \b
    Examples:
      annotate stats dataset
      annotate stats dataset --split train --json
    """  # noqa: D301
    import json  # noqa: PLC0415

    from annotate.dataset import open_dataset  # noqa: PLC0415
    from annotate.scoring.blind_baselines import blind_baselines  # noqa: PLC0415

    opened = open_dataset(Path(dataset))
    found, blind = _text_statistics(opened, split), blind_baselines(opened, split)
    if as_json:
        texts = {name: numbers.as_json() for name, numbers in found.items()}
        click.echo(json.dumps({"texts": texts, "blind": [each.as_json() for each in blind]}, indent=1, ensure_ascii=False))
    else:
        click.echo(_table(found))
        click.echo(_blind_table(blind))


def _text_statistics(dataset: Dataset, split: str) -> dict[str, TextStatistics]:
    """Statistics by name of the texts: "local_description answer (grammar)" and so on."""
    from annotate.language.text_statistics import text_statistics  # noqa: PLC0415

    texts: dict[str, list[str]] = {}
    for name, text in _texts(dataset, split):
        texts.setdefault(name, []).append(text)
    return {name: text_statistics(texts[name]) for name in sorted(texts)}


def _texts(dataset: Dataset, split: str) -> list[tuple[str, str]]:
    """(name, text) of every question and answer, by kind of row and teacher; for grounding the part that a teacher wrote."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    found = []
    for _, shard in dataset.shards(split=split):
        wanted = ["question", "answer", "provenance", "subtask", "form", "semantic"]
        present = pq.read_schema(dataset.path(shard)).names
        for row in pq.read_table(dataset.path(shard), columns=[name for name in wanted if name in present]).to_pylist():
            kind = " ".join(filter(None, (shard.task, row.get("subtask") or row.get("form"))))
            found.append((f"{kind}: question", row["question"]))
            found.append((f"{kind}: answer ({row['provenance']['teacher']})", row.get("semantic") or row["answer"]))
    return found


def _table(found: dict[str, TextStatistics]) -> str:
    head = ("texts", "words", "unique", "vocab.", "dist-2", "gzip", "sBLEU4", "MTLD", "opening")
    width = max([4, *map(len, found)])
    lines = [" ".join((f"{'':{width}}", *(f"{name:>7}" for name in head)))]
    for name, numbers in found.items():
        values = (
            f"{numbers.texts}", f"{numbers.words:.1f}", f"{numbers.unique:.3f}", f"{numbers.vocabulary}",
            f"{numbers.distinct_2:.3f}",
            f"{numbers.gzip_ratio:.2f}", f"{numbers.self_bleu_4:.3f}", f"{numbers.mtld:.0f}", f"{numbers.commonest_opening:.1%}",
        )  # fmt: skip
        lines.append(" ".join((f"{name:{width}}", *(f"{value:>7}" for value in values))) + f"  {numbers.opening!r}")
    return "\n".join(lines)


def _blind_table(found: Sequence[Blind]) -> str:
    """Shares of answers guessed without the pixels; a lead beyond its noise means that the plan gives something away."""
    if not found:
        return "Too few grounding and referring rows to say how well their answers can be guessed without the pixels."
    lines = [f"{'guessed without the pixels':44} {'rows':>6} {'right':>7} {'chance':>7} {'lead':>6}"]
    for each in found:
        name = f"{each.answer}, by {each.guesser}"
        lines.append(
            f"{name:44} {each.rows:>6} {each.accuracy:>7.1%} {each.chance:>7.1%} {each.lead:>+6.1f} (noise {each.noise:.1f})"
        )
    return "\n".join(lines)
