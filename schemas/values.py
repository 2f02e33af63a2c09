"""The values that stages hand to each other, from a photo to an answer. All frozen; all fields explained here.

Coordinates are pixels of the picture as stored: x to the right, y down, boxes (x0, y0, x1, y1) with x1 and y1 exclusive.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Answer",
    "Ask",
    "Box",
    "Candidate",
    "DescriptionKind",
    "Finding",
    "Horizontal",
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
    "Tones",
    "Value",
    "Variant",
    "Vertical",
    "severity_word",
]

Split = Literal["train", "test"]
Severity = Literal["mild", "moderate", "severe"]
DescriptionKind = Literal["global", "local", "long", "grounding"]
Horizontal = Literal["left", "right"]
Vertical = Literal["top", "bottom"]
Box = Annotated[tuple[int, int, int, int], Field(description="(x0, y0, x1, y1) in pixels, x1 and y1 exclusive")]
Point = Annotated[tuple[int, int], Field(description="(x, y) in pixels")]
Unit = Annotated[float, Field(ge=0, le=1)]

_WORDS: tuple[Severity, ...] = ("mild", "mild", "moderate", "severe", "severe")


def severity_word(level: int) -> Severity:
    """The severity word of a level: 1, 2 mild; 3 moderate; 4, 5 severe (the paper shows the words, the cut is ours)."""
    return _WORDS[level - 1]


class Value(BaseModel):
    """Base of all values: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rle(Value):
    """COCO compressed run-length encoding of a mask: column-major runs in COCO's ASCII form (see ``schemas.masks``)."""

    size: Annotated[tuple[int, int], Field(description="(height, width) of the whole picture in pixels")]
    counts: Annotated[str, Field(description="COCO's compressed runs, ASCII")]


class Photo(Value):
    """A pristine photo that passed the source stage."""

    sha256: Annotated[str, Field(description="sha256 of the photo's file, hexadecimal")]
    name: Annotated[str, Field(description="file name as found")]
    path: Annotated[str, Field(description="where the file lies; never written to a shard")]
    licence: Annotated[str, Field(description="licence of the photo, empty if not stated")] = ""
    width: Annotated[int, Field(gt=0, description="pixels after orientation and the recipe's long-side limit")]
    height: Annotated[int, Field(gt=0, description="pixels after orientation and the recipe's long-side limit")]
    fingerprint: Annotated[str, Field(description="64-bit perceptual hash, 16 hexadecimal digits; near-duplicates share a split")]
    landmarks: Annotated[str, Field(description="base64 of corner points and descriptors by which crops are known again")] = ""
    split: Annotated[Split, Field(description="decided by hash, for a group of near-duplicates as one")] = "train"


class Tones(Value):
    """How light, how lively, how colourful and how detailed the pixels of a region are, whatever they show."""

    lightness: Annotated[float, Field(ge=0, le=100, description="mean CIE L*, 0 to 100")]
    spread: Annotated[float, Field(ge=0, le=100, description="standard deviation of L*")]
    chroma: Annotated[float, Field(ge=0, description="mean CIE chroma of a* and b*, 0 for greys")]
    detail: Annotated[float, Field(ge=0, le=255, description="mean absolute difference of luma from its 5 x 5 mean, 0 to 255")]
    clipped: Annotated[Unit, Field(description="share of pixels that are black or white: L* below 2 or above 98")]


