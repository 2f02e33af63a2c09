"""What a recipe's quotas need, told before anything is rendered: planned questions of sample photos, scaled up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.regions.whole import areas
from annotate.stages.plan import plan
from annotate.stages.select import select
from annotate.tasks import tasks
from schemas.keys import digest
from schemas.recipe import Quotas, Recipe
from schemas.values import Candidate, Photo, Picture, Region, RegionState, Split, Step, StepMeasure, Variant

__all__ = ["PASS", "Forecast", "Sample", "forecast", "planned_picture", "supply"]

PASS: Mapping[str, float] = {
    "global_description": 0.93,
    "local_description": 0.68,
    "hyd": 0.78,
    "sid": 0.53,
    "dao": 0.45,
    "short": 0.61,
    "long": 0.61,
}
"""share of planned questions that are answerable once rendered, measured with the default thresholds (docs/plan.md)"""


@dataclass(frozen=True)
class Sample:
    """Photos looked at: those with regions and the number of those without."""

    usable: tuple[tuple[Photo, tuple[Region, ...]], ...]
    refused: int

    @property
    def yields(self) -> float:
        """Share of photos that give pictures."""
        seen = len(self.usable) + self.refused
        return len(self.usable) / seen if seen else 0.0


@dataclass(frozen=True)
class Forecast:
    """One quota, what the photos will probably give, and how many photos it takes."""

    split: Split
    kind: str
    wanted: int
    expected: int
    photos: int
    needed: int | None
    """None where no number of photos would do"""

    @property
    def fits(self) -> bool:
        """Whether the photos suffice."""
        return self.expected >= self.wanted

    def __str__(self) -> str:
        told = f"{self.split} {self.kind}: {self.wanted} wanted, about {self.expected} expected from {self.photos} photos"
        if self.fits:
            return f"{told}."
        cure = f"about {self.needed} photos are needed" if self.needed else "no number of photos gives any: change [plan]"
        return f"{told}; {self.wanted - self.expected} fall short: {cure}."


def forecast(sample: Sample, photos: Mapping[Split, int], recipe: Recipe) -> list[Forecast]:
    """What each quota of the recipe will find.

    Args:
        sample: photos with their regions; the more, the surer.
        photos: how many photos each split has.
        recipe: quotas, limits, plan.
    """
    each = supply(sample, recipe)
    found = []
    for split, count in sorted(photos.items()):
        quotas: Quotas = getattr(recipe.select, split)
        for kind in Quotas.model_fields:
            wanted = getattr(quotas, kind)
            if wanted is not None:
                needed = math.ceil(wanted / each[kind]) if each[kind] else None
                found.append(Forecast(split, kind, wanted, int(count * each[kind]), count, needed))
    return found


def supply(sample: Sample, recipe: Recipe) -> Mapping[str, float]:
    """Questions of each kind that one photo of the source gives on average, under the limits for each picture."""
    candidates = [candidate for photo, regions in sample.usable for candidate in _planned(photo, regions, recipe)]
    taken = Counter(one.kind for one in select(candidates, Quotas(), recipe.select.per_picture, recipe.seed).chosen)
    photos = max(1, len(sample.usable))
    return {kind: sample.yields * PASS[kind] * taken[kind] / photos for kind in Quotas.model_fields}


def planned_picture(photo: Photo, regions: Sequence[Region], variant: Variant) -> Picture:
    """The picture of a variant as it is planned: every step shows as much as its level says, every order can be told."""
    unseen = np.zeros((photo.height, photo.width, 3), dtype=np.uint8)  # of a whole picture only the form matters here
    return Picture(
        id=variant.id, source=photo.sha256, source_name=photo.name, source_licence=photo.licence, split=photo.split,
        variant=variant.number, width=photo.width, height=photo.height, image_sha256=digest(variant.id),
        regions=tuple(_planned_state(*pair) for pair in zip(areas(variant, regions, unseen), variant.steps, strict=True)),
    )  # fmt: skip


def _planned(photo: Photo, regions: Sequence[Region], recipe: Recipe) -> Iterable[Candidate]:
    for variant in plan(photo, regions, recipe):
        picture = planned_picture(photo, regions, variant)
        for task in tasks.all():
            yield from (one for one in task.candidates(picture, recipe) if isinstance(one, Candidate))


def _planned_state(region: Region, steps: tuple[Step, ...]) -> RegionState:
    shown = min(45.0, 255 * region.texture)  # enough for its texture not to hide it, and still mild
    measures = tuple(StepMeasure(change=max(shown, 15.0 * step.level), strength=0.22 + 0.13 * step.level) for step in steps)
    return RegionState(
        **dict(region),
        steps=steps,
        measures=measures,
        strength=min(1.0, 0.22 + 0.13 * sum(step.level for step in steps)) if steps else 0.0,
        order_gap=float(len(steps) > 1),
        seen_colour=region.colour,
        seen_texture=region.texture,
    )
