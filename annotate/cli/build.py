"""``annotate build``: the main job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from annotate.cli._recipe_options import effective_recipe, overrides, recipe_options
from annotate.workspace import RUNS

__all__ = ["COMMAND"]


@click.command("build", short_help="Build a dataset from photos.")
@click.option("--split", type=click.Choice(["train", "test", "all"]), default="train", show_default=True, help="Splits to build.")
@click.option(
    "--photos", default="", metavar="DIR", help="Folder of JPEG, PNG, WebP or TIFF files [default: photos inside scikit-image]."
)
@click.option("--out", default="dataset", show_default=True, metavar="DIR", help="Dataset folder.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes for the CPU work [default: one for each core].")
@click.option("--prefect", is_flag=True, help="Run as a Prefect flow; the default where PREFECT_API_URL is set.")
@recipe_options
def COMMAND(split: str, photos: str, out: str, workers: int | None, prefect: bool, **options: Any) -> None:  # noqa: N802
    """Segments photos, distorts their regions, describes them, checks every row and writes Parquet shards.

    Run it again to go on after a stop; finished work is never done twice.

    \b
    Examples:
      annotate build --split train
      annotate build --split all --photos photos/ --out dataset/ --recipe demo --seed 7 --workers 4
      annotate build --teacher openai --teacher-url http://127.0.0.1:8000/v1 --teacher-model NAME
    """  # noqa: D301
    from annotate.cli._progress import summary, terminal_watch  # noqa: PLC0415
    from flows.quiet import api_is_configured, prepare_environment  # noqa: PLC0415

    workers = workers or len(os.sched_getaffinity(0))
    with terminal_watch() as watch:
        if prefect or api_is_configured():
            prepare_environment(Path(out) / RUNS / "prefect")
            from flows.build import run_flow  # noqa: PLC0415

            settings = overrides(options)
            given = {
                "split": split,
                "photos": photos,
                "out": out,
                "recipe": options["recipe"],
                "settings": settings,
                "workers": workers,
            }
            reports = run_flow(given, watch)
        else:
            from annotate.mapping import processes  # noqa: PLC0415
            from annotate.pipeline import BuildOrder, build  # noqa: PLC0415

            order = BuildOrder(effective_recipe(options).recipe, Path(out), split, photos)  # type: ignore[arg-type]
            with processes(workers) as mapper:
                reports = build(order, mapper, watch)
    for report in reports:
        click.echo(summary(report, Path(out)))
