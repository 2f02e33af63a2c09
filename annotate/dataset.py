"""Reader of a dataset folder: manifest, recipe, rows without their pictures, pictures once each.

Rows are read by column projection, so the picture bytes of a shard are touched only by who asks for them, and then each
picture of a row group once (the column is dictionary-encoded).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from annotate.tasks import tasks
from schemas.errors import UsageError
from schemas.keys import digest
from schemas.manifest import Manifest, ShardFile
from schemas.recipe import Recipe, content_settings
from schemas.rows import SCHEMA_VERSION, Row, Source
from schemas.tables import arrow_schema
from schemas.values import RegionState

__all__ = [
    "MANIFEST",
    "RECIPE",
    "Dataset",
    "Entry",
    "RowGroup",
    "entry",
    "open_dataset",
    "pictures_of",
    "plain_rows",
    "read_rows",
    "row_columns",
    "row_ids",
]

MANIFEST = "manifest.json"
RECIPE = "recipe.json"


@dataclass(frozen=True)
class RowGroup:
    """A row group of a shard: what is read at once. Picklable."""

    path: Path
    task: str
    split: str
    number: int
    rows: int


class Entry(NamedTuple):
    """What is remembered of a row when the dataset is looked at as a whole."""

    id: str
    task: str
    kind: str
    """quota it counts for"""
    split: str
    shard_split: str
    """split of the shard that holds it"""
    picture: str
    """id of the picture"""
    image_sha256: str
    source: str
    """sha256 of the photo's file"""
    target: int
    """region asked about, -1 for the whole picture"""
    question: str
    recipe_digest: str
    shared: str
    """digest of everything that all rows of the picture must have in common"""


@dataclass(frozen=True)
class Dataset:
    """A dataset folder whose manifest and recipe could be read."""

    folder: Path
    manifest: Manifest
    recipe: Recipe
    recipe_digest: str
    """of the recipe file's own settings, so that one written before a setting was added keeps its digest"""

    def shards(self, task: str = "", split: str = "") -> Iterator[tuple[str, ShardFile]]:
        """(split, shard) by split and name, as the manifest lists them; of one task or split if named."""
        for name, part in self.manifest.splits.items():
            for shard in part.files:
                if split in ("", name) and task in ("", shard.task):
                    yield name, shard

    def path(self, shard: ShardFile) -> Path:
        """Where a shard lies."""
        return self.folder / shard.path

    def row_groups(self, split: str, shard: ShardFile) -> Iterator[RowGroup]:
        """The row groups of a shard, in order.

        Raises:
            OSError, pyarrow.ArrowException: the shard is missing or is no whole Parquet file.
        """
        metadata = pq.read_metadata(self.path(shard))
        for number in range(metadata.num_row_groups):
            yield RowGroup(self.path(shard), shard.task, split, number, metadata.row_group(number).num_rows)

    def ids(self, task: str, split: str = "") -> list[str]:
        """Ids of a task's rows, in order."""
        return [
            name for part, shard in self.shards(task, split) for group in self.row_groups(part, shard) for name in row_ids(group)
        ]

    def rows(self, task: str, split: str = "") -> Iterator[Row]:
        """Rows of a task without their picture bytes, one row group in memory at a time."""
        for name, shard in self.shards(task, split):
            for group in self.row_groups(name, shard):
                yield from read_rows(group)

    @cached_property
    def quarantined(self) -> Mapping[str, pa.Table | None]:
        """The quarantine table of each split, None where it is missing or no Parquet file."""
        return {split: _table(self.folder / "quarantine" / f"{split}.parquet") for split in self.manifest.splits}


def open_dataset(folder: Path) -> Dataset:
    """Reads manifest and recipe of a dataset folder.

    Raises:
        UsageError: no dataset lies there, it is damaged beyond reading, or a newer version of the project wrote it.
    """
    if not (folder / MANIFEST).is_file():
        raise UsageError(
            f"{folder}: no {MANIFEST} lies here, so this is no finished dataset. Build one with: annotate build --out {folder}"
        )
    manifest = _json(folder / MANIFEST)
    version = manifest.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise UsageError(
            f"{folder / MANIFEST}: the dataset has schema version {version}, this installation reads up to {SCHEMA_VERSION}. "
            "Install a newer annotate-quality."
        )
    settings = _json(folder / RECIPE)
    recipe = _model(Recipe, settings, folder / RECIPE)
    return Dataset(
        folder, _model(Manifest, manifest, folder / MANIFEST), recipe, digest(_only(settings, content_settings(recipe)))
    )


def entry(row: Row, task: str, shard_split: str) -> Entry:
    """What is remembered of a row."""
    return Entry(
        id=row.id,
        task=task,
        kind=str(getattr(row, "subtask", getattr(row, "form", task))),
        split=row.split,
        shard_split=shard_split,
        picture=PurePosixPath(row.image.path).stem,
        image_sha256=row.image_sha256,
        source=row.source.sha256,
        target=int(getattr(row, "target", -1)),
        question=row.question,
        recipe_digest=row.provenance.recipe_digest,
        shared=_shared(row.regions, row.source, (row.width, row.height, row.image_sha256, row.provenance.versions)),
    )


def row_columns(task: str) -> list[str]:
    """The columns of a task's rows without the picture bytes."""
    names = arrow_schema(tasks.get(task).row).names
    return ["image.path" if name == "image" else name for name in names]


def plain_rows(group: RowGroup) -> list[dict[str, Any]]:
    """The rows of a group as plain values, not validated, without picture bytes.

    Raises:
        OSError, pyarrow.ArrowInvalid, pyarrow.ArrowException: the shard is damaged or lacks a column.
    """
    table: pa.Table = pq.ParquetFile(group.path).read_row_group(group.number, columns=row_columns(group.task), use_threads=False)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def row_ids(group: RowGroup) -> list[str]:
    """Ids of the rows of a group, in order; reads nothing else."""
    ids: list[str] = pq.ParquetFile(group.path).read_row_group(group.number, columns=["id"])["id"].to_pylist()
    return ids


def read_rows(group: RowGroup) -> Sequence[Row]:
    """The rows of a group, validated, without picture bytes."""
    model = tasks.get(group.task).row
    return [model.model_validate(row) for row in plain_rows(group)]


def pictures_of(group: RowGroup) -> Iterator[tuple[str, bytes | None]]:
    """(path, PNG file) of the distinct pictures of a group, in order of appearance; a path with two files is yielded twice."""
    file = pq.ParquetFile(group.path, read_dictionary=["image.bytes"])
    image = file.read_row_group(group.number, columns=["image"], use_threads=False)["image"].combine_chunks()
    data, paths = image.field("bytes"), image.field("path").to_pylist()
    files = data.dictionary
    seen: dict[tuple[str, int | None], None] = dict.fromkeys(zip(paths, data.indices.to_pylist(), strict=True))
    for path, index in seen:
        yield path, None if index is None else files[index].as_py()


@lru_cache(maxsize=64)
def _shared(regions: tuple[RegionState, ...], source: Source, others: tuple[int, int, str, str]) -> str:
    return digest([region.model_dump(mode="json") for region in regions], source.model_dump(), others)


def _table(path: Path) -> pa.Table | None:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException):
        return None


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise UsageError(f"{path}: holds no JSON object")
    return value


def _only(settings: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without those that ``wanted`` lacks."""
    return {
        name: _only(value, wanted[name]) if isinstance(wanted[name], dict) and isinstance(value, dict) else value
        for name, value in settings.items()
        if name in wanted
    }


def _model(model: Any, value: dict[str, Any], path: Path) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {place}: {first['msg']}") from error
