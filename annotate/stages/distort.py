"""Distort: a variant's regions are rendered from the pristine photo and measured; a step that does not show is redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.measures.similarity import Responses, change, difference, halved_mask, responses
from annotate.measures.strength import perceived
from annotate.planning.order_presets import orders
from annotate.planning.redraws import Redraws
from annotate.regions.doubles import with_doubles
from annotate.regions.measures import looks, tones
from annotate.regions.phrases import rephrase
from annotate.truth.facts import step_faults
from distortions import get, paste, render_box
from schemas.masks import decode
from schemas.recipe import Recipe
from schemas.values import Finding, Photo, Region, RegionState, Step, StepMeasure, Tones, Variant

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
    """one for each step drawn again or given up; code: unseen, unlike, word, order or dropped; subject: the variant's id"""


@dataclass(frozen=True)
class _Measured:
    steps: Steps
    measures: tuple[StepMeasure, ...]
    strength: float


def render(photo: Photo, image: Image, regions: Sequence[Region], variant: Variant, recipe: Recipe) -> Rendered:
    """The picture of a variant, what each step does in it, and which steps had to be redrawn.

    A step that changes its region too little, that does not look like its name there, or whose severity word says more or less
    than it does, gets another level of the same word, then other functions of its category with the same word take its place,
    then other words, as far as they promise to do better there; where the plan leaves it open, then other categories. If nothing
    does, or after ``answerable.redraws`` attempts, the step is left out: none is kept that cannot be seen, that a person would
    call something else or whose word would lie. Pairs that were planned for a question on their order are redrawn in the same
    way until the order shows, but kept if it never does.

    Args:
        photo: the photo; its sha256 keys the redraws.
        image: its pixels, uint8 RGB H x W x 3.
        regions: its regions, disjoint.
        variant: the steps planned for each region.
        recipe: thresholds and seed.
    """
    places = [_Place(image, region, recipe) for region in regions]
    ordered, free = variant.aim == "dao", variant.aim not in {"sid", "dao"}
    settled = [
        place.settle(steps, Redraws(recipe, (photo.sha256, variant.number), place.region, any_category=free), ordered=ordered)
        for place, steps in zip(places, variant.steps, strict=True)
    ]
    states = [place.state(measured) for place, (measured, _) in zip(places, settled, strict=True)]
    redrawn = tuple(finding.model_copy(update={"subject": variant.id}) for _, findings in settled for finding in findings)
    finished = _pasted(image, places, states, recipe)
    return Rendered(finished, rephrase(with_doubles(finished, states)), redrawn)


def _pasted(image: Image, places: Sequence[_Place], states: Sequence[RegionState], recipe: Recipe) -> Image:
    if recipe.plan.feather:
        steps = [state.steps for state in states]
        return paste(image, [decode(state.mask) for state in states], steps, recipe.plan.feather)
    finished = image.copy()
    for place, state in zip(places, states, strict=True):
        place.lay(finished, state.steps)
    return finished


