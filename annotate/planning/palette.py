"""The distortions a recipe may use: by category, by severity word, and in which ordered pairs with which weight."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from annotate.planning.foresight import expected, may_be_told
from annotate.planning.typical import TYPICAL, Expected, foresee, likely, promises
from annotate.truth.facts import least_shown
from distortions import Distortion, UnknownDistortionError, allowed_pairs, make_step, pool
from schemas.errors import RecipeError
from schemas.recipe import AnswerableSettings, PlanSettings
from schemas.values import Severity, Step, StepMeasure, Tones, severity_word

__all__ = ["PAIR_LEVELS", "SINGLE_LEVELS", "Pair", "Palette", "levels_of", "palette"]

SINGLE_LEVELS = (1, 2, 3, 4, 5)
PAIR_LEVELS = (1, 2, 3)  # each of two steps; DQ-495K's generator and the paper
Pair = tuple[str, str]
Choice = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Palette:
    """What may be drawn. Everything is sorted, so a draw depends on the generator alone."""

    functions: dict[str, dict[str, tuple[int, ...]]]
    """category -> function -> its levels that are a severity scale"""
    pairs: tuple[Pair, ...]
    """ordered pairs of categories that may share a region"""
    distortions: dict[str, Distortion]
    """by name, with the levels that the recipe gives them"""
    changed: frozenset[str]
    """names of the functions whose levels have the recipe's numbers: nothing is known of what they typically do"""

    @property
    def categories(self) -> tuple[str, ...]:
        """All categories, sorted."""
        return tuple(self.functions)

    @property
    def weights(self) -> tuple[float, ...]:
        """Chance of each pair, such that all categories come equally often."""
        return _even_weights(self.pairs)

    def words(self, category: str, *, function: str) -> tuple[Severity, ...]:
        """The severity words that a function of a category can have, weakest first; none of an unknown one."""
        levels = self.functions.get(category, {}).get(function, ())
        return tuple(dict.fromkeys(severity_word(level) for level in levels))

    def names(self, category: str, levels: Sequence[int]) -> tuple[str, ...]:
        """The functions of a category that have one of these levels."""
        return tuple(name for name, usable in self.functions.get(category, {}).items() if set(usable) & set(levels))

    def draw_pair(self, draws: np.random.Generator, among: Sequence[Pair] | None = None) -> Pair:
        """An ordered pair, of ``among`` if given, in which categories come equally often."""
        pairs = self.pairs if among is None else tuple(among)
        return pairs[int(draws.choice(len(pairs), p=_even_weights(pairs)))]

    def draw_step(self, draws: np.random.Generator, category: str, levels: Sequence[int], function: str = "") -> Step:
        """A step of a category: a function with one of the levels, equally often, then one of its levels, then a seed."""
        names = (function,) if function else self.names(category, levels)
        name = names[int(draws.integers(len(names)))]
        usable = [level for level in self.functions[category][name] if level in levels]
        level = usable[int(draws.integers(len(usable)))]
        return self.step(name, level, int(draws.integers(2**52)))

    def step(self, name: str, level: int, seed: int) -> Step:
        """The step of one of its functions, with the recipe's numbers."""
        return make_step(self.distortions[name], level, seed)

    def typically(self, steps: Sequence[Step], tones: Tones | None = None) -> float | None:
        """Strength that a region with these steps typically has, 0 to 1; None where nothing is known of one of them.

        ``tones`` are those of the region, if known.
        """
        if not {step.function for step in steps} <= TYPICAL.keys() - self.changed:
            return None
        each = (TYPICAL[step.function][step.level - 1] for step in steps)
        if tones:
            each = (expected(tones, step.function, step.level) or (0.0, 0.0) for step in steps)
        return 1 - math.prod(1 - strength for strength, _ in each)

    def promising(
        self, step: Step, measure: StepMeasure, limits: AnswerableSettings, levels: Sequence[int], least: Expected = (0.0, 0.0)
    ) -> list[Choice]:
        """Functions and levels of a step's category that promise to show in its place as their words say, itself among them.

        ``least`` is the strength and the change below which nothing of it shows there.
        """
        known = self.functions.get(step.category, {})
        choices = [(name, level) for name, usable in known.items() for level in usable if level in levels]
        return [choice for choice in choices if self._promises(choice, step, measure, limits, least)]

    @lru_cache(maxsize=64)  # noqa: B019 - palettes are few and live as long as the process
    def within(self, tones: Tones, limits: AnswerableSettings) -> Palette:
        """What of it may look like its name, and show as its severity word says, in a region with these tones."""
        kept: dict[str, dict[str, tuple[int, ...]]] = {}
        for category, names in self.functions.items():
            for name, levels in names.items():
                steps = ((level, self.step(name, level, 0)) for level in levels)
                if told := tuple(level for level, step in steps if self.may_be_told((step,), tones, limits)):
                    kept.setdefault(category, {})[name] = told
        return replace(self, functions=kept, pairs=_pairs_of(kept, self.pairs))

    def may_be_told(self, steps: Sequence[Step], tones: Tones | None, limits: AnswerableSettings) -> bool:
        """Whether each of the steps may, on a region with these tones; True where nothing is known."""
        if tones is None or not self.changed.isdisjoint(step.function for step in steps):
            return True
        return may_be_told(steps, tones, limits)

    def _promises(self, choice: Choice, step: Step, measure: StepMeasure, limits: AnswerableSettings, least: Expected) -> bool:
        if {choice[0], step.function} & self.changed:
            return True
        foreseen = foresee(measure, (step.function, step.level), choice)
        return foreseen is None or likely(severity_word(choice[1]), foreseen, limits, least)


