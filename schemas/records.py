"""What chunks of a build commit to the run's folder, one record for each photo."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.values import Candidate, Photo, Picture, Quarantined, Value

__all__ = ["Count", "RenderRecord", "ScanRecord"]


class Count(Value):
    """How often something happened."""

    code: str
    number: int


class ScanRecord(Value):
    """A photo file that was read: the photo, or why it cannot be used."""

    photo: Photo | None = None
    refused: Quarantined | None = None


class RenderRecord(Value):
    """A photo that was rendered: its pictures and every question they can answer, or why there are none."""

    photo: Annotated[str, Field(description="sha256 of the photo's file")]
    pictures: tuple[Picture, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    refused: Annotated[
        tuple[Count, ...], Field(description="questions refused, by rule; steps redrawn; masks refused, by reason")
    ] = ()
    quarantined: tuple[Quarantined, ...] = ()
    milliseconds: Annotated[tuple[Count, ...], Field(description="time spent, by stage")] = ()
