"""Write: sorted rows and their pictures become Parquet shards; a split appears in the manifest when all its files stand."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from annotate import __version__
from annotate.dataset_card import card
from annotate.store import write_bytes, write_file, write_values
from annotate.tasks import tasks
from annotate.workspace import Workspace
from schemas.keys import digest, file_sha256
from schemas.manifest import Manifest, ShardFile, Shortfall, SplitManifest
from schemas.recipe import Recipe, WriteSettings, content_settings
from schemas.rows import SCHEMA_VERSION
from schemas.tables import arrow_schema
from schemas.values import Quarantined

__all__ = ["Left", "publish", "read_manifest", "write_shards"]

_MEGA = 1_000_000
_DICTIONARY_LIMIT = 2**31 - 1  # above any row group's pictures, so that each is stored once (measured: 40 MB against 400)


@dataclass(frozen=True)
class Left:
    """What a split did without, for its manifest and its quarantine file."""

    quarantined: Sequence[Quarantined]
    refused: Mapping[str, int]
    shortfalls: Sequence[Shortfall]


def read_manifest(dataset: Path) -> Manifest | None:
    """The manifest of a dataset folder, None if nothing was published yet."""
    path = dataset / "manifest.json"
    return Manifest.model_validate_json(path.read_bytes()) if path.is_file() else None


def publish(
    workspace: Workspace, recipe: Recipe, places: Sequence[Path], left: Left, advance: Callable[[int], None]
) -> SplitManifest:
    """Writes a split's shards, quarantine, recipe, card and, last, the manifest that makes them visible.

    Args:
        workspace: the split's run.
        recipe: its ``write`` settings cut shards and row groups.
        places: committed text chunks.
        left: what was left out.
        advance: is called with the number of rows written.
    """
    files: list[ShardFile] = []
    counts: Counter[str] = Counter()
    pictures: set[str] = set()
    photos: set[str] = set()
    for task in tasks.all():
        table = _gather(places, task.name, arrow_schema(task.row))
        files += write_shards(workspace, task.name, table, recipe.write, advance)
        counts.update(_kinds(task.name, table))
        pictures.update(pc.struct_field(table["image"], "path").to_pylist())
        photos.update(pc.struct_field(table["source"], "sha256").to_pylist())
    _remove_strays(workspace, files)
    quarantined = sorted(left.quarantined, key=lambda item: (item.stage, item.subject, item.code))
    write_values(workspace.dataset / "quarantine" / f"{workspace.split}.parquet", quarantined, Quarantined)
    manifest = SplitManifest(
        split=workspace.split,
        photos=len(photos),
        pictures=len(pictures),
        rows=dict(sorted(counts.items())),
        refused=dict(sorted(left.refused.items())),
        quarantined=dict(sorted(Counter(item.code for item in quarantined).items())),
        shortfalls=tuple(left.shortfalls),
        files=tuple(files),
    )
    _enter(workspace.dataset, recipe, manifest)
    return manifest


def write_shards(
    workspace: Workspace, task: str, table: pa.Table, settings: WriteSettings, advance: Callable[[int], None]
) -> list[ShardFile]:
    """Writes a task's sorted rows as ``data/<task>/<split>-0000i-of-0000N.parquet``."""
    if not table.num_rows:
        return []
    shards = list(_cut(_picture_sizes(workspace, table), settings))
    written = []
    for number, groups in enumerate(shards):
        name = f"data/{task}/{workspace.split}-{number:05d}-of-{len(shards):05d}.parquet"
        path = workspace.dataset / name
        write_file(path, lambda temporary, groups=groups: _write_shard(temporary, table, groups, workspace, advance))  # type: ignore[misc]
        rows = sum(stop - start for start, stop in groups)
        written.append(ShardFile(path=name, task=task, sha256=file_sha256(path), rows=rows))
    return written


def _gather(places: Sequence[Path], task: str, schema: pa.Schema) -> pa.Table:
    tables = [pq.read_table(place / f"{task}.parquet", schema=schema) for place in places]
    table = pa.concat_tables([*tables, schema.empty_table()]).combine_chunks()
    path = pc.struct_field(table["image"], "path")
    order = pc.sort_indices(pa.table({"path": path, "id": table["id"]}), [("path", "ascending"), ("id", "ascending")])
    return table.take(order)