class Region(Value):
    """One connected area of a photo, disjoint from its siblings. Made from the pristine photo alone."""

    index: Annotated[int, Field(ge=0, description="number of the region inside its picture, from 0")]
    label: Annotated[
        str, Field(description="what the region is, a noun phrase without article, for example 'dark area' or 'bus'")
    ]
    raw_label: Annotated[str, Field(description="the label before a teacher refined it; equal to label if none did")]
    phrase: Annotated[
        str, Field(description="referring expression with article, no capital, that fits no sibling: 'the dark area on the left'")
    ]
    where: Annotated[str, Field(description="free position phrase, for example 'in the upper left corner'")]
    horizontal: Annotated[Horizontal, Field(description="left if the centre of the box lies in x/W < 1/2, else right")]
    vertical: Annotated[Vertical, Field(description="top if the centre of the box lies in y/H < 1/2, else bottom")]
    bbox: Box
    area: Annotated[int, Field(gt=0, description="pixels of the mask")]
    mask: Rle
    holes: Annotated[int, Field(ge=0, description="holes left in the mask")]
    components: Annotated[int, Field(ge=1, description="connected parts of the mask (8-neighbourhood)")]
    stability: Annotated[float | None, Field(description="the segmenter's stability score, 0 to 1, if it gives one")] = None
    predicted_iou: Annotated[
        float | None, Field(description="the segmenter's own estimate of its IoU, 0 to 1, if it gives one")
    ] = None
    click: Annotated[Point, Field(description="the mask's pixel farthest from its border")]
    click_iou: Annotated[float | None, Field(description="IoU of the mask that a promptable segmenter gives for that click")] = (
        None
    )
    words_iou: Annotated[
        float | None, Field(description="IoU of the mask it gives for the point that the position words imply")
    ] = None
    quadrant_share: Annotated[Unit, Field(description="share of the region that lies in the quadrant its position words name")]
    quarter_inside: Annotated[
        bool, Field(description="whether that quadrant's middle, the paper's quarter point, lies in the region")
    ]
    quarter_nearest: Annotated[bool, Field(description="whether no sibling lies nearer to that quarter point")]
    colour: Annotated[str, Field(description="colour name, for example 'dark blue'; empty if people would not agree on one")]
    brightness: Annotated[Unit, Field(description="mean luma of the pristine region, 0 to 1")]
    texture: Annotated[Unit, Field(description="mean absolute luma detail (5-px Laplacian-like residual) of the region, 0 to 1")]
    colourfulness: Annotated[Unit, Field(description="mean HSV saturation of the pristine region, 0 to 1")]
    tones: Annotated[Tones | None, Field(description="tones of the pristine region; none where there is no pristine photo")] = (
        None
    )

    @property
    def covers_picture(self) -> bool:
        """Whether it is the one region of a picture that is distorted all over (``annotate.regions.whole``)."""
        return self.area == self.mask.size[0] * self.mask.size[1]


class Step(Value):
    """One distortion applied to a region. ``distortions`` renders the same pixels again from these fields alone."""

    category: Annotated[str, Field(description="category of the taxonomy, for example 'blur'")]
    function: Annotated[str, Field(description="registered name, for example 'blur.gaussian'")]
    level: Annotated[int, Field(ge=1, le=5)]
    severity: Severity
    seed: Annotated[
        int, Field(ge=0, lt=2**52, description="keys the step's random draws; drawn from (recipe seed, photo, region, step)")
    ]
    parameters: Annotated[str, Field(description="JSON object of the values used at this level")]


class StepMeasure(Value):
    """What one step does to the pixels of its region in the finished picture (with against without that step)."""

    change: Annotated[float, Field(ge=0, description="root mean square change of RGB samples in the mask, 0 to 255")]
    strength: Annotated[Unit, Field(description="perceived strength, 0 (unseen) to 1, see annotate.measures")]
    without: Annotated[
        Tones | None, Field(description="tones of the region without this step; none where that cannot be rendered")
    ] = None


class RegionState(Region):
    """A region of a finished picture: what was done to it and what could be measured. Its phrase is true of what is seen."""

    steps: Annotated[tuple[Step, ...], Field(description="in order of application; empty for a clean region")]
    measures: Annotated[tuple[StepMeasure, ...], Field(description="one for each step, same order")]
    strength: Annotated[Unit, Field(description="perceived strength of all steps together, 0 (unseen) to 1")]
    order_gap: Annotated[
        Unit, Field(description="strength of the difference between A-then-B and B-then-A; 0 with fewer than two steps")
    ]
    seen_colour: Annotated[str, Field(description="colour name in the finished picture, empty if none; colour if clean")]
    seen_texture: Annotated[Unit, Field(description="texture in the finished picture; texture if clean")]
    seen_tones: Annotated[Tones | None, Field(description="tones in the finished picture; tones if clean")] = None
    double: Annotated[
        float | None,
        Field(
            ge=0,
            description="area of the largest patch elsewhere of its seen colour, in shares of its own; none if not looked for",
        ),
    ] = None
    double_there: Annotated[
        float | None, Field(ge=0, description="the same, of what lies in the part of the picture that where names")
    ] = None


