"""The values that stages hand to each other, from a photo to an answer. All frozen; all fields explained here.

Coordinates are pixels of the picture as stored: x to the right, y down, boxes (x0, y0, x1, y1) with x1 and y1 exclusive.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Answer",
    "Candidate",
    "DescriptionKind",
    "Finding",
    "Photo",
    "Picture",
    "Quarantined",
    "Region",
    "RegionState",
    "Rle",
    "Severity",
    "Split",
    "Step",
    "StepMeasure",
    "TextRequest",
    "Value",
    "Variant",
    "severity_word",
]

Split = Literal["train", "test"]
Severity = Literal["mild", "moderate", "severe"]
DescriptionKind = Literal["global", "local", "long", "grounding"]
Box = Annotated[tuple[int, int, int, int], Field(description="(x0, y0, x1, y1) in pixels, x1 and y1 exclusive")]
Point = Annotated[tuple[int, int], Field(description="(x, y) in pixels")]

_WORDS: tuple[Severity, ...] = ("mild", "mild", "moderate", "severe", "severe")


def severity_word(level: int) -> Severity:
    """The severity word of a level: 1, 2 mild; 3 moderate; 4, 5 severe (the paper shows the words, the cut is ours)."""
    return _WORDS[level - 1]


class Value(BaseModel):
    """Base of all values: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rle(Value):
    """COCO compressed run-length encoding of a mask: column-major runs in COCO's ASCII form."""

    size: Annotated[tuple[int, int], Field(description="(height, width) of the whole picture in pixels")]
    counts: Annotated[str, Field(description="COCO's compressed runs, ASCII")]


class Photo(Value):
    """A pristine photo that passed the source stage."""

    sha256: Annotated[str, Field(description="sha256 of the photo's file, hexadecimal")]
    name: Annotated[str, Field(description="file name as found")]
    path: Annotated[str, Field(description="where the file lies; never written to a shard")]
    licence: Annotated[str, Field(description="licence of the photo, empty if not stated")]
    split: Split


class Region(Value):
    """One connected area of a photo, disjoint from its siblings."""

    index: Annotated[int, Field(ge=0, description="number of the region inside its picture, from 0")]
    label: Annotated[str, Field(description="what the region is, a noun phrase without article, for example 'dark area'")]
    phrase: Annotated[str, Field(description="referring expression, no leading capital, that fits no sibling")]
    where: Annotated[str, Field(description="free position phrase, for example 'in the upper left corner'")]
    bbox: Box
    area: Annotated[int, Field(gt=0, description="pixels of the mask")]
    mask: Rle
    click: Annotated[Point, Field(description="the mask's pixel farthest from its border")]
    colour: Annotated[str, Field(description="dominant colour name")]
    brightness: Annotated[float, Field(ge=0, le=1, description="mean luma of the pristine region, 0 to 1")]
    texture: Annotated[float, Field(ge=0, le=1, description="standard deviation of the pristine region's luma detail, 0 to 1")]
    colourfulness: Annotated[float, Field(ge=0, le=1, description="mean HSV saturation of the pristine region, 0 to 1")]


class Step(Value):
    """One distortion applied to a region."""

    category: Annotated[str, Field(description="category of the taxonomy, for example 'blur'")]
    function: Annotated[str, Field(description="registered name, for example 'blur.gaussian'")]
    level: Annotated[int, Field(ge=1, le=5)]
    severity: Severity
    parameters: Annotated[str, Field(description="JSON object of the values used at this level")]


class StepMeasure(Value):
    """What one step does to the pixels of its region in the finished picture."""

    change: Annotated[float, Field(ge=0, description="mean absolute change of RGB samples in the mask that is due to this step, 0 to 255")]
    structure: Annotated[float, Field(ge=0, le=1, description="1 - mean SSIM of luma in the mask that is due to this step")]


class RegionState(Region):
    """A region of a finished picture: what was done to it and what could be measured."""

    steps: Annotated[tuple[Step, ...], Field(description="in order of application; empty for a clean region")]
    measures: Annotated[tuple[StepMeasure, ...], Field(description="one for each step, same order")]
    strength: Annotated[float, Field(ge=0, description="measured strength of all steps together, 0 (unseen) to 1")]
    order_gap: Annotated[float, Field(ge=0, description="strength of the difference between A-then-B and B-then-A; 0 with fewer than two steps")]


class Variant(Value):
    """A plan for one picture: which steps each region of a photo gets. ``steps[i]`` belongs to region i."""

    id: Annotated[str, Field(description="digest of (photo, variant number, seed): the picture's identity before it is rendered")]
    photo: str
    number: int
    aim: Annotated[str, Field(description="what the variant was planned for: free, sid or dao")]
    steps: tuple[tuple[Step, ...], ...]


class Picture(Value):
    """A rendered variant: everything that is known about it except the pixels themselves."""

    id: Annotated[str, Field(description="the variant's id")]
    source: Annotated[str, Field(description="sha256 of the photo's file")]
    source_name: str
    source_licence: str
    split: Split
    variant: int
    width: int
    height: int
    image_sha256: Annotated[str, Field(description="sha256 of the stored picture's bytes")]
    regions: tuple[RegionState, ...]


class Candidate(Value):
    """A question that could be asked of a picture, known from facts and measures alone."""

    id: Annotated[str, Field(description="digest; unique in a dataset; becomes the row's id")]
    task: str
    kind: Annotated[str, Field(description="sub-task or form: hyd, sid, dao, short, long; empty where a task has none")]
    picture: str
    split: Split
    targets: Annotated[tuple[int, ...], Field(description="indices of the regions asked about; empty for the whole picture")]
    ask: Annotated[str, Field(description="which way it is asked, for example 'most', 'least', 'first', 'pair'; empty if one way only")]
    topic: Annotated[tuple[str, ...], Field(description="categories named in the question, in order")]
    order: Annotated[str, Field(description="sort key of the selection, hexadecimal")]


class TextRequest(Value):
    """What a teacher is asked to write: prose about a picture or some of its regions."""

    id: Annotated[str, Field(description="the candidate's id: keys every draw")]
    kind: DescriptionKind
    picture: Picture
    targets: tuple[int, ...]


class Answer(Value):
    """What a teacher wrote, before or after checking."""

    request: str
    text: str
    teacher: Annotated[str, Field(description="teacher and model, for example 'grammar' or 'openai:NAME'")]
    prompt: Annotated[str, Field(description="digest of the prompt or grammar that led to the text")]
    attempts: Annotated[int, Field(ge=1)] = 1


class Finding(Value):
    """One thing that a check has against a text or a row."""

    code: Annotated[str, Field(description="missing, hallucinated, contradiction, severity, position, meta, length, ... or a rule of verify")]
    message: str
    subject: Annotated[str, Field(description="id of the row, request or file it is about")] = ""


class Quarantined(Value):
    """Something that was left out, and why: nothing disappears without one of these."""

    stage: str
    subject: Annotated[str, Field(description="file name, picture id or row id")]
    code: str
    reason: str
