"""``annotate distortions``: what there is, what one does, and how all look on a photo."""

from __future__ import annotations

from pathlib import Path

import click

from annotate.cli._distortions_order import order

__all__ = ["COMMAND"]


@click.group("distortions", short_help="List, explain and draw the distortions.")
def COMMAND() -> None:  # noqa: N802
    """The distortion library: its functions, their numbers, and how they look.

    \b
    Examples:
      annotate distortions list --of kadid25
      annotate distortions show blur.gaussian
      annotate distortions sheet photo.jpg --out sheet.png
      annotate distortions order photo.jpg
    """  # noqa: D301


COMMAND.add_command(order)


@COMMAND.command("list")
@click.option("--of", "functions", default="", metavar="NAME", help="A taxonomy, for example dq495k; all by default.")
@click.option("--levels", is_flag=True, help="Print the level table as TOML, ready to be changed in a recipe.")
def list_(functions: str, levels: bool) -> None:
    """Names, categories and taxonomies, one line each; a star marks those that draw at random.

    \b
    Examples:
      annotate distortions list
      annotate distortions list --of dq495k --levels > levels.toml
    """  # noqa: D301
    from distortions import get, list_distortions, pool  # noqa: PLC0415

    chosen = pool(functions) if functions else tuple(get(name) for name in list_distortions() if _installed(name))
    if levels:
        from distortions.level_tables import as_toml  # noqa: PLC0415

        click.echo(as_toml(chosen), nl=False)
        return
    for one in chosen:
        star = "*" if one.random else " "
        click.echo(f"{one.name:38}{star} {one.category:22}{one.taxonomy}")


@COMMAND.command("show")
@click.argument("name")
def show(name: str) -> None:
    """What a distortion does: its words, the numbers of its levels, how far it reads, where they come from.

    \b
    Example:
      annotate distortions show blur.gaussian
    """  # noqa: D301
    from distortions.level_tables import describe  # noqa: PLC0415

    click.echo(describe(name), nl=False)


@COMMAND.command("sheet")
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--of", "functions", default="dq495k", show_default=True, metavar="NAME", help="A taxonomy or one distortion.")
@click.option("--region", is_flag=True, help="Distort a region in the middle instead of the whole photo.")
@click.option("--seed", default=0, show_default=True, help="Keys the random draws.")
@click.option("--out", default="sheet.png", show_default=True, type=click.Path(dir_okay=False, path_type=Path), help="The sheet.")
def sheet(photo: Path, functions: str, region: bool, seed: int, out: Path) -> None:
    """Draws a photo at all levels of all functions; a cross marks a level that is no severity in its source.

    \b
    Examples:
      annotate distortions sheet photo.jpg
      annotate distortions sheet photo.jpg --of kadid25 --region --out kadid.png
    """  # noqa: D301
    import numpy as np  # noqa: PLC0415
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    from distortions import pool  # noqa: PLC0415
    from distortions.sheet import contact_sheet  # noqa: PLC0415

    chosen = pool(functions)
    try:
        pixels = np.array(Image.open(photo).convert("RGB"))
    except (UnidentifiedImageError, OSError) as error:
        raise click.BadParameter(f"{photo}: not a readable picture ({error})", param_hint="PHOTO") from error
    rows = track(chosen, "drawing", transient=True)
    contact_sheet(pixels, rows, region=region, seed=seed).save(out)
    click.echo(f"{len(chosen)} distortions drawn in {out}.")


def _installed(name: str) -> bool:
    from distortions import get  # noqa: PLC0415
    from schemas.errors import PluginError  # noqa: PLC0415

    try:
        get(name)
    except PluginError:
        return False
    return True