class Variant(Value):
    """A plan for one picture: which steps each region of a photo gets. ``steps[i]`` belongs to region i, or to all of it."""

    id: Annotated[str, Field(description="digest of (photo, variant number, seed): the picture's identity before it is rendered")]
    photo: Annotated[str, Field(description="sha256 of the photo")]
    number: Annotated[int, Field(ge=0, description="number of the variant among those of its photo")]
    aim: Annotated[str, Field(description="what the variant was planned for: free, sid, dao or whole (distorted all over)")]
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
    image_sha256: Annotated[str, Field(description="sha256 of the stored picture's bytes (a PNG file)")]
    regions: tuple[RegionState, ...]


class Candidate(Value):
    """A question that could be asked of a picture, known from facts and measures alone."""

    id: Annotated[
        str, Field(description="digest of (picture, task, kind, targets, ask, topic); unique in a dataset; becomes the row's id")
    ]
    task: Annotated[str, Field(description="name of the task plug-in")]
    kind: Annotated[
        str, Field(description="quota it counts for: global_description, local_description, hyd, sid, dao, short, long")
    ]
    picture: str
    split: Split
    targets: Annotated[tuple[int, ...], Field(description="indices of the regions asked about; empty for the whole picture")]
    ask: Annotated[
        str, Field(description="most, least, least_of_all (hyd), strongest, weakest (sid), pair, first, last (dao); else empty")
    ] = ""
    topic: Annotated[tuple[str, ...], Field(description="categories named in the question, in order")] = ()
    stratum: Annotated[tuple[str, ...], Field(description="what select keeps even, see annotate.planning.strata")] = ()


class TextRequest(Value):
    """What a teacher is asked to write: prose about a picture or some of its regions."""

    id: Annotated[str, Field(description="the candidate's id: keys every draw")]
    kind: DescriptionKind
    picture: Picture
    targets: tuple[int, ...]


class Finding(Value):
    """One thing that a check has against a text or a row."""

    code: Annotated[
        str, Field(description="missing, hallucinated, contradiction, severity, position, meta, length, ... or a rule of verify")
    ]
    message: Annotated[str, Field(description="plain words, fit to be shown to the teacher or the user")]
    subject: Annotated[str, Field(description="id of the row, request or file it is about")] = ""


class Ask(Value):
    """One round of asking: the request, how often it was asked before and what was wrong with the last text."""

    request: TextRequest
    attempt: Annotated[int, Field(ge=1, description="1 for the first time")] = 1
    findings: Annotated[
        tuple[Finding, ...], Field(description="why the text of the last attempt was rejected; empty asks for a fresh text")
    ] = ()
    rejected: Annotated[str, Field(description="the text the findings are about, empty without findings")] = ""


class Answer(Value):
    """What a teacher wrote, before or after checking."""

    request: Annotated[str, Field(description="id of the TextRequest")]
    text: str
    teacher: Annotated[str, Field(description="teacher and model, for example 'grammar' or 'openai:NAME'")]
    prompt: Annotated[str, Field(description="digest of the prompt or grammar that led to the text")]
    attempts: Annotated[int, Field(ge=1)] = 1


class Quarantined(Value):
    """Something that was left out, and why: nothing disappears without one of these."""

    stage: Annotated[str, Field(description="stage that refused it")]
    subject: Annotated[str, Field(description="file name, picture id or row id")]
    code: Annotated[str, Field(description="short reason that can be counted")]
    reason: Annotated[str, Field(description="the reason in a sentence")]