def levels_of(word: Severity, among: Sequence[int]) -> tuple[int, ...]:
    """The levels that a severity word stands for, weakest first."""
    return tuple(level for level in among if severity_word(level) == word)


@lru_cache(maxsize=8)
def palette(settings: PlanSettings, limits: AnswerableSettings | None = None) -> Palette:
    """What a recipe's [plan] allows.

    Args:
        settings: functions and levels.
        limits: leaves out levels that would hardly ever show as their severity word says; None: all that are sound.

    Raises:
        RecipeError: an unknown taxonomy or function, or functions that leave nothing to draw.
    """
    functions: dict[str, dict[str, tuple[int, ...]]] = {}
    try:
        chosen = pool(settings.functions, settings.levels)
    except UnknownDistortionError as error:
        raise RecipeError(f"plan.functions: {error}") from error
    except ValueError as error:
        raise RecipeError(f"plan.{error}") from error
    for distortion in sorted(chosen, key=lambda one: (one.category, one.name)):
        if distortion.sound_levels:
            functions.setdefault(distortion.category, {})[distortion.name] = tuple(sorted(distortion.sound_levels))
    changed = frozenset(settings.levels)
    if limits:
        functions = {
            category: _promising(names, changed, limits, least_shown(category, (), 0.0, limits))
            for category, names in functions.items()
        }
    if not functions:
        raise RecipeError("plan.functions: none of the named functions has a level that may be used; name others.")
    pairs = _pairs_of(functions, sorted(allowed_pairs()))
    return Palette(functions, pairs, {one.name: one for one in chosen}, changed)


def _pairs_of(functions: Mapping[str, Mapping[str, tuple[int, ...]]], allowed: Iterable[Pair]) -> tuple[Pair, ...]:
    """The pairs of which both categories have a level for two steps on one region."""
    low = {category for category, names in functions.items() if any(set(usable) & set(PAIR_LEVELS) for usable in names.values())}
    return tuple(pair for pair in allowed if set(pair) <= low)


def _promising(
    functions: Mapping[str, tuple[int, ...]], changed: frozenset[str], limits: AnswerableSettings, least: Expected
) -> dict[str, tuple[int, ...]]:
    """A category's functions with the levels that typically show as their words say; all levels of a word that none promises."""
    every = [(name, level) for name, levels in functions.items() for level in levels]
    kept = {(name, level) for name, level in every if name in changed or promises(name, level, limits, least)}
    words = {severity_word(level) for _, level in kept}
    kept |= {(name, level) for name, level in every if severity_word(level) not in words}
    usable = {name: tuple(level for level in levels if (name, level) in kept) for name, levels in functions.items()}
    return {name: levels for name, levels in usable.items() if levels}


@lru_cache(maxsize=1024)
def _even_weights(pairs: tuple[Pair, ...], rounds: int = 200) -> tuple[float, ...]:
    """Weights of pairs whose marginals over categories are as even as the pairs allow (iterative proportional fitting)."""
    if not pairs:
        return ()
    categories = sorted({category for pair in pairs for category in pair})
    share = np.array([[category in pair for category in categories] for pair in pairs], dtype=float)
    weights = np.full(len(pairs), 1 / len(pairs))
    for _ in range(rounds):
        totals = weights @ share
        weights = weights / np.sqrt(np.prod(np.where(share > 0, totals, 1), axis=1))
        weights = weights / weights.sum()
    return tuple(float(weight) for weight in weights)
