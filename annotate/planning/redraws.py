"""What takes the place of a step that cannot be seen, is unlike its name, whose word would lie, or whose order does not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from annotate.planning.foresight import may_look_alike
from annotate.planning.palette import PAIR_LEVELS, SINGLE_LEVELS, Choice, levels_of, palette
from annotate.truth.facts import least_shown
from schemas.keys import generator
from schemas.recipe import Recipe
from schemas.values import Region, Step, StepMeasure, severity_word

__all__ = ["Redraws"]

Steps = tuple[Step, ...]


class Redraws:
    """Draws steps anew for one region: never the same function and level twice for one step, never the same category twice."""

    def __init__(self, recipe: Recipe, key: tuple[str, int], region: Region, *, any_category: bool) -> None:
        """``key`` is (photo, variant); ``any_category`` if the picture's plan does not depend on the categories there."""
        self.seed, self.key, self.limits, self.any_category = recipe.seed, (*key, region.index), recipe.answerable, any_category
        self.texture, self.tones = region.texture, region.tones
        self.palette, self.planned = palette(recipe.plan), palette(recipe.plan, recipe.answerable)
        if region.tones:
            self.planned = self.planned.within(region.tones, recipe.answerable)
        self.tried: set[tuple[int, str, int]] = set()
        self.left: set[tuple[int, str]] = set()
        self.unlike: Counter[tuple[int, str]] = Counter()

    def again(self, steps: Steps, measures: Sequence[StepMeasure], index: int, fault: str) -> Steps | None:
        """The steps with one replaced by what promises to do better; None if nothing does.

        The same function at another level of its word, else other functions of its category; then, where the plan leaves the
        category open, another one at the same level; then other words. A category that twice looked ``unlike`` its name there is
        left at once, where it can be.
        """
        step = steps[index]
        self.unlike[index, step.category] += fault == "unlike"
        hopeless = self.unlike[index, step.category] > 1
        self.tried.add((index, step.function, step.level))
        draws = generator(self.seed, *self.key, index, "redraw", len(self.tried))
        choices = self._within(steps, index, measures[index])
        same = [(name, level) for name, level in choices if level in levels_of(step.severity, SINGLE_LEVELS)]
        elsewhere = self._elsewhere(steps, index, draws) if self.any_category and (hopeless or not same) else []
        new = self._drawn(elsewhere or same or _nearest(choices, step.level), draws)
        return (*steps[:index], new, *steps[index + 1 :]) if new else None

    def _within(self, steps: Steps, index: int, measure: StepMeasure) -> list[Choice]:
        """What promises of the step's category; of its own function alone, if that is some."""
        step = steps[index]
        others = [other.category for place, other in enumerate(steps) if place != index]
        least = least_shown(step.category, others, self.texture, self.limits)
        promising = self.palette.promising(step, measure, self.limits, _levels(steps), least)
        fresh = (choice for choice in promising if (index, *choice) not in self.tried)
        choices = [choice for choice in fresh if self._may_look_alike(step.category, choice, measure)]
        own = [(name, level) for name, level in choices if name == step.function and severity_word(level) == step.severity]
        return own or choices

    def _may_look_alike(self, category: str, choice: Choice, measure: StepMeasure) -> bool:
        if self.tones is None or measure.without is None or choice[0] in self.palette.changed:
            return True
        return may_look_alike(category, *choice, (self.tones, measure.without), self.limits)

    def _elsewhere(self, steps: Steps, index: int, draws: np.random.Generator) -> list[Choice]:
        """Functions of one other category that may stand there, at the step's level."""
        self.left.add((index, steps[index].category))
        level = steps[index].level
        fits = {category: self.planned.names(category, (level,)) for category in self.planned.categories}
        others = [category for category, names in fits.items() if names and self._may_stand(category, steps, index)]
        return [(name, level) for name in fits[others[int(draws.integers(len(others)))]]] if others else []

    def _may_stand(self, category: str, steps: Steps, index: int) -> bool:
        order = tuple(category if place == index else step.category for place, step in enumerate(steps))
        return (index, category) not in self.left and (len(order) == 1 or order in self.planned.pairs)

    def _drawn(self, choices: Sequence[Choice], draws: np.random.Generator) -> Step | None:
        """A function, each equally likely, then one of its levels."""
        if not choices:
            return None
        names = sorted({name for name, _ in choices})
        function = names[int(draws.integers(len(names)))]
        usable = [level for name, level in choices if name == function]
        return self.palette.step(function, usable[int(draws.integers(len(usable)))], int(draws.integers(2**52)))


def _levels(steps: Steps) -> tuple[int, ...]:
    return SINGLE_LEVELS if len(steps) == 1 else PAIR_LEVELS


def _nearest(choices: Sequence[Choice], level: int) -> list[Choice]:
    distance = min((abs(other - level) for _, other in choices), default=0)
    return [choice for choice in choices if abs(choice[1] - level) == distance]
