"""Where photos come from. One file is one source; ``annotate.sources`` is also the entry-point group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from schemas.registry import Registry

__all__ = ["PhotoFile", "Source", "sources"]


@dataclass(frozen=True)
class PhotoFile:
    """A file that may hold a photo. ``name`` is stored in rows; ``licence`` is empty if the source states none."""

    path: Path
    name: str
    licence: str = ""


class Source(Protocol):
    """Lists photo files; reads none of them."""

    name: str

    def files(self, place: str) -> Sequence[PhotoFile]:
        """The files of ``place``, sorted by name.

        Raises:
            UsageError: there is no such place or nothing in it could be a photo.
        """
        ...


sources: Registry[Source] = Registry("source", __name__)