def remeasure(image: Image, region: RegionState, recipe: Recipe) -> RegionState:
    """The region measured again from its stored steps and the photo's pixels (uint8 RGB H x W x 3), but for ``double``."""
    place = _Place(image, Region(**{name: getattr(region, name) for name in Region.model_fields}), recipe)
    state = place.state(place.measure(region.steps))
    return state.model_copy(update={"double": region.double, "double_there": region.double_there})


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
        self.inside = halved_mask(self.mask)
        self.rendered: dict[Steps, Image] = {}  # no box is rendered twice
        self.felt: dict[Steps, Responses] = {}  # nor measured twice
        self.looks: dict[Steps, Tones] = {}
        self.whole: dict[Step, Image] = {}

    def settle(self, steps: Steps, redraws: Redraws, *, ordered: bool) -> tuple[_Measured, list[Finding]]:
        """Steps that show, starting from the planned ones, and what was wrong with those that did not."""
        findings: list[Finding] = []
        measured = self.measure(steps)
        for _ in range(self.recipe.answerable.redraws):
            fault = self._fault(measured, ordered=ordered)
            if fault is None:
                return measured, findings
            findings.append(_finding(self.region, measured, *fault))
            again = redraws.again(measured.steps, measured.measures, *fault)
            if again is None:
                break
            measured = self.measure(again)
        while fault := self._fault(measured, ordered=False):
            findings.append(_finding(self.region, measured, fault[0], "dropped"))
            measured = self.measure(measured.steps[: fault[0]] + measured.steps[fault[0] + 1 :])
        return measured, findings

    def _fault(self, measured: _Measured, *, ordered: bool) -> tuple[int, str] | None:
        limits = self.recipe.answerable
        ends = self.region.tones, self._tones(measured.steps)
        fault = next(step_faults(measured.steps, measured.measures, self.region.texture, limits, ends), None)
        if fault or not ordered or tuple(step.category for step in measured.steps) not in orders(self.recipe.plan.orders):
            return fault
        return (len(measured.steps) - 1, "order") if self.gap(measured.steps) < limits.dao_gap else None

    def measure(self, steps: Steps) -> _Measured:
        """What the steps do in this region, each with against without it."""
        if not steps:
            return _Measured((), (), 0.0)
        finished = self._box(steps)
        measures = []
        for index in range(len(steps)):
            without = steps[:index] + steps[index + 1 :]
            moved = round(change(self._box(without), finished, self.mask), 3)
            strength = self._strength(without, steps)
            measures.append(StepMeasure(change=moved, strength=strength, without=self._tones(without)))
        total = measures[0].strength if len(steps) == 1 else self._strength((), steps)
        return _Measured(steps, tuple(measures), total)

    def state(self, measured: _Measured) -> RegionState:
        """The region with its final steps, as it is seen then; for two of them, how much their order shows."""
        colour, texture = self._seen(measured.steps)
        return RegionState(
            **dict(self.region),
            steps=measured.steps,
            measures=measured.measures,
            strength=measured.strength,
            order_gap=self.gap(measured.steps),
            seen_colour=colour,
            seen_texture=texture,
            seen_tones=self._tones(measured.steps),
        )

    def gap(self, steps: Steps) -> float:
        """Strength of the difference between both orders of two steps in this region; 0 for fewer."""
        return self._strength(steps, steps[::-1]) if len(steps) > 1 else 0.0

    def lay(self, picture: Image, steps: Steps) -> None:
        """Puts the rendered region into a picture: what ``distortions.paste`` does without a feather."""
        if steps:
            np.copyto(picture[self.box], self._box(steps), where=self.mask[..., None])

    def _seen(self, steps: Steps) -> tuple[str, float]:
        """Colour and texture with the steps, measured as those of the photo are."""
        if not steps:
            return self.region.colour, self.region.texture
        (look,) = looks(self._box(steps), [self.mask])
        return look.colour, look.texture

    def _tones(self, steps: Steps) -> Tones:
        if steps not in self.looks:
            self.looks[steps] = tones(self._box(steps), self.mask)
        return self.looks[steps]

    def _strength(self, one: Steps, other: Steps) -> float:
        return perceived(difference(self._felt(one), self._felt(other), self.inside))

    def _felt(self, steps: Steps) -> Responses:
        if steps not in self.felt:
            self.felt[steps] = responses(self._box(steps))
        return self.felt[steps]

    def _box(self, steps: Steps) -> Image:
        if not steps:
            return self.pristine
        if steps not in self.rendered:
            self.rendered[steps] = self._render(steps)
        return self.rendered[steps]

    def _render(self, steps: Steps) -> Image:
        first, *others = steps
        if not get(first.function).support(first.level).whole:
            return render_box(self.image, self.region.bbox, steps)
        # What reads the whole picture is slow and often the first step of several chains: its whole result is kept.
        if first not in self.whole:
            height, width = self.image.shape[:2]
            self.whole[first] = render_box(self.image, (0, 0, width, height), (first,))
        return render_box(self.whole[first], self.region.bbox, others) if others else self.whole[first][self.box]


def _finding(region: Region, measured: _Measured, index: int, code: str) -> Finding:
    step, measure = measured.steps[index], measured.measures[index]
    message = (
        f"region {region.index}, step {index}: {step.function} level {step.level} ({step.severity}) "
        f"changes it by {measure.change:g} of 255, strength {measure.strength:g}"
    )
    return Finding(code=code, message=message)
