"""Rows of the four tasks: the one source of the Arrow schema (``schemas.tables``), the documentation table and the validation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.values import Horizontal, RegionState, Rle, Severity, Split, Value, Vertical

__all__ = [
    "SCHEMA_VERSION",
    "GlobalDescriptionRow",
    "GroundingRow",
    "Image",
    "LocalDescriptionRow",
    "Mention",
    "Provenance",
    "ReferringRow",
    "Row",
    "Source",
    "TypeSeverity",
]

SCHEMA_VERSION = 1
Blob = bytes  # a field below is called bytes, as Hugging Face wants it


class Image(Value):
    """A stored picture as Hugging Face's ``Image`` feature reads it."""

    bytes: Annotated[Blob | None, Field(description="the PNG file; filled in when shards are written")] = None
    path: Annotated[str, Field(description="file name, '<picture id>.png'")]


class Source(Value):
    """The pristine photo that a picture was made from."""

    sha256: Annotated[str, Field(description="sha256 of the photo's file")]
    name: Annotated[str, Field(description="file name")]
    licence: Annotated[str, Field(description="licence, empty if not stated")]


class Provenance(Value):
    """How a row came to be: enough to make it again."""

    schema_version: int = SCHEMA_VERSION
    recipe: Annotated[str, Field(description="name of the recipe")]
    recipe_digest: Annotated[str, Field(description="sha256 of the recipe's settings that decide content")]
    seed: Annotated[int, Field(description="the recipe's seed")]
    variant: Annotated[int, Field(description="number of the picture among those of its photo")]
    versions: Annotated[str, Field(description="JSON object of library versions that decide bytes")]
    segmenter: Annotated[str, Field(description="segmenter and the digest of its settings and weights, 16 digits")]
    teacher: Annotated[str, Field(description="who wrote the prose, 'computed' if nobody did")]
    prompt: Annotated[str, Field(description="digest of the prompt or grammar, empty if computed")]
    checked: Annotated[
        str, Field(description="checks that the text passed, comma-separated; 'computed' if it is derived from facts")
    ]
    attempts: Annotated[int, Field(ge=0, description="texts asked for until one passed; 0 if computed")]


class TypeSeverity(Value):
    """One distortion type of a region with its severity word."""

    type: Annotated[str, Field(description="category of the taxonomy, for example 'blur'")]
    severity: Severity


class Mention(Value):
    """A region of a description and what is true of it."""

    region: Annotated[int, Field(description="index into ``regions``")]
    types: Annotated[tuple[TypeSeverity, ...], Field(description="in order of application; empty for a clean region")]


class Row(Value):
    """What every row has."""

    id: Annotated[str, Field(description="unique in the dataset, hexadecimal")]
    image: Image
    question: str
    answer: str
    split: Split
    width: Annotated[int, Field(description="pixels")]
    height: Annotated[int, Field(description="pixels")]
    image_sha256: Annotated[str, Field(description="sha256 of the picture's PNG file")]
    source: Source
    regions: Annotated[tuple[RegionState, ...], Field(description="all regions of the picture, disjoint")]
    provenance: Provenance


class GlobalDescriptionRow(Row):
    """Task ``global_description``: prose about the whole picture."""

    mentions: Annotated[tuple[Mention, ...], Field(description="what the description must say, region by region")]


class LocalDescriptionRow(Row):
    """Task ``local_description``: prose about one region named in the question."""

    target: Annotated[int, Field(description="index into ``regions``")]
    types: Annotated[tuple[TypeSeverity, ...], Field(description="in order of application; empty for a clean region")]


class GroundingRow(Row):
    """Task ``grounding``: a region found by what happened to it."""

    subtask: Literal["hyd", "sid", "dao"]
    ask: Annotated[str, Field(description="hyd: most, least, least_of_all; sid: strongest, weakest; dao: pair, first, last")]
    topic: Annotated[tuple[str, ...], Field(description="categories named in the question, in order")]
    target: Annotated[int, Field(description="index into ``regions``")]
    horizontal: Horizontal
    vertical: Vertical
    spatial: Annotated[str, Field(description="spatial part of the answer, computed")]
    semantic: Annotated[str, Field(description="region-level semantic part of the answer")]
    mask: Annotated[Rle, Field(description="the target's mask")]


class ReferringRow(Row):
    """Task ``referring``: which distortions a region named by a phrase has."""

    form: Literal["short", "long"]
    target: Annotated[int, Field(description="index into ``regions``")]
    types: Annotated[tuple[TypeSeverity, ...], Field(description="the structured answer, in order of application")]
