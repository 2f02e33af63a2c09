"""Files are written here: to a temporary name first, then renamed, so that none is ever seen half-written."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from schemas.errors import StorageError
from schemas.tables import arrow_schema, from_table, to_table

__all__ = ["disk_errors", "read_values", "write_bytes", "write_file", "write_folder", "write_table", "write_values"]

M = TypeVar("M", bound=BaseModel)

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG}


def write_file(path: Path, write: Callable[[Path], object], *, durable: bool = False) -> None:
    """Calls ``write`` with a temporary path beside ``path`` and renames the result.

    Args:
        path: final place; its folder is made if missing.
        write: writes the file it is given.
        durable: also force the bytes to disk before the rename; for commit marks, so that one never outlives its data.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        write(temporary)
        if durable:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Writes ``data`` in one atomic step."""
    write_file(path, lambda temporary: temporary.write_bytes(data), durable=durable)


def write_folder(path: Path, write: Callable[[Path], object]) -> None:
    """Calls ``write`` with a temporary folder beside ``path`` and renames it: all of its files appear at once or none does."""
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        write(temporary)
        temporary.rename(path)
    finally:
        rmtree(temporary, ignore_errors=True)


def write_table(path: Path, table: pa.Table) -> None:
    """Writes a table as a Parquet file in one atomic, durable step."""
    write_file(path, lambda temporary: pq.write_table(table, temporary, compression="zstd"), durable=True)


def write_values(path: Path, values: Iterable[M], model: type[M]) -> None:
    """Writes values as a Parquet file with the model's columns."""
    write_table(path, to_table(values, model))


def read_values(path: Path, model: type[M]) -> list[M]:
    """The values of a file written by ``write_values``."""
    return list(from_table(pq.read_table(path, schema=arrow_schema(model)), model))


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns a full or forbidden disk into a StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK and "No space left" not in str(error):
            raise
        place = error.filename or folder
        raise StorageError(
            f"{place}: {error.strerror or error}. Nothing finished is lost: make room or fix the permissions, "
            "then run the same command again."
        ) from error
