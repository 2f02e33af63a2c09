"""``annotate distortions order``: does it matter which of two distortions comes first?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["order"]


@click.command("order")
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--of", "functions", default="dq495k", show_default=True, metavar="NAME", help="A taxonomy.")
@click.option("--level", default=2, show_default=True, type=click.IntRange(1, 5), help="Level of both distortions.")
@click.option("--every", is_flag=True, help="All functions of each category, not its first one alone.")
@click.option(
    "--side", default=384, show_default=True, type=click.IntRange(32), help="Photos are shrunk to this long side in pixels."
)
@click.option("--seed", default=0, show_default=True, help="Keys the random draws.")
def order(photos: tuple[Path, ...], functions: str, level: int, every: bool, side: int, seed: int) -> None:
    """Measures, for each pair of categories that may follow each other, how far A-then-B is from B-then-A.

    PHOTOS are files or folders. The table is Markdown: the mean absolute difference of the two results, and its perceived
    strength from 0 (nobody can tell the order) to 1.

    \b
    Examples:
      annotate distortions order photo.jpg
      annotate distortions order photos/ --every --level 3
    """  # noqa: D301
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    from annotate.planning.orders import as_table, order_gaps, pairs_to_measure  # noqa: PLC0415

    files = [file for photo in photos for file in _files(photo)]
    if not files:
        raise click.UsageError("PHOTOS: the folders named hold no .png, .jpg or .jpeg file.")
    pairs = pairs_to_measure(functions, every=every)
    bar = track(files, "measuring", transient=True, console=Console(stderr=True))
    gaps = [gap for file in bar for gap in order_gaps(_loaded(file, side), pairs, level, seed)]
    click.echo(as_table(gaps))


def _files(photo: Path) -> list[Path]:
    if photo.is_dir():
        return sorted(file for file in photo.iterdir() if file.suffix.lower() in {".png", ".jpg", ".jpeg"})
    return [photo]


def _loaded(file: Path, side: int) -> NDArray[np.uint8]:
    import numpy as np  # noqa: PLC0415
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        with Image.open(file) as photo:
            picture = photo.convert("RGB")
    except UnidentifiedImageError as error:
        raise click.UsageError(f"{file}: not a picture that can be read ({error}).") from error
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.array(picture)
