"""``annotate segmenter``: which segmenters and checkpoints there are; downloads a checkpoint."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["COMMAND"]


@click.group("segmenter", short_help="List segmenters, download checkpoints.")
def COMMAND() -> None:  # noqa: N802
    """Lists the segmenters and their published checkpoints, downloads a checkpoint."""


@COMMAND.command("list")
def list_segmenters() -> None:
    """Lists the segmenters, and the published checkpoints with where they lie on this machine.

    \b
    Example:
      annotate segmenter list
    """  # noqa: D301
    from annotate.segmenters import segmenters  # noqa: PLC0415
    from annotate.segmenters._sam_published import PUBLISHED  # noqa: PLC0415

    click.echo("Segmenters (recipe: regions.segmenter)")
    for name in segmenters.names():
        click.echo(f"  {name:<14} {_about(name)}")
    click.echo("\nCheckpoints (recipe: regions.options.checkpoint)")
    for one in PUBLISHED.values():
        size = f"{one.size / 1e6:,.0f} MB" if one.size else "size not stated"
        place = str(one.path) if one.path.is_file() else f"not here; annotate segmenter fetch {one.name}"
        click.echo(f"  {one.name:<6} {one.segmenter:<10} {size:>15}  {one.licence}  {place}")
        click.echo(f"  {'':<6} {one.url}\n  {'':<6} sha256 {one.sha256}")


@COMMAND.command("trial")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def write_trial(file: Path) -> None:
    """Writes a small checkpoint for trials of the segmenter sam: no trained weights, a click gives a blob around it.

    \b
    Example:
      annotate segmenter trial trial.pth
      annotate build --segmenter sam --sam-checkpoint trial.pth --set regions.options.points_per_side=12
    """  # noqa: D301
    from schemas.errors import PluginError, StorageError  # noqa: PLC0415

    try:
        from annotate.segmenters._sam_trial import save  # noqa: PLC0415

        save(file)
    except ImportError as error:
        raise PluginError(f"a trial checkpoint needs torch: {error}. Install annotate-quality[sam].") from error
    except (OSError, RuntimeError) as error:  # torch raises RuntimeError for a folder that is not there
        raise StorageError(f"{file}: cannot be written: {error}.") from error
    click.echo(f"{file}\n  use  annotate build --segmenter sam --sam-checkpoint {file} --set regions.options.points_per_side=12")


def _about(name: str) -> str:
    """First sentence of the plug-in's module, or why it cannot be used."""
    import sys  # noqa: PLC0415

    from annotate.segmenters import segmenters  # noqa: PLC0415
    from schemas.errors import PluginError  # noqa: PLC0415

    try:
        module = sys.modules[type(segmenters.get(name)).__module__]
    except PluginError as error:
        return f"cannot be used: {error}"
    return (module.__doc__ or "").partition("\n")[0].replace("``", "")


@COMMAND.command("fetch")
@click.argument("name", metavar="CHECKPOINT")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder to put it in.  [default: the cache]"
)
@click.option("--url", help="Another address of the same file, for example a mirror; its sha256 is checked all the same.")
def fetch_checkpoint(name: str, folder: Path | None, url: str | None) -> None:
    """Downloads a published checkpoint and checks its sha256; goes on where an earlier download stopped.

    \b
    Examples:
      annotate segmenter fetch vit_b
      annotate build --segmenter sam --sam-checkpoint vit_b
    """  # noqa: D301
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn  # noqa: PLC0415

    from annotate.segmenters._download import fetch  # noqa: PLC0415
    from annotate.segmenters._sam_published import published  # noqa: PLC0415

    wanted = published(name)
    target = folder / wanted.file if folder else wanted.path
    console = Console(stderr=True)
    columns = (TextColumn(wanted.file), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=wanted.size)
        came = fetch(wanted, target, lambda done, total: progress.update(bar, completed=done, total=total or wanted.size), url)
    how = "fetched and checked" if came else "is here already and whole"
    use = name if folder is None else target
    click.echo(
        f"{wanted.name} {how}: {target}\n"
        f"  use  annotate build --segmenter {wanted.segmenter} --set regions.options.checkpoint={use}"
    )
