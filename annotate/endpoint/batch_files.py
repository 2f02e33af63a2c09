"""Batch files: JSONL of requests, cut to what endpoints take, and result files read line by line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.endpoint.outcomes import Event, Failure, failure_of_status

__all__ = ["MOST_BYTES", "MOST_REQUESTS", "BatchFile", "Result", "read_results", "request_line", "write_files"]

MOST_REQUESTS = 50_000
MOST_BYTES = 190_000_000
"""OpenAI takes 200 MB a file; with pictures this binds long before the number of requests"""


@dataclass(frozen=True)
class BatchFile:
    """A written file and the keys of its requests, in order."""

    path: Path
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """One line of an output or error file."""

    key: str
    raw: bytes = b""
    """the completion's bytes"""
    failure: Failure | None = None
    """why there are none"""


def request_line(key: str, body: bytes) -> bytes:
    """One request as the batch API and ``vllm run-batch`` read it; ``custom_id`` is the question's key."""
    return b'{"custom_id":"' + key.encode() + b'","method":"POST","url":"/v1/chat/completions","body":' + body + b"}\n"


def write_files(lines: Iterable[tuple[str, bytes]], folder: Path, stem: str, most: tuple[int, int]) -> Iterator[BatchFile]:
    """Writes (key, line) pairs to files of at most ``most`` (requests, bytes); each is yielded when it is durable."""
    folder.mkdir(parents=True, exist_ok=True)
    keys: list[str] = []
    size, number = 0, 0
    file = None
    for key, line in lines:
        if file is not None and (len(keys) == most[0] or size + len(line) > most[1]):
            yield _closed(file, keys)
            file, keys, size = None, [], 0
        if file is None:
            file = (folder / f"{stem}-{number:04d}.jsonl").open("wb")
            number += 1
        file.write(line)
        keys.append(key)
        size += len(line)
    if file is not None:
        yield _closed(file, keys)


def _closed(file: Any, keys: Sequence[str]) -> BatchFile:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    return BatchFile(Path(file.name), tuple(keys))


def read_results(text: bytes) -> Iterator[Result]:
    """The results of an output or error file; lines that cannot be read are passed over, their requests count as left over."""
    for line in text.splitlines():
        try:
            entry = json.loads(line, strict=False)
            key = str(entry["custom_id"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        yield _result(key, entry)


def _result(key: str, entry: dict[str, Any]) -> Result:
    response, error = _mapping(entry.get("response")), _mapping(entry.get("error"))
    body, status = response.get("body"), response.get("status_code")
    if status == 200 and isinstance(body, dict) and "choices" in body:
        return Result(key, json.dumps(body, ensure_ascii=False).encode())
    if isinstance(status, int) and status:
        return Result(key, failure=failure_of_status(status, {}, body, ""))
    said = f"{error.get('code') or 'error'}: {error.get('message') or 'no answer'}"
    return Result(key, failure=Failure(Event.TRANSIENT, said))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
