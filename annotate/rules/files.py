"""The files are those of the manifest: all there, unchanged, whole, of the tasks' schemas, and no other shard beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from annotate.dataset import Dataset, Entry
from annotate.tasks import tasks
from schemas.keys import file_sha256
from schemas.manifest import ShardFile
from schemas.tables import arrow_schema
from schemas.values import Finding

__all__ = ["PLUGIN", "Files"]

_NAME = re.compile(r"data/(?P<task>\w+)/(?P<split>\w+)-(?P<number>\d{5})-of-(?P<total>\d{5})\.parquet")


class Files:
    """Shards against the manifest."""

    name = "files"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at every shard and at everything under ``data/``."""
        listed = [shard.path for _, shard in dataset.shards()]
        for path, number in Counter(listed).items():
            if number > 1:
                yield _finding(path, f"listed {number} times in the manifest")
        for split, shard in dataset.shards():
            yield from (_finding(shard.path, problem) for problem in _shard(dataset, split, shard))
        found = {
            str(path.relative_to(dataset.folder).as_posix()) for path in (dataset.folder / "data").rglob("*") if path.is_file()
        }
        for path in sorted(found - set(listed)):
            yield _finding(path, "lies in the dataset but not in the manifest")


def _shard(dataset: Dataset, split: str, shard: ShardFile) -> Iterator[str]:
    path = dataset.path(shard)
    if not path.is_file():
        yield "is in the manifest but missing"
        return
    if file_sha256(path) != shard.sha256:
        yield "is not the file that was published: its sha256 differs from the manifest's"
    if shard.task not in tasks.names():
        yield f"holds rows of an unknown task, {shard.task!r}"
        return
    name = _NAME.fullmatch(shard.path)
    siblings = sum(1 for _ in dataset.shards(shard.task, split))
    if not name or name["task"] != shard.task or name["split"] != split or int(name["total"]) != siblings:
        yield f"is not named as one of {siblings} {split} shards of {shard.task}"
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        yield f"is no whole Parquet file: {error}"
        return
    if file.metadata.num_rows != shard.rows:
        yield f"has {file.metadata.num_rows} rows, the manifest says {shard.rows}"
    if not file.schema_arrow.equals(arrow_schema(tasks.get(shard.task).row)):
        yield f"does not have the columns of {shard.task} rows"


def _finding(path: str, problem: str) -> Finding:
    return Finding(code="files", message=f"{path}: {problem}", subject=path)


PLUGIN = Files()
