"""What is true of a picture's regions, from what is stored of them alone: tasks ask with it, verification checks with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal

from annotate.regions.phrases import refer
from annotate.regions.positions import is_firm
from annotate.truth.likeness import Seen, alike
from distortions.categories import CATEGORIES
from schemas.recipe import AnswerableSettings
from schemas.rows import Row, TypeSeverity
from schemas.values import Picture, Region, RegionState, Step, StepMeasure, Tones, severity_word

__all__ = [
    "Refusal",
    "ambiguous",
    "counted",
    "distorted",
    "least_shown",
    "level_sum",
    "named",
    "names",
    "noun",
    "picture_of",
    "short_answer",
    "step_faults",
    "telltale",
    "types",
]

_GRAINY: Final = frozenset({"compression", "noise"})
_CONTRASTS: Final = frozenset({"contrast_strengthen", "contrast_weaken", "contrast_change"})
_SATURATIONS: Final = frozenset({"saturate_strengthen", "saturate_weaken", "saturation_change"})
_MASKING: Final = frozenset({"noise", "quantization", "pixelate"})
"""categories beside which a weak distortion is not seen"""

# Words that already say where a region is; a second position phrase beside one of them would repeat it.
_POSITION = re.compile(
    r"\b(left|right|top|bottom|upper|lower|uppermost|lowermost|cent(?:re|er|ral)|middle|corner|edge|foreground|background"
    r"|above|below|half|side|quarter|over most of|over much of|around the border)\b",
    re.IGNORECASE,
)


def types(region: RegionState) -> tuple[TypeSeverity, ...]:
    """The region's structured answer: categories and severity words in order of application, from the levels."""
    return tuple(TypeSeverity(type=step.category, severity=severity_word(step.level)) for step in region.steps)


def level_sum(region: RegionState) -> int:
    """The paper's cumulative intensity as we read it: the sum of the levels of all steps; 0 for a clean region."""
    return sum(step.level for step in region.steps)


def distorted(regions: Sequence[RegionState]) -> tuple[int, ...]:
    """Indices of the regions with at least one step."""
    return tuple(i for i, region in enumerate(regions) if region.steps)


def least_shown(category: str, others: Iterable[str], texture: float, settings: AnswerableSettings) -> tuple[float, float]:
    """Strength (0 to 1) and change (0 to 255) below which a category is not seen, whatever holds for the rest.

    Blocks and grain get lost in a region's ``texture`` (0 to 1); blur of what is soft, little contrast and the colour of what is
    grey are measured but look natural; ``others``, the categories of the region's other steps, may cover them.
    """
    strength = settings.contrast_strength if category in _CONTRASTS else 0.0
    if category in _SATURATIONS:
        strength = settings.min_strength
    if category == "pixelate":
        strength = settings.mosaic_strength
    if not _MASKING.isdisjoint(others):
        strength = max(strength, settings.beside_strength)
    if category in _GRAINY:
        return strength, 255 * texture * settings.texture_change
    changes = {"blur": settings.blur_change} | dict.fromkeys(_SATURATIONS, settings.saturation_change)
    return strength, changes.get(category, 0.0)


def step_faults(
    steps: Sequence[Step],
    measures: Sequence[StepMeasure],
    texture: float,
    settings: AnswerableSettings,
    ends: tuple[Tones | None, Tones | None] = (None, None),
) -> Iterator[tuple[int, Literal["unseen", "unlike", "word"]]]:
    """Numbers of the steps that must not ship, and why.

    ``unseen``: the step changes the finished region by less than the recipe asks (change or strength), or than ``least_shown``
    for its category, the region's ``texture`` in the photo and the other steps;
    ``unlike``: it does not look like its name (``annotate.truth.likeness``), by the tones at both ``ends``, of the region in the
    photo and of the finished one, and without the step; not asked where one of them is not known;
    ``word``: its severity word contradicts its perceived strength or its change.
    """
    for index, (step, measure) in enumerate(zip(steps, measures, strict=False)):
        others = (other.category for place, other in enumerate(steps) if place != index)
        strength, change = least_shown(step.category, others, texture, settings)
        hidden = measure.strength < strength or measure.change < change
        if hidden or not settings.seen(measure.strength, measure.change):
            yield index, "unseen"
        elif settings.misfit(step.severity, measure.strength, measure.change):
            yield index, "word"
        elif _unlike(step, measure, ends, settings):
            yield index, "unlike"


def _unlike(step: Step, measure: StepMeasure, ends: tuple[Tones | None, Tones | None], settings: AnswerableSettings) -> bool:
    photo, finished = ends
    if photo is None or finished is None or measure.without is None:
        return False
    seen = Seen(step.severity, measure.change, photo, measure.without, finished)
    return not alike(step.category, seen, settings.likeness)


def ambiguous(regions: Sequence[Region], target: int) -> bool:
    """Whether the target's phrase (case and spaces aside) may also mean something else that is seen in the picture."""
    phrases = [" ".join(region.phrase.lower().split()) for region in regions]
    return phrases.count(phrases[target]) > 1 or not refer(regions[target], regions).careful


def telltale(regions: Sequence[RegionState], target: int) -> bool:
    """Whether the target's phrase says a colour, or a shade, that it has not in the photo: that would give away what was done."""
    said = refer(regions[target], regions).colour
    return said not in ("", regions[target].colour)


def counted(regions: Sequence[Region], target: int) -> bool:
    """Whether nothing but counting tells the target from its siblings."""
    return refer(regions[target], regions).rank is not None


def named(region: Region) -> str:
    """The region as questions name it: its phrase, then its position phrase unless that is said already or may be disputed."""
    placed = not region.where or region.covers_picture or _POSITION.search(region.phrase)
    if placed or not is_firm(region.bbox, region.mask.size, region.where):
        return region.phrase
    return f"{region.phrase} {region.where}"


@dataclass(frozen=True)
class Refusal:
    """Why a question cannot be asked: the rule's code and a sentence."""

    code: str
    message: str


def noun(category: str) -> str:
    """The category as short answers say it, for example 'saturation strengthening'; an unknown category stands for itself."""
    known = CATEGORIES.get(category)
    return known.noun if known else category.replace("_", " ")


def names(category: str) -> tuple[str, ...]:
    """What questions may call a category; never empty."""
    known = CATEGORIES.get(category)
    return known.names if known else (noun(category),)


def short_answer(answer: Sequence[TypeSeverity]) -> str:
    """'Mild blur, moderate brightening.': every type with its severity, in order of application."""
    text = ", ".join(f"{part.severity} {noun(part.type)}" for part in answer)
    return f"{text[:1].upper()}{text[1:]}."


def picture_of(row: Row) -> Picture:
    """The picture a row was made from, rebuilt from the row alone."""
    return Picture(
        id=PurePosixPath(row.image.path).stem,
        source=row.source.sha256,
        source_name=row.source.name,
        source_licence=row.source.licence,
        split=row.split,
        variant=row.provenance.variant,
        width=row.width,
        height=row.height,
        image_sha256=row.image_sha256,
        regions=row.regions,
    )
