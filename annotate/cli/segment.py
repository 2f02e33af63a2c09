"""``annotate segment``: fills the mask store ahead of a build; draws the regions of a photo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotate.cli._recipe_options import effective_recipe, recipe_options

__all__ = ["COMMAND"]


class _FillUnlessNamed(click.Group):
    """``annotate segment PHOTOS...`` is short for ``annotate segment fill PHOTOS...``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the default verb in front of photos and options."""
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["fill", *args]
        return super().parse_args(ctx, args)


@click.group("segment", cls=_FillUnlessNamed, short_help="Segment photos ahead of a build; draw regions.")
def COMMAND() -> None:  # noqa: N802
    """Segments photos ahead of a build, or draws the regions of one.

    \b
    Examples:
      annotate segment photos/ --store masks.sqlite
      annotate segment show photos/one.jpg
    """  # noqa: D301


@COMMAND.command("fill", short_help="Keep the masks of photos in a store.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTOS...")
@click.option("--store", metavar="FILE", help="SQLite file for the masks.  [default: the recipe's regions.store]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@recipe_options
def fill_store(photos: tuple[str, ...], store: str | None, workers: int, **options: Any) -> None:
    """Segments photos (files or folders) and keeps their masks, so that builds with the same store find them there.

    A photo that leaves too few regions is named with its reason.

    \b
    Examples:
      annotate segment fill photos/ --store masks.sqlite --segmenter sam --sam-checkpoint sam_vit_b.pth
      annotate build --split train --photos photos/ --segmenter sam --sam-checkpoint sam_vit_b.pth \\
          --set regions.store=masks.sqlite
    """  # noqa: D301
    from rich.progress import Progress  # noqa: PLC0415

    from annotate.mapping import processes  # noqa: PLC0415
    from annotate.photos.segmenting import fill, photo_files  # noqa: PLC0415
    from annotate.stages.segment import session  # noqa: PLC0415

    recipe = effective_recipe(options).recipe
    if store:
        recipe = recipe.model_copy(update={"regions": recipe.regions.model_copy(update={"store": store})})
    if not recipe.regions.store:
        raise click.UsageError("Say where the masks are kept: --store FILE, or regions.store in the recipe.")
    session(recipe.regions)  # mistakes show before any work
    files = photo_files(photos)
    with Progress(transient=True) as progress, processes(workers) as mapper:
        bar = progress.add_task("segment", total=len(files))
        report = fill(files, recipe, mapper, lambda: progress.advance(bar))
    for photo in report.skipped:
        click.echo(f"skipped ({photo.code}): {photo.reason}")
    regions = sum(photo.regions for photo in report.photos)
    click.echo(
        f"{len(report.photos)} photos, {regions} regions, {len(report.skipped)} photos skipped. Masks: {recipe.regions.store}"
    )
    if report.refusals:
        click.echo("Proposals refused: " + ", ".join(f"{count} {code}" for code, count in sorted(report.refusals.items())))


@COMMAND.command("show", short_help="Draw the regions of a photo.")
@click.argument("photo", metavar="PHOTO", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Picture.  [default: NAME.regions.png]"
)
@recipe_options
def show(photo: Path, out: Path | None, **options: Any) -> None:
    """Draws the regions of a photo with their numbers and phrases, and prints what is known of each.

    \b
    Example:
      annotate segment show photos/one.jpg --out one.regions.png
    """  # noqa: D301
    from annotate.regions.drawing import draw  # noqa: PLC0415
    from annotate.sources import PhotoFile  # noqa: PLC0415
    from annotate.stages.segment import examine  # noqa: PLC0415
    from annotate.stages.source import load, scan  # noqa: PLC0415

    recipe = effective_recipe(options).recipe
    scanned = scan(PhotoFile(photo, photo.name), recipe.photos)
    image = load(scanned, recipe.photos)
    found = examine(scanned, image, recipe.regions)
    for region in found.regions:
        place = f"box {region.bbox}, {100 * region.area / image[..., 0].size:.1f} %, {region.vertical} {region.horizontal}"
        click.echo(f"{region.index}  {region.phrase}  [{place}, click {region.click}]")
    if found.refusals:
        click.echo("Proposals refused: " + ", ".join(f"{count} {code}" for code, count in sorted(found.refusals.items())))
    target = out or Path(f"{photo.stem}.regions.png")
    draw(image, found.regions).save(target)
    click.echo(f"Drawn in {target}.")
