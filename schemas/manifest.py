"""The manifest of a dataset folder: which files belong to it and what they were made from."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.values import Split, Value

__all__ = ["Manifest", "ShardFile", "Shortfall", "SplitManifest"]


class ShardFile(Value):
    """One Parquet file."""

    path: Annotated[str, Field(description="relative to the dataset folder, '/' between parts")]
    task: str
    sha256: str
    rows: int


class Shortfall(Value):
    """A quota that could not be met."""

    kind: str
    wanted: int
    got: int


class SplitManifest(Value):
    """One finished split."""

    split: Split
    photos: Annotated[int, Field(description="photos that gave at least one row")]
    pictures: Annotated[int, Field(description="distorted pictures that gave at least one row")]
    rows: Annotated[dict[str, int], Field(description="rows by kind")]
    refused: Annotated[dict[str, int], Field(description="questions refused, by the rule that refused them")]
    quarantined: Annotated[dict[str, int], Field(description="things left out, by code; details in quarantine/<split>.parquet")]
    shortfalls: tuple[Shortfall, ...] = ()
    files: tuple[ShardFile, ...]


class Manifest(Value):
    """``manifest.json``: the dataset as a whole. A reader sees a split when it stands here, and only then."""

    schema_version: int
    made_with: Annotated[str, Field(description="project and version")]
    recipe: str
    recipe_digest: str
    seed: int
    splits: dict[str, SplitManifest]
