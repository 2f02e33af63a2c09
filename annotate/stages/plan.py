"""Plan: which steps each region of each picture of a photo gets, before anything is rendered.

A photo's plan depends on (recipe seed, photo, region count, settings) alone. Everything that could be guessed without the
pixels is drawn evenly: which region is the target, which function of a category, which level, which order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from annotate.order_presets import orders
from annotate.palette import PAIR_LEVELS, SINGLE_LEVELS, Pair, Palette, levels_of, palette
from schemas.keys import digest, generator, unit
from schemas.recipe import PlanSettings, Recipe
from schemas.values import Photo, Region, Step, Variant

__all__ = ["aim_of", "plan"]

Steps = tuple[Step, ...]
Categories = tuple[str, ...]

_TRIES = 32  # draws of a region until its levels sum up as wanted; the last one is kept
_LOW, _MIDDLE, _HIGH = (1, 2), (3, 4), (5, 6)  # sums of levels of the least, the other and the most degraded regions


def plan(photo: Photo, regions: Sequence[Region], recipe: Recipe) -> tuple[Variant, ...]:
    """The pictures to make from a photo; ``variant.steps[i]`` belongs to ``regions[i]``."""
    return tuple(_variant(photo, len(regions), number, recipe) for number in range(recipe.plan.variants))


def aim_of(photo: str, number: int, settings: PlanSettings) -> str:
    """What a photo's picture is planned for: sid, dao or free; spread over the variants, so shares hold for every photo."""
    place = (unit("aim", photo) + number / settings.variants) % 1.0
    if place < settings.sid_share:
        return "sid"
    return "dao" if place < settings.sid_share + settings.dao_share else "free"


def _variant(photo: Photo, count: int, number: int, recipe: Recipe) -> Variant:
    aim = aim_of(photo.sha256, number, recipe.plan)
    sheet = _Sheet(photo.sha256, number, count, recipe)
    steps = sheet.free() if count < 2 or aim == "free" else sheet.sid() if aim == "sid" else sheet.dao()
    return Variant(id=digest(photo.sha256, number, recipe.seed), photo=photo.sha256, number=number, aim=aim, steps=steps)


class _Sheet:
    """The draws of one picture: roles by one generator, every step by its own."""

    def __init__(self, photo: str, number: int, count: int, recipe: Recipe) -> None:
        self.key = (photo, number)
        self.seed = recipe.seed
        self.count = count
        self.settings = recipe.plan
        self.palette: Palette = palette(recipe.plan)
        self.roles = generator(recipe.seed, photo, number, "roles")
        self.attempt = 0

    def free(self) -> tuple[Steps, ...]:
        """One region well ahead in the sum of levels, one well behind, the others between them or clean."""
        if self.count < 2:
            return tuple(self._any(region, ()) for region in range(self.count))
        most, least, *others = (int(place) for place in self.roles.permutation(self.count))
        if self.count == 2:
            return self._in_order({most: (_HIGH, False), least: (_LOW + _MIDDLE, False)})
        return self._in_order({most: (_HIGH, False), least: (_LOW, False), **dict.fromkeys(others, (_MIDDLE, True))})

    def sid(self) -> tuple[Steps, ...]:
        """One function in two or three regions, each with another severity; other categories elsewhere."""
        ranked = [category for category in self.palette.categories if len(self.palette.words(category)) > 1]
        if not ranked:
            return self.free()
        category = ranked[int(self.roles.integers(len(ranked)))]
        words = self.palette.words(category)
        names = [name for name in self.palette.names(category, SINGLE_LEVELS) if self._scale(category, name) == len(words)]
        function = names[int(self.roles.integers(len(names)))]
        carriers = int(self.roles.integers(2, min(self.count, len(words)) + 1))
        chosen = self.roles.permutation(len(words))[:carriers]
        places = self.roles.permutation(self.count)[:carriers]
        planned = {
            int(place): (self._step(int(place), 0, category, levels_of(words[int(word)], SINGLE_LEVELS), function),)
            for place, word in zip(places, chosen, strict=True)
        }
        return self._fill(planned, (category,))

    def dao(self) -> tuple[Steps, ...]:
        """One region with A then B, another with B then A (or one of them, where B then A is not allowed)."""
        pairs = [pair for pair in orders(self.settings.orders) if pair in self.palette.pairs]
        if not pairs:
            return self.free()
        first, second = self.palette.draw_pair(self.roles, pairs)
        places = [int(place) for place in self.roles.permutation(self.count)]
        planned: dict[int, Steps] = {places[0]: self._pair(places[0], (first, second))}
        if (second, first) in self.palette.pairs:
            planned[places[1]] = self._pair(places[1], (second, first))
        else:
            alone = (first, second)[int(self.roles.integers(2))]
            planned[places[1]] = (self._step(places[1], 0, alone, SINGLE_LEVELS),)
        return self._fill(planned, (first, second))

    def _fill(self, planned: Mapping[int, Steps], avoided: Categories) -> tuple[Steps, ...]:
        return tuple(planned.get(region) or self._any(region, avoided) for region in range(self.count))

    def _in_order(self, wanted: Mapping[int, tuple[tuple[int, ...], bool]]) -> tuple[Steps, ...]:
        return tuple(self._summing(region, *wanted[region]) for region in range(self.count))

    def _summing(self, region: int, sums: tuple[int, ...], clean: bool) -> Steps:
        """Drawn again until the levels sum up to one of ``sums`` (or the region is clean, where it may be)."""
        for self.attempt in range(_TRIES):
            steps = self._any(region, ())
            if sum(step.level for step in steps) in sums or (clean and not steps):
                break
        self.attempt = 0
        return steps

    def _any(self, region: int, avoided: Categories) -> Steps:
        draws = self._draws(region, "kind")
        if draws.random() < self.settings.clean_share:
            return ()
        if draws.random() < self.settings.pair_share:
            pairs = [pair for pair in self.palette.pairs if not set(pair) & set(avoided)]
            if pairs:
                return self._pair(region, self.palette.draw_pair(draws, pairs))
        categories = [category for category in self.palette.categories if category not in avoided]
        if not categories:
            return ()
        category = categories[int(draws.integers(len(categories)))]
        return (self._step(region, 0, category, SINGLE_LEVELS),)

    def _pair(self, region: int, pair: Pair) -> Steps:
        return tuple(self._step(region, index, category, PAIR_LEVELS) for index, category in enumerate(pair))

    def _step(self, region: int, index: int, category: str, levels: Sequence[int], function: str = "") -> Step:
        return self.palette.draw_step(self._draws(region, index), category, levels, function)

    def _draws(self, region: int, step: int | str) -> np.random.Generator:
        return generator(self.seed, *self.key, region, step, self.attempt)

    def _scale(self, category: str, name: str) -> int:
        only = Palette({category: {name: self.palette.functions[category][name]}}, (), (), self.palette.distortions)
        return len(only.words(category))
