"""``annotate show``: draws sampled rows for people to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from annotate.dataset import Dataset

__all__ = ["COMMAND"]

_TASKS = ("global_description", "local_description", "grounding", "referring")
_PAGE = 12  # rows on one sheet


@click.command("show", short_help="Draw rows as pictures with masks, question and answer.")
@click.argument("dataset", default="dataset", metavar="[DATASET]")
@click.option("--task", "only", type=click.Choice(_TASKS), help="Only this task.")
@click.option("--split", type=click.Choice(("train", "test")), help="Only this split.")
@click.option("--count", type=click.IntRange(1), default=12, show_default=True, help="Rows of each task.")
@click.option("--picture", is_flag=True, help="Instead, one picture with a row of each task.")
@click.option("--out", metavar="DIR", help="Where the PNG sheets go; DATASET-sheets by default.")
def COMMAND(dataset: str, only: str | None, split: str | None, count: int, picture: bool, out: str | None) -> None:  # noqa: N802
    """Draws a sample of rows, the same one every time: picture, outlined regions (the one asked about in yellow), question,
    answer and what was done to each region.

    \b
    Examples:
      annotate show dataset
      annotate show dataset --task grounding --count 40 --out sheets
      annotate show dataset --picture
    """  # noqa: D205, D301
    from annotate.dataset import open_dataset  # noqa: PLC0415
    from annotate.sheets import sample, sheet  # noqa: PLC0415
    from schemas.errors import UsageError  # noqa: PLC0415

    folder = Path(out or f"{dataset.rstrip('/')}-sheets")
    opened, written = open_dataset(Path(dataset)), 0
    folder.mkdir(parents=True, exist_ok=True)
    if picture:
        _draw_one_picture(opened, split or "", folder)
        return
    for task in (only,) if only else _TASKS:
        rows = list(sample(opened, task, count, split or ""))
        for page, start in enumerate(range(0, len(rows), _PAGE), start=1):
            path = folder / f"{task}-{page:02d}.png"
            sheet(rows[start : start + _PAGE]).save(path)
            click.echo(f"{path}: {len(rows[start : start + _PAGE])} rows")
            written += 1
    if not written:
        raise UsageError(f"{dataset}: no rows of {only or 'any task'}{f' in split {split}' if split else ''} to show.")


def _draw_one_picture(opened: Dataset, split: str, folder: Path) -> None:
    from annotate.sheets import about_one_picture, draw_picture  # noqa: PLC0415
    from schemas.errors import UsageError  # noqa: PLC0415

    shown = about_one_picture(opened, split)
    if not shown:
        raise UsageError("No picture of the dataset has rows of all tasks; leave --picture out.")
    draw_picture(shown).save(folder / "picture.png")
    click.echo(f"{folder / 'picture.png'}: {len(shown)} rows")
