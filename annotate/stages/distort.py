"""Distort: a variant's regions are rendered from the pristine photo and measured; a step that does not show is redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.facts import step_faults
from annotate.measures.similarity import mean_change
from annotate.measures.strength import strength
from annotate.palette import PAIR_LEVELS, SINGLE_LEVELS, levels_of, palette
from distortions import paste, render_box
from schemas.keys import generator
from schemas.masks import decode
from schemas.recipe import Recipe
from schemas.values import Finding, Photo, Region, RegionState, Step, StepMeasure, Variant

__all__ = ["Rendered", "remeasure", "render"]

Image = NDArray[np.uint8]
Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Rendered:
    """A finished picture."""

    image: Image
    """uint8 RGB H x W x 3; equal to the photo outside the regions, bit for bit"""
    regions: tuple[RegionState, ...]
    redrawn: tuple[Finding, ...]
    """one for each step that was drawn again or given up: code unseen, word or dropped; subject = the variant's id"""


@dataclass(frozen=True)
class _Measured:
    steps: Steps
    measures: tuple[StepMeasure, ...]
    strength: float


def render(photo: Photo, image: Image, regions: Sequence[Region], variant: Variant, recipe: Recipe) -> Rendered:
    """The picture of a variant, what each step does in it, and which steps had to be redrawn.

    A step that changes its region too little has its level raised within its severity word, then other functions of its
    category with the same word take its place; a step whose word contradicts its perceived strength is redrawn too.
    After ``answerable.redraws`` attempts the step is left out: no step is kept that cannot be seen.

    Args:
        photo: the photo; its sha256 keys the redraws.
        image: its pixels, uint8 RGB H x W x 3.
        regions: its regions, disjoint.
        variant: the steps planned for each region.
        recipe: thresholds and seed.
    """
    places = [_Place(image, region, recipe) for region in regions]
    settled = [place.settle(steps, (photo.sha256, variant.number)) for place, steps in zip(places, variant.steps, strict=True)]
    states = tuple(place.state(measured) for place, (measured, _) in zip(places, settled, strict=True))
    redrawn = tuple(finding.model_copy(update={"subject": variant.id}) for _, findings in settled for finding in findings)
    if recipe.plan.feather:
        steps = [state.steps for state in states]
        return Rendered(paste(image, [decode(region.mask) for region in regions], steps, recipe.plan.feather), states, redrawn)
    finished = image.copy()
    for place, state in zip(places, states, strict=True):
        place.lay(finished, state.steps)
    return Rendered(finished, states, redrawn)


def remeasure(image: Image, region: RegionState, recipe: Recipe) -> RegionState:
    """The region with everything measured again from its stored steps and the photo's pixels (uint8 RGB H x W x 3)."""
    place = _Place(image, Region(**{name: getattr(region, name) for name in Region.model_fields}), recipe)
    return place.state(place.measure(region.steps))


class _Place:
    """One region of a photo, where steps are tried."""

    def __init__(self, image: Image, region: Region, recipe: Recipe) -> None:
        self.image = image
        self.region = region
        x0, y0, x1, y1 = region.bbox
        self.box = (slice(y0, y1), slice(x0, x1))
        self.mask = np.ascontiguousarray(decode(region.mask)[self.box])
        self.pristine = np.ascontiguousarray(image[self.box])
        self.recipe = recipe
        self.rendered: dict[Steps, Image] = {}  # no box is rendered twice

    def settle(self, steps: Steps, key: tuple[str, int]) -> tuple[_Measured, list[Finding]]:
        """Steps that show, starting from the planned ones, and what was wrong with those that did not."""
        findings: list[Finding] = []
        measured = self.measure(steps)
        for attempt in range(self.recipe.answerable.redraws):
            fault = next(step_faults(measured.steps, measured.measures, self.recipe.answerable), None)
            if fault is None:
                return measured, findings
            index, code = fault
            findings.append(_finding(self.region, measured, index, code))
            step = self._again(measured.steps, index, code, attempt, key)
            measured = self.measure((*measured.steps[:index], step, *measured.steps[index + 1 :]))
        while fault := next(step_faults(measured.steps, measured.measures, self.recipe.answerable), None):
            findings.append(_finding(self.region, measured, fault[0], "dropped"))
            measured = self.measure(measured.steps[: fault[0]] + measured.steps[fault[0] + 1 :])
        return measured, findings

    def measure(self, steps: Steps) -> _Measured:
        """What the steps do in this region, each with against without it."""
        if not steps:
            return _Measured((), (), 0.0)
        finished = self._box(steps)
        measures = []
        for index in range(len(steps)):
            without = self._box(steps[:index] + steps[index + 1 :])
            measures.append(
                StepMeasure(
                    change=round(mean_change(without, finished, self.mask), 3), strength=strength(without, finished, self.mask)
                )
            )
        total = measures[0].strength if len(steps) == 1 else strength(self.pristine, finished, self.mask)
        return _Measured(steps, tuple(measures), total)

    def state(self, measured: _Measured) -> RegionState:
        """The region with its final steps; for two of them, how much their order shows."""
        gap = 0.0
        if len(measured.steps) > 1:
            gap = strength(self._box(measured.steps), self._box(measured.steps[::-1]), self.mask)
        return RegionState(
            **dict(self.region), steps=measured.steps, measures=measured.measures, strength=measured.strength, order_gap=gap
        )

    def lay(self, picture: Image, steps: Steps) -> None:
        """Puts the rendered region into a picture: what ``distortions.paste`` does without a feather."""
        if steps:
            np.copyto(picture[self.box], self._box(steps), where=self.mask[..., None])

    def _box(self, steps: Steps) -> Image:
        if not steps:
            return self.pristine
        if steps not in self.rendered:
            self.rendered[steps] = render_box(self.image, self.region.bbox, steps)
        return self.rendered[steps]

    def _again(self, steps: Steps, index: int, code: str, attempt: int, key: tuple[str, int]) -> Step:
        step = steps[index]
        levels = levels_of(step.severity, SINGLE_LEVELS if len(steps) == 1 else PAIR_LEVELS)
        known = palette(self.recipe.plan)
        draws = generator(self.recipe.seed, *key, self.region.index, index, "redraw", attempt)
        usable = known.functions[step.category].get(step.function, ())
        higher = [level for level in levels if level > step.level and level in usable]
        if code == "unseen" and higher:
            return known.draw_step(draws, step.category, higher[:1], step.function)
        return known.draw_step(draws, step.category, levels)


def _finding(region: Region, measured: _Measured, index: int, code: str) -> Finding:
    step, measure = measured.steps[index], measured.measures[index]
    message = (
        f"region {region.index}, step {index}: {step.function} level {step.level} ({step.severity}) "
        f"changes it by {measure.change:g} of 255, strength {measure.strength:g}"
    )
    return Finding(code=code, message=message)
