"""Plan: which steps each region of each picture of a photo gets, before anything is rendered.

A photo's plan depends on (recipe seed, photo, its regions, settings) alone. Everything that could be guessed without the
pixels is drawn evenly: which region is the target (of those that can be one), which function of a category, level and order.
Only what could not be told in a region is not planned there: colour of the grey, shade of the black, blur of the smooth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from annotate.planning.order_presets import orders
from annotate.planning.palette import PAIR_LEVELS, SINGLE_LEVELS, Pair, Palette, levels_of, palette
from annotate.truth.winners import misled
from schemas.keys import digest, generator, unit
from schemas.recipe import PlanSettings, Recipe
from schemas.values import Photo, Region, Severity, Step, Variant

__all__ = ["aim_of", "check_plan", "plan"]

Steps = tuple[Step, ...]
Categories = tuple[str, ...]

_TRIES = 64  # draws of a region until it is as degraded as wanted; the first with the right sum of levels is kept, else the last
# Sums of levels of the least, the other and the most degraded regions of a picture: apart, all levels used. Several at the low
# end, because some categories hardly show at level 1.
_SUMS = (((1, 2), (3,), (5, 6)), ((1,), (3,), (5,)), ((2,), (3, 4), (6,)))
_PAIR_TRIES = 6  # draws of functions and levels for a pair, and of pairs, until both steps may be told
_ORDER_LEVELS = PAIR_LEVELS[1:]  # of pairs whose order is asked for: at the weakest level it can hardly be told
# Typical strengths of the same, so that the order of sums is mostly the order of what is seen.
_STRENGTHS = ((0.15, 0.45), (0.36, 0.7), (0.75, 1.0))


def plan(photo: Photo, regions: Sequence[Region], recipe: Recipe) -> tuple[Variant, ...]:
    """The pictures to make from a photo; ``variant.steps[i]`` belongs to the i-th of ``annotate.regions.whole.areas``."""
    palettes = _palettes(regions, recipe)
    return tuple(_variant(photo, regions, number, recipe, palettes) for number in range(recipe.plan.variants))


def check_plan(settings: PlanSettings) -> None:
    """Looks at [plan] before any work is done.

    Raises:
        RecipeError: an unknown function, functions with nothing to draw, or an order that is not allowed.
    """
    palette(settings)
    orders(settings.orders)


def aim_of(photo: str, number: int, settings: PlanSettings) -> str:
    """What a photo's picture is planned for: sid, dao, free or whole; spread over the variants, so shares hold for every photo.

    Whole: the picture is distorted all over, ``annotate.regions.whole`` has its one region.
    """
    place = (unit("aim", photo) + number / settings.variants) % 1.0
    if place < settings.sid_share:
        return "sid"
    if place < settings.sid_share + settings.dao_share:
        return "dao"
    return "whole" if place >= 1 - settings.whole_share else "free"


def _palettes(regions: Sequence[Region], recipe: Recipe) -> list[Palette]:
    """What may be drawn for each region: what will probably look like its name there."""
    known = palette(recipe.plan, recipe.answerable)
    tones = [region.tones for region in regions]
    return [known.within(each, recipe.answerable) if each else known for each in tones]


def _variant(photo: Photo, regions: Sequence[Region], number: int, recipe: Recipe, palettes: Sequence[Palette]) -> Variant:
    aim = aim_of(photo.sha256, number, recipe.plan)
    sheet = _Sheet(photo, regions, number, recipe, palettes)
    if aim == "whole":
        steps = sheet.whole()
    else:
        steps = sheet.free() if len(regions) < 2 or aim == "free" else sheet.sid() if aim == "sid" else sheet.dao()
    return Variant(id=digest(photo.sha256, number, recipe.seed), photo=photo.sha256, number=number, aim=aim, steps=steps)


class _Sheet:
    """The draws of one picture: roles by one generator, every step by its own."""

    def __init__(self, photo: Photo, regions: Sequence[Region], number: int, recipe: Recipe, palettes: Sequence[Palette]) -> None:
        self.key = (photo.sha256, number)
        self.seed = recipe.seed
        self.count = len(regions)
        self.settings, self.limits = recipe.plan, recipe.answerable
        self.tones = [region.tones for region in regions]
        self.palette, self.palettes = palette(recipe.plan, recipe.answerable), palettes
        self.roles = generator(recipe.seed, *self.key, "roles")
        self.attempt = 0
        limits = recipe.answerable
        misleading = [any(misled(region, photo.width, photo.height, limits)) for region in regions]
        # In random order, but those whose position words would lead elsewhere last: a question cannot ask for them.
        self.places = sorted((int(place) for place in self.roles.permutation(self.count)), key=lambda place: misleading[place])

    def whole(self) -> tuple[Steps, ...]:
        """The whole picture as one region, never clean; its tones are not known."""
        self.palettes, self.tones = [self.palette], [None]
        return (self._distorted(0, (), self._draws(0, "kind")),)

    def free(self) -> tuple[Steps, ...]:
        """One region well ahead in the sum of levels, one well behind, the others between them or clean."""
        if self.count < 2:
            return tuple(self._any(region, ()) for region in range(self.count))
        most, least, *others = self.places
        low, middle, high = _SUMS[int(self.roles.integers(len(_SUMS)))]
        if self.count == 2:
            return self._in_order({most: (high, 2, False), least: (low + middle, 0, False)})
        return self._in_order({most: (high, 2, False), least: (low, 0, False), **dict.fromkeys(others, (middle, 1, True))})

    def sid(self) -> tuple[Steps, ...]:
        """One function in two or three regions, each with another severity; other categories elsewhere."""
        carrying = {
            category: [name for name in names if len(self._carriers(category, name)) > 1]
            for category, names in self.palette.functions.items()
        }
        categories = [category for category, names in carrying.items() if names]
        if not categories:
            return self.free()
        category = categories[int(self.roles.integers(len(categories)))]
        function = carrying[category][int(self.roles.integers(len(carrying[category])))]
        carriers = self._carriers(category, function)
        most = int(self.roles.integers(2, min(len(carriers), len(self.palette.words(category, function=function))) + 1))
        planned = {
            place: (self._step(place, 0, category, levels_of(word, SINGLE_LEVELS), function),)
            for place, word in list(self._apart(carriers).items())[:most]
        }
        return self._fill(planned, (category,)) if len(planned) > 1 else self.free()

    def _carriers(self, category: str, function: str) -> dict[int, tuple[Severity, ...]]:
        """The severity words that a function can have in each region, those that can be asked for first; none if only one can."""
        words = {place: self.palettes[place].words(category, function=function) for place in self.places}
        words = {place: usable for place, usable in words.items() if usable}
        return words if len({word for usable in words.values() for word in usable}) > 1 else {}

    def _apart(self, carriers: Mapping[int, tuple[Severity, ...]]) -> dict[int, Severity]:
        """A word for each region, none twice; regions for which none is left are passed over. The most of a few tries."""
        best: dict[int, Severity] = {}
        for _ in range(_TRIES // 8):
            drawn: dict[int, Severity] = {}
            for place, words in carriers.items():
                left = [word for word in words if word not in drawn.values()]
                if left:
                    drawn[place] = left[int(self.roles.integers(len(left)))]
            best = drawn if len(drawn) > len(best) else best
        return best

    def dao(self) -> tuple[Steps, ...]:
        """One region with A then B, another with B then A (or one of them, where B then A is not allowed)."""
        allowed = [pair for pair in orders(self.settings.orders) if pair in self.palette.pairs]
        pairs = [pair for pair in allowed if len(self._fitting(pair)) > 1]
        if not pairs:
            return self.free()
        for _ in range(_PAIR_TRIES):
            pair = self.palette.draw_pair(self.roles, pairs)
            if planned := self._ordered(pair):
                return self._fill(planned, pair)
        return self.free()

    def _ordered(self, pair: Pair) -> dict[int, Steps]:
        """The first region where the pair may be told, and the next for its distractor; none if there are no two."""
        places = iter(self._fitting(pair))
        planned: dict[int, Steps] = {}
        for order in (pair, pair[::-1]):
            for place in places:
                if steps := self._pair(place, order, _ORDER_LEVELS) if order in self.palette.pairs else self._alone(place, pair):
                    planned[place] = steps
                    break
        return planned if len(planned) > 1 else {}

    def _alone(self, place: int, pair: Pair) -> Steps:
        """One of the two categories, where they are not allowed the other way round."""
        return (self._step(place, 0, pair[int(self.roles.integers(2))], SINGLE_LEVELS),)

    def _fitting(self, pair: Pair) -> list[int]:
        """Regions in which both categories can be told at levels that show an order, those that can be asked for first."""
        return [place for place in self.places if all(self.palettes[place].names(each, _ORDER_LEVELS) for each in pair)]

    def _fill(self, planned: Mapping[int, Steps], avoided: Categories) -> tuple[Steps, ...]:
        return tuple(planned.get(region) or self._any(region, avoided) for region in range(self.count))

    def _in_order(self, wanted: Mapping[int, tuple[tuple[int, ...], int, bool]]) -> tuple[Steps, ...]:
        return tuple(self._summing(region, *wanted[region]) for region in range(self.count))

    def _summing(self, region: int, sums: tuple[int, ...], role: int, clean: bool) -> Steps:
        """Drawn again until the levels sum up to one of ``sums``, typically as strong as the role, or the region may be clean."""
        low, high = _STRENGTHS[role]
        fallback: Steps = ()
        for self.attempt in range(_TRIES):
            steps = self._any(region, ())
            fits = sum(step.level for step in steps) in sums
            fallback = fallback or (steps if fits else ())
            expected = self.palette.typically(steps, self.tones[region])
            if (clean and not steps) or (fits and (expected is None or low <= expected <= high)):
                fallback = steps
                break
        self.attempt = 0
        return fallback if fallback or clean else steps

    def _any(self, region: int, avoided: Categories) -> Steps:
        draws = self._draws(region, "kind")
        return () if draws.random() < self.settings.clean_share else self._distorted(region, avoided, draws)

    def _distorted(self, region: int, avoided: Categories, draws: np.random.Generator) -> Steps:
        known = self.palettes[region]
        if draws.random() < self.settings.pair_share:
            pairs = [pair for pair in known.pairs if not set(pair) & set(avoided)]
            for _ in range(_PAIR_TRIES if pairs else 0):
                if steps := self._pair(region, known.draw_pair(draws, pairs)):
                    return steps
        categories = [category for category in known.categories if category not in avoided]
        if not categories:
            return ()
        category = categories[int(draws.integers(len(categories)))]
        return (self._step(region, 0, category, SINGLE_LEVELS),)

    def _pair(self, region: int, pair: Pair, levels: Sequence[int] = PAIR_LEVELS) -> Steps:
        """Functions and levels of two categories that may both be told there; none where a few draws find none."""
        draws = [self._draws(region, index) for index in range(len(pair))]
        for _ in range(_PAIR_TRIES):
            steps = tuple(self.palettes[region].draw_step(*each, levels) for each in zip(draws, pair, strict=True))
            if self.palette.may_be_told(steps, self.tones[region], self.limits):
                return steps
        return ()

    def _step(self, region: int, index: int, category: str, levels: Sequence[int], function: str = "") -> Step:
        return self.palettes[region].draw_step(self._draws(region, index), category, levels, function)

    def _draws(self, region: int, step: int | str) -> np.random.Generator:
        return generator(self.seed, *self.key, region, step, self.attempt)
