"""``annotate answers``: what a teacher was paid for, taken out of a store and into another."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotate.endpoint.store import AnswerStore

__all__ = ["COMMAND"]


@click.group("answers", short_help="Export, import and take in answers that were paid for.")
def COMMAND() -> None:  # noqa: N802
    """Answers of a teacher, kept for good in an answer store (answers.sqlite in a run's folder, or teacher.store).

    \b
    Examples:
      annotate answers export dataset/ answers.parquet
      annotate answers import answers.parquet shared.sqlite
      annotate build --set teacher.store=shared.sqlite --teacher openai --teacher-model NAME
    """  # noqa: D301


@COMMAND.command("export")
@click.argument("place", type=click.Path(exists=True, path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
def export(place: Path, file: Path) -> None:
    """Writes the answers of PLACE (a dataset folder or a store file) to FILE (Parquet).

    Others can build the same dataset from it without paying.

    \b
    Example:
      annotate answers export dataset/ answers.parquet
    """  # noqa: D301
    from annotate.endpoint.interchange import export_answers  # noqa: PLC0415
    from schemas.errors import UsageError  # noqa: PLC0415

    stores = [place] if place.is_file() else sorted((place / ".annotate").glob("*/answers.sqlite"))
    if not stores:
        raise UsageError(f"{place}: there is no answer store in this dataset folder; the embedded teacher needs none.")
    for number, store_file in enumerate(stores):
        target = file if len(stores) == 1 else file.with_stem(f"{file.stem}-{store_file.parent.name}")
        with _opened(store_file) as store:
            click.echo(f"{export_answers(store, target)} answers written to {target} (store {number + 1} of {len(stores)})")


@COMMAND.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("store", type=click.Path(dir_okay=False, path_type=Path))
def import_(file: Path, store: Path) -> None:
    """Takes the answers of FILE (Parquet) into STORE, which is made if it does not exist.

    Name the store in the recipe (teacher.store) and a build asks only for what is missing.

    \b
    Example:
      annotate answers import answers.parquet shared.sqlite
    """  # noqa: D301
    from annotate.endpoint.interchange import import_answers  # noqa: PLC0415

    with _opened(store) as opened:
        done = import_answers(opened, file)
        click.echo(f"{done.added} answers taken in, {done.known} were there already: {store}")


@COMMAND.command("ingest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("store", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--prices", default="", metavar="FILE", help="Price file (TOML) that adds to the built-in one, as teacher.prices.")
def ingest(file: Path, store: Path, prices: str) -> None:
    """Takes the results in FILE (JSONL of a batch API or of vllm run-batch) into STORE, by their custom_id.

    \b
    Example:
      annotate answers ingest results.jsonl shared.sqlite
    """  # noqa: D301
    from annotate.endpoint.ingest import take_in  # noqa: PLC0415
    from annotate.endpoint.prices import read_prices  # noqa: PLC0415

    with _opened(store) as opened:
        answered, failed = take_in(opened, file.read_bytes(), read_prices(prices))
        click.echo(f"{answered} answers and {failed} failures taken in: {store}")


@contextmanager
def _opened(file: Path) -> Iterator[AnswerStore]:
    """One open store, closed afterwards."""
    from annotate.endpoint.store import AnswerStore  # noqa: PLC0415

    store = AnswerStore(file)
    try:
        yield store
    finally:
        store.close()
