"""Who writes prose. One file is one teacher; ``annotate.teachers`` is also the entry-point group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from schemas.recipe import TeacherSettings
from schemas.registry import Registry
from schemas.values import Answer, Ask, Finding, Photo, Picture, Quarantined, Region

__all__ = ["Labeller", "Metered", "Named", "Pixels", "Teacher", "Writer", "teachers"]


class Pixels(Protocol):
    """Lets a teacher see what it writes about."""

    def picture(self, picture: Picture) -> bytes:
        """The PNG file of a rendered picture."""
        ...

    def photo(self, photo: Photo) -> NDArray[np.uint8]:
        """A pristine photo, uint8 RGB H x W x 3."""
        ...


class Writer(Protocol):
    """A teacher with its settings, ready to be asked."""

    def write(self, asks: Sequence[Ask], pixels: Pixels) -> Iterator[Answer | Quarantined]:
        """One Answer or Quarantined (subject = the request's id) for each ask, in any order, as they become ready.

        An answer that cost money is on disk before it is yielded. Deterministic where the teacher is.

        Raises:
            TeacherError: the endpoint refuses to work at all.
            BudgetError: the cap was reached; everything paid for is kept.
        """
        ...


class Named(NamedTuple):
    """A pristine photo and the regions to be named."""

    photo: Photo
    regions: tuple[Region, ...]


@runtime_checkable
class Labeller(Protocol):
    """What a writer that can see offers besides: better names for regions."""

    def label(self, photos: Sequence[Named], pixels: Pixels) -> Iterator[tuple[str, tuple[str, ...] | Quarantined]]:
        """(sha256 of the photo, one label for each region, or why there is none), in any order."""
        ...


@runtime_checkable
class Metered(Protocol):
    """What a writer that keeps every text or costs money offers besides."""

    def judged(self, ask: Ask, answer: Answer, findings: Sequence[Finding]) -> None:
        """Keeps the verdict on a text beside it; no findings: the text was accepted."""
        ...

    def spending(self) -> dict[str, float]:
        """US dollars of the run so far: spent_usd, reserved_usd (in flight or perhaps billed), saved_usd (by stored answers)."""
        ...

    def close(self) -> None:
        """Lets go of files; the writer is not used any more."""
        ...


class Teacher(Protocol):
    """A kind of teacher; heavy imports happen in ``open``."""

    name: str
    runs: ClassVar[Literal["workers", "main"]]
    """workers: pure CPU work, mapped over chunks like any stage; main: one event loop in the main process holds all requests"""

    def check(self, settings: TeacherSettings) -> None:
        """Refuses settings that cannot work, before any work is done.

        Raises:
            UsageError, BudgetError: with the setting's name and what to do.
        """
        ...

    def open(self, settings: TeacherSettings, folder: Path) -> Writer:
        """A writer; ``folder`` is the run's own folder, where answers may be stored."""
        ...


teachers: Registry[Teacher] = Registry("teacher", __name__)
