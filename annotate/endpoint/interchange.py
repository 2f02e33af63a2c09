"""Answers as Parquet: taken out of one store and into another, so that a dataset can be built again without paying."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from annotate.endpoint.store import AnswerStore
from schemas.errors import UsageError
from schemas.keys import sha256
from schemas.tables import arrow_schema
from schemas.values import Value

__all__ = ["Exchange", "StoredAnswer", "export_answers", "import_answers"]

GROUP = 2000
"""answers in memory at once"""


class StoredAnswer(Value):
    """One answer of a model to one question. Holds no key, address, price or path."""

    key: Annotated[str, Field(description="sha256 of body: what decides whether two questions are the same")]
    kind: Annotated[str, Field(description="what was asked: global, local, long, grounding, labels")]
    model: str
    body: Annotated[str, Field(description="canonical JSON of the question; pictures are stood for by their digests")]
    raw: Annotated[str, Field(description="the response as it came, JSON text")]
    accepted: Annotated[bool | None, Field(description="verdict of the checks; null if there was none")] = None
    findings: Annotated[str, Field(description="JSON list of [code, message] that the checks had against it")] = "[]"


@dataclass(frozen=True)
class Exchange:
    """What an import did."""

    added: int
    known: int


def export_answers(store: AnswerStore, file: Path) -> int:
    """Writes every stored answer to a Parquet file, by key; the number of answers."""
    schema = arrow_schema(StoredAnswer)
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(store):
            writer.write_table(pa.Table.from_pylist([answer.model_dump() for answer in group], schema=schema))
            count += len(group)
    return count


def import_answers(store: AnswerStore, file: Path) -> Exchange:
    """Takes in the answers of an exported file; those that are there already are left alone.

    Raises:
        UsageError: the file is none of ours, or a question in it does not have the key it claims.
    """
    added = known = 0
    for answer in _read(file):
        if sha256(answer.body.encode()) != answer.key:
            raise UsageError(
                f"{file}: the question with key {answer.key[:12]}… was changed after export. Nothing after it was taken in."
            )
        new = store.add(answer.body, answer.key, answer.kind, answer.model, answer.raw.encode()).result()
        added, known = added + new, known + (not new)
    return Exchange(added, known)


def _groups(store: AnswerStore) -> Iterator[list[StoredAnswer]]:
    query = (
        "SELECT attempt.id, request.key, request.kind, request.model, request.body, attempt.raw, "
        "(SELECT min(accepted) FROM verdict WHERE verdict.key = request.key), "
        "(SELECT findings FROM verdict WHERE verdict.key = request.key ORDER BY item LIMIT 1) "
        "FROM attempt JOIN request USING (key) WHERE attempt.state = 'answered' AND (request.key, attempt.id) > (?, ?) "
        "ORDER BY request.key, attempt.id LIMIT ?"
    )
    last: tuple[str, int] = ("", 0)
    while rows := store.read(query, (*last, GROUP)):
        last = (rows[-1][1], rows[-1][0])
        yield [_answer(row) for row in rows]


def _answer(row: tuple[int, str, str, str, str, bytes, int | None, str | None]) -> StoredAnswer:
    _, key, kind, model, body, raw, accepted, findings = row
    text = zlib.decompress(raw).decode("utf-8", "replace")
    verdict = None if accepted is None else bool(accepted)
    return StoredAnswer(key=key, kind=kind, model=model, body=body, raw=text, accepted=verdict, findings=findings or "[]")


def _read(file: Path) -> Iterator[StoredAnswer]:
    try:
        with pq.ParquetFile(file) as table:
            names = set(StoredAnswer.model_fields)
            if not names <= set(table.schema_arrow.names):
                missing = ", ".join(sorted(names - set(table.schema_arrow.names)))
                raise UsageError(f"{file} is no export of answers: it lacks the columns {missing}.")
            for batch in table.iter_batches(GROUP, columns=sorted(names)):
                for row in batch.to_pylist():
                    json.loads(row["body"])
                    yield StoredAnswer.model_validate(row)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise UsageError(f"{file} cannot be read as an export of answers: {error}.") from error
