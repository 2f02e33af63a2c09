"""``annotate plan``: how many photos a recipe needs, before anything is distorted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotate.cli._recipe_options import effective_recipe, recipe_options

__all__ = ["COMMAND"]


@click.command("plan", short_help="Tell whether the photos suffice for a recipe's quotas.")
@click.option("--photos", default="", metavar="DIR", help="Folder of photos [default: photos inside scikit-image].")
@click.option(
    "--out", default="dataset", show_default=True, metavar="DIR", help="Dataset folder; scans are kept there for the build."
)
@click.option(
    "--sample", type=click.IntRange(1), default=48, show_default=True, help="Photos that are segmented for the estimate."
)
@click.option("--save", metavar="FILE", help="Write the whole plan as Parquet (segments every photo).")
@recipe_options
def COMMAND(photos: str, out: str, sample: int, save: str | None, **options: Any) -> None:  # noqa: N802
    """Reads the photos, segments a sample of them and tells for every quota what can be expected and what falls short.

    Nothing is distorted and nothing is written but the scans. Exit code 4 if a quota will not be met.

    \b
    Examples:
      annotate plan --recipe iqa-spider-33k --photos photos/
      annotate plan --recipe demo --save plan.parquet
    """  # noqa: D301
    from annotate.cli._progress import terminal_watch  # noqa: PLC0415
    from annotate.planning.planner import Planner  # noqa: PLC0415
    from schemas.errors import ShortageError  # noqa: PLC0415

    recipe = effective_recipe(options).recipe
    with terminal_watch() as watch:
        planner = Planner(photos, Path(out), recipe, watch)
        rows = planner.forecast(sample)
        if save:
            click.echo(f"{save}: {planner.save(Path(save))} planned pictures.")
    click.echo(planner.summary())
    for row in rows:
        click.echo(f"  {row}")
    short = [row for row in rows if not row.fits]
    if short:
        raise ShortageError(f"{len(short)} of {len(rows)} quotas will not be met; see above.")
    click.echo("The photos suffice." if rows else "The recipe has no quotas: every question that passes is taken.")
