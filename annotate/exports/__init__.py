"""Other forms of a finished dataset. One file is one format; ``annotate.exports`` is also the entry-point group."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from annotate.watch import Watch
from schemas.registry import Registry

__all__ = ["Export", "exports"]


class Export(Protocol):
    """Writes a dataset in another format, as a stream: never more than one row group in memory."""

    name: str

    def write(self, dataset: Path, out: Path, watch: Watch) -> None:
        """Reads the dataset folder and writes ``out`` in one atomic step."""
        ...


exports: Registry[Export] = Registry("export format", __name__)
