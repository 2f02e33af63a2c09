"""Every step is one that the recipe allows and says of itself what its function, level and seed give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from annotate.planning.palette import PAIR_LEVELS, SINGLE_LEVELS, Palette, palette
from annotate.truth.facts import step_faults
from schemas.recipe import AnswerableSettings, Recipe
from schemas.rows import Row
from schemas.values import Finding, RegionState, Step

__all__ = ["PLUGIN", "Steps"]


class Steps:
    """Number, pair, levels, functions, severity words, parameters and measures of every region's steps, and that each shows."""

    name = "steps"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        known = palette(recipe.plan)
        for i, region in enumerate(row.regions):
            problems = [
                *_shape(region),
                *_allowed(region, known),
                *_shown(region, recipe.answerable),
                *(line for step in region.steps for line in _step(step, known)),
            ]
            yield from (Finding(code="steps", message=f"region {i}: {line}", subject=row.id) for line in problems)


def _shape(region: RegionState) -> Iterator[str]:
    if len(region.measures) != len(region.steps):
        yield f"{len(region.steps)} steps but {len(region.measures)} measures"
    if not region.steps and region.strength:
        yield f"clean but of strength {region.strength:g}"
    if not region.steps and (region.seen_colour, region.seen_texture) != (region.colour, region.texture):
        yield f"clean but seen as {region.seen_colour}, texture {region.seen_texture:g}, not {region.colour}, {region.texture:g}"
    if len(region.steps) < 2 and region.order_gap:
        yield f"an order gap of {region.order_gap:g} without two steps"
    if len(region.steps) == 1 and region.measures and region.measures[0].strength != region.strength:
        yield "its only step and the region differ in strength"


def _shown(region: RegionState, limits: AnswerableSettings) -> Iterator[str]:
    if region.tones is None or region.seen_tones is None or any(measure.without is None for measure in region.measures):
        yield "its tones are missing"
    if not region.steps and region.seen_tones != region.tones:
        yield "clean but seen in other tones"
    if len(region.steps) == 1 and region.measures and region.measures[0].without != region.tones:
        yield "its only step left out does not leave the tones of the photo"
    ends = region.tones, region.seen_tones
    for index, code in step_faults(region.steps, region.measures, region.texture, limits, ends):
        yield f"step {index} ({region.steps[index].function}) must not ship: {code}"


def _allowed(region: RegionState, known: Palette) -> Iterator[str]:
    order = tuple(step.category for step in region.steps)
    if len(order) > 2 or (len(order) == 2 and order not in known.pairs):
        yield f"{' > '.join(order)} is no order that the recipe allows on one region"
    for step in region.steps:
        levels = PAIR_LEVELS if len(order) == 2 else SINGLE_LEVELS
        if step.level not in known.functions.get(step.category, {}).get(step.function, ()) or step.level not in levels:
            yield f"the recipe draws no {step.category} by {step.function} at level {step.level} here"


def _step(step: Step, known: Palette) -> Iterator[str]:
    if step.function not in known.distortions:
        yield f"{step.function!r} is none of the recipe's functions"
        return
    derived = _made(known, step.function, step.level, step.seed)
    for field in ("category", "severity", "parameters"):
        if getattr(step, field) != getattr(derived, field):
            yield f"{step.function} at level {step.level} has {field} {getattr(derived, field)}, not {getattr(step, field)}"


@lru_cache(maxsize=65536)
def _made(known: Palette, function: str, level: int, seed: int) -> Step:
    return known.step(function, level, seed)


PLUGIN = Steps()