def _kinds(task: str, table: pa.Table) -> dict[str, int]:
    column = next((name for name in ("subtask", "form") if name in table.column_names), None)
    if not table.num_rows:
        return {}
    return dict(Counter(table[column].to_pylist())) if column else {task: table.num_rows}


def _picture_sizes(workspace: Workspace, table: pa.Table) -> list[tuple[int, int]]:
    """(rows, bytes) of each picture in order; rows of one picture are adjacent."""
    paths = pc.struct_field(table["image"], "path").to_pylist()
    rows = Counter(paths)
    return [(count, workspace.picture(Path(path).stem).stat().st_size) for path, count in rows.items()]


def _cut(pictures: Sequence[tuple[int, int]], settings: WriteSettings) -> Iterator[list[tuple[int, int]]]:
    """Shards as lists of row groups (start, stop); pictures are never divided."""
    groups: list[tuple[int, int]] = []
    row = start = in_group = in_shard = 0
    for rows, size in pictures:
        if in_group and in_group + size > settings.row_group_megabytes * _MEGA:
            groups.append((start, row))
            start, in_group = row, 0
            if in_shard + size > settings.shard_megabytes * _MEGA:
                yield groups
                groups, in_shard = [], 0
        row, in_group, in_shard = row + rows, in_group + size, in_shard + size
    yield [*groups, (start, row)]


def _write_shard(
    path: Path, table: pa.Table, groups: Sequence[tuple[int, int]], workspace: Workspace, advance: Callable[[int], None]
) -> None:
    features = {"info": {"features": {"image": {"_type": "Image"}}}}
    schema = table.schema.with_metadata({"huggingface": json.dumps(features)})
    with pq.ParquetWriter(
        path,
        schema,
        compression=_codecs(schema),
        use_dictionary=True,
        dictionary_pagesize_limit=_DICTIONARY_LIMIT,
        write_page_index=True,
    ) as writer:
        for start, stop in groups:
            rows = _with_bytes(table.slice(start, stop - start), workspace)
            writer.write_table(rows.cast(schema), row_group_size=stop - start)
            advance(stop - start)


@cache
def _codecs(schema: pa.Schema) -> dict[str, str]:
    """Compress everything with zstd but the pictures, which PNG has compressed already."""
    buffer = io.BytesIO()
    pq.write_table(schema.empty_table(), buffer)
    columns = pq.read_schema(buffer) and pq.ParquetFile(buffer).schema
    paths = [columns.column(index).path for index in range(len(columns))]
    return {path: "NONE" if path == "image.bytes" else "ZSTD" for path in paths}


def _with_bytes(rows: pa.Table, workspace: Workspace) -> pa.Table:
    paths = pc.struct_field(rows["image"], "path").to_pylist()
    files = {path: workspace.picture(Path(path).stem).read_bytes() for path in dict.fromkeys(paths)}
    data = pa.array([files[path] for path in paths], pa.binary())
    image = pa.StructArray.from_arrays([data, pa.array(paths, pa.string())], names=["bytes", "path"])
    return rows.set_column(rows.column_names.index("image"), "image", image)


def _remove_strays(workspace: Workspace, files: Sequence[ShardFile]) -> None:
    """Shards of an earlier, unfinished publication with another number of files."""
    kept = {workspace.dataset / file.path for file in files}
    for path in (workspace.dataset / "data").glob(f"*/{workspace.split}-*.parquet"):
        if path not in kept:
            path.unlink()


def _enter(dataset: Path, recipe: Recipe, split: SplitManifest) -> None:
    before = read_manifest(dataset)
    splits = (before.splits if before else {}) | {split.split: split}
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        made_with=f"annotate-quality {__version__}",
        recipe=recipe.name,
        recipe_digest=digest(content_settings(recipe)),
        seed=recipe.seed,
        splits=dict(sorted(splits.items())),
    )
    write_bytes(dataset / "recipe.json", (recipe.model_dump_json(indent=1) + "\n").encode())
    write_bytes(dataset / "README.md", card(manifest).encode())
    write_bytes(dataset / "manifest.json", (manifest.model_dump_json(indent=1) + "\n").encode(), durable=True)
