"""``annotate screen``: which photos are not clean, drawn on a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotate.cli._recipe_options import effective_recipe, recipe_options

__all__ = ["COMMAND"]


@click.command("screen", short_help="Show which photos a build would refuse as not clean.")
@click.argument("photos", metavar="DIR")
@click.option("--out", default="screen.png", show_default=True, metavar="FILE", help="The sheet of refused photos.")
@recipe_options
def COMMAND(photos: str, out: str, **options: Any) -> None:  # noqa: N802
    """Measures blur, blockiness, noise and clipping of every photo in DIR and draws those above the recipe's [screen] limits.

    Nothing is changed and nothing is built. A build refuses them where the recipe says screen.enabled = true.

    \b
    Examples:
      annotate screen photos/
      annotate screen photos/ --set screen.max_blur=0.35 --out blurred.png
    """  # noqa: D301
    from rich.progress import track  # noqa: PLC0415

    from annotate.photos.screening import screen, sheet  # noqa: PLC0415
    from annotate.sources import sources  # noqa: PLC0415

    recipe = effective_recipe(options).recipe
    files = sources.get("folder").files(photos)
    screened = [screen(file, recipe.photos, recipe.screen) for file in track(files, "screening", transient=True)]
    refused = [photo for photo in screened if photo.reasons]
    for photo in refused:
        click.echo(f"{photo.name}: {'; '.join(photo.reasons)}")
    click.echo(f"{len(screened)} photos measured, {len(refused)} would be refused.")
    if refused:
        sheet(screened).save(Path(out))
        click.echo(f"Drawn in {out}.")
