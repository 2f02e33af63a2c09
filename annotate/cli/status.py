"""``annotate status``: how far a dataset folder is."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["COMMAND"]


@click.command("status", short_help="Show how far a build is.")
@click.argument("dataset", default="dataset", metavar="[DATASET]")
def COMMAND(dataset: str) -> None:  # noqa: N802
    """Shows what is finished in a dataset folder and what a build would still do.

    \b
    Example:
      annotate status dataset
    """  # noqa: D301
    from annotate.stages.write import read_manifest  # noqa: PLC0415
    from annotate.workspace import RUNS  # noqa: PLC0415
    from schemas.errors import UsageError  # noqa: PLC0415

    folder = Path(dataset)
    if not (folder / RUNS).is_dir() and not (folder / "manifest.json").is_file():
        raise UsageError(f"{dataset}: no build has run here; start one with: annotate build --out {dataset}")
    manifest = read_manifest(folder)
    for split in ("train", "test"):
        if manifest and split in manifest.splits:
            done = manifest.splits[split]
            click.echo(f"{split}: finished, {sum(done.rows.values())} rows in {len(done.files)} files")
        elif (folder / RUNS / split / "run.json").is_file():
            click.echo(f"{split}: {_progress(folder, split)}; run the same build command again to go on")


def _progress(folder: Path, split: str) -> str:
    import json  # noqa: PLC0415

    import pyarrow.parquet as pq  # noqa: PLC0415

    from annotate.workspace import Workspace  # noqa: PLC0415

    workspace = Workspace(folder, split)  # type: ignore[arg-type]
    total = json.loads((workspace.folder / "run.json").read_text(encoding="utf-8"))["photos"]["number"]
    rendered = sum(pq.read_metadata(path).num_rows for path in workspace.committed("render"))
    texts = sum(1 for path in (workspace.folder / "text").glob("*") if not path.name.startswith("."))
    return f"{rendered} of {total} photos rendered, {texts} chunks described"
