"""Which region a grounding question asks for, and why a question has no single answer that can be seen.

The functions take the regions of one picture and the recipe's thresholds, and return the index of the one right region
or a Refusal that names the rule. Nothing else decides a grounding target: candidates and verification both call them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log2
from typing import Final

from annotate.truth.facts import Refusal, distorted, level_sum
from annotate.truth.lookalikes import looks_like, rivals
from schemas.recipe import AnswerableSettings
from schemas.values import Box, Region, RegionState, StepMeasure

__all__ = ["asks", "dao", "hyd", "middle_margin", "misled", "sid", "topics", "winner"]

_ASKS: dict[str, tuple[str, ...]] = {
    "hyd": ("most", "least", "least_of_all"),
    "sid": ("strongest", "weakest"),
    "dao": ("pair", "first", "last"),
}

_UNTOLD: Final = frozenset({frozenset({"quantization", "brighten"}), frozenset({"quantization", "pixelate"})})
"""pairs whose two orders nobody tells apart by eye, whatever their gap"""


def asks(subtask: str, settings: AnswerableSettings) -> tuple[str, ...]:
    """The ways a sub-task is asked: ``least`` is among the distorted regions, ``least_of_all`` among all; the recipe decides."""
    barred = "least" if settings.hyd_clean_competes else "least_of_all"
    return tuple(ask for ask in _ASKS[subtask] if ask != barred)


def winner(
    subtask: str, regions: Sequence[RegionState], ask: str, topic: tuple[str, ...], settings: AnswerableSettings
) -> int | Refusal:
    """The target of a question of any sub-task.

    Args:
        subtask: hyd, sid or dao.
        regions: all regions of the picture.
        ask: one of ``asks(subtask, settings)``.
        topic: categories named in the question, in order: none for hyd, one for sid, first and last, two for pair.
        settings: thresholds.
    """
    if ask not in asks(subtask, settings):
        return Refusal(f"{subtask}_ask", f"this recipe has no question of the kind {subtask} {ask!r}")
    if len(topic) != {"hyd": 0, "sid": 1}.get(subtask, 2 if ask == "pair" else 1):
        return Refusal(f"{subtask}_topic", f"a question {subtask} {ask} cannot name {len(topic)} distortions")
    if subtask == "hyd":
        return hyd(regions, ask, settings)
    return sid(regions, topic[0], ask, settings) if subtask == "sid" else dao(regions, ask, topic, settings)


def middle_margin(box: Box, width: int, height: int) -> float:
    """How far the centre of a box lies from the nearer middle line of the picture, as a share of that side."""
    x0, y0, x1, y1 = box
    return min(abs((x0 + x1) / 2 / width - 0.5), abs((y0 + y1) / 2 / height - 0.5))


def misled(region: Region, width: int, height: int, settings: AnswerableSettings) -> Iterator[Refusal]:
    """Refusals if a target's position words are arbitrary or lead elsewhere.

    Its box's centre is too close to a middle line of the ``width`` x ``height`` picture (what spans the picture is neither left
    nor right), too little of it lies in the quadrant the words name, or a click on the point they imply gives another mask.
    """
    margin = middle_margin(region.bbox, width, height)
    if margin < settings.words_margin:
        yield Refusal("words_margin", f"the centre of the target's box is {margin:.3f} of a side away from a middle line")
    if region.quadrant_share < settings.words_share:
        yield Refusal("words_share", f"only {region.quadrant_share:.2f} of the target lie in the quadrant that its words name")
    if (region.words_iou or 0.0) < settings.words_iou:
        yield Refusal(
            "words_iou", f"the point its words imply gives a mask of IoU {region.words_iou}, less than {settings.words_iou}"
        )


def topics(subtask: str, regions: Sequence[RegionState], ask: str) -> tuple[tuple[str, ...], ...]:
    """What a question of this kind could name in this picture, sorted."""
    if subtask == "hyd":
        return ((),)
    if subtask == "sid":
        return tuple(sorted({(step.category,) for region in regions for step in region.steps}))
    pairs = {tuple(step.category for step in region.steps) for region in regions if len(region.steps) == 2}
    return tuple(sorted(pairs if ask == "pair" else {pair[:1] if ask == "first" else pair[1:] for pair in pairs}))


def hyd(regions: Sequence[RegionState], ask: str, settings: AnswerableSettings) -> int | Refusal:
    """Most or least degraded: first in the sum of levels and in perceived strength, however people weigh the categories.

    Clean regions compete in ``least_of_all`` only; the least of the distorted ones must be seen to be distorted.
    """
    affected = distorted(regions)
    if len(affected) < 2:
        return Refusal("hyd_few", f"{len(affected)} distorted regions: there is nothing to compare")
    competing = range(len(regions)) if ask == "least_of_all" else affected
    sums = {i: float(level_sum(regions[i])) for i in competing}
    strengths = {i: regions[i].strength for i in competing}
    by_sum, lead = _leader(sums, largest=ask == "most")
    by_strength, _ = _leader(strengths, largest=ask == "most")
    if lead < settings.hyd_margin_levels:
        return Refusal(
            "hyd_margin_levels", f"the leader's sum of levels leads by {lead:g}, less than {settings.hyd_margin_levels}"
        )
    if by_sum != by_strength:
        return Refusal("hyd_disagree", "the sum of levels and the perceived strength name different regions")
    others = [regions[i] for i in competing if i != by_sum]
    spare = min(_spare_lead(regions[by_sum], other, largest=ask == "most", settings=settings) for other in others)
    if spare < 0:
        return Refusal(
            "hyd_margin_strength", f"at some weights of the categories the leader's strength leads by {-spare:.3f} too little"
        )
    if ask == "least" and strengths[by_sum] < settings.hyd_least_strength:
        return Refusal(
            "hyd_least_strength", f"the leader's strength is {strengths[by_sum]:.3f}, less than {settings.hyd_least_strength}"
        )
    return by_sum


def _spare_lead(winner: RegionState, other: RegionState, *, largest: bool, settings: AnswerableSettings) -> float:
    """What is left of a HyD winner's lead over another region above the margin, at the weights that are the worst for it.

    A region's strength is shared among its steps by theirs; whoever judges gives each category one weight of its range
    (``hyd_weights``), the same in both regions. What is larger is seen first, so each doubling of the area of the region
    that should be less degraded (more, for the least one) asks for more.
    """
    more, less = (winner, other) if largest else (other, winner)
    parts = _parts(more)
    for category, part in _parts(less).items():
        parts[category] = parts.get(category, 0.0) - part
    weights = {category: settings.hyd_weights.get(category, settings.hyd_weights["other"]) for category in parts}
    lead = sum(part * weights[category][0 if part > 0 else 1] for category, part in parts.items())
    doublings = max(0.0, log2(less.area / more.area))
    return lead - settings.hyd_margin_strength - settings.hyd_margin_area * doublings


def _parts(region: RegionState) -> dict[str, float]:
    """The region's strength, shared among the categories of its steps."""
    total = sum(measure.strength for measure in region.measures)
    parts: dict[str, float] = {}
    for step, measure in zip(region.steps, region.measures, strict=True):
        parts[step.category] = parts.get(step.category, 0.0) + region.strength * (measure.strength / total if total else 0.0)
    return parts


def sid(regions: Sequence[RegionState], category: str, ask: str, settings: AnswerableSettings) -> int | Refusal:
    """Strongest or weakest of one category: first in level with its own severity word, in strength and in change, by margins.

    Nothing else in the picture that may be taken for the category (``annotate.truth.lookalikes``) comes near it.
    """
    found = {
        i: [(step, measure) for step, measure in zip(region.steps, region.measures, strict=True) if step.category == category]
        for i, region in enumerate(regions)
    }
    found = {i: steps for i, steps in found.items() if steps}
    if len(found) < 2:
        return Refusal("sid_few", f"{category} is in fewer than two regions")
    if any(len(steps) > 1 for steps in found.values()):
        return Refusal("sid_doubled", f"{category} was applied twice to one region")
    largest = ask == "strongest"
    by_level, _ = _leader({i: float(steps[0][0].level) for i, steps in found.items()}, largest=largest)
    word = found[by_level][0][0].severity
    if any(steps[0][0].severity == word for i, steps in found.items() if i != by_level):
        return Refusal("sid_severity", f"the {ask} {category} shares its severity word with another region")
    measures = {i: steps[0][1] for i, steps in found.items()}
    refusal = _not_plain(measures, by_level, f"the {ask} {category}", largest=largest, settings=settings)
    if refusal is None and (alike := _taken_for(regions, by_level, category, measures[by_level].strength, largest, settings)):
        refusal = Refusal("sid_alike", f"what was done to region {alike[0]} may be taken for the {ask} {category}")
    return by_level if refusal is None else refusal


def _not_plain(
    measures: Mapping[int, StepMeasure], winner: int, what: str, *, largest: bool, settings: AnswerableSettings
) -> Refusal | None:
    """Why the winner by level is not plainly first by what its step does to the pixels, if it is not."""
    by_strength, margin = _leader({i: measure.strength for i, measure in measures.items()}, largest=largest)
    by_change, _ = _leader({i: measure.change for i, measure in measures.items()}, largest=largest)
    if not winner == by_strength == by_change:
        return Refusal("sid_disagree", f"levels, measured strength and change name different regions for {what}")
    if margin < settings.sid_margin_strength:
        return Refusal("sid_margin_strength", f"{what} leads by {margin:.3f}, less than {settings.sid_margin_strength}")
    ratios = [measures[winner].change / max(measures[i].change, 1e-9) for i in measures if i != winner]
    factor = min(ratio if largest else 1 / max(ratio, 1e-9) for ratio in ratios)
    if factor < settings.sid_margin_change:
        return Refusal(
            "sid_margin_change", f"{what} differs in change by a factor of {factor:.2f}, less than {settings.sid_margin_change}"
        )
    return None


def _taken_for(
    regions: Sequence[RegionState], winner: int, category: str, strength: float, largest: bool, settings: AnswerableSettings
) -> list[int]:
    """Regions whose other distortions may be taken for the category and are as strong as the winner's (as weak), or nearly."""
    margin = settings.alike_margin
    shown = ((i, measure.strength) for i, measure in rivals(regions, category, winner))
    return [i for i, other in shown if (other > strength - margin if largest else other < strength + margin)]


def dao(regions: Sequence[RegionState], ask: str, topic: tuple[str, ...], settings: AnswerableSettings) -> int | Refusal:
    """The one region whose two steps match by order; a distractor shares a type with it; every order that matters can be seen.

    No other region looks as if it matched (``annotate.truth.lookalikes``).
    """
    matches = _dao_match(ask, topic)
    orders = [tuple(step.category for step in region.steps) for region in regions]
    matching = [i for i, order in enumerate(orders) if matches(order)]
    if len(matching) != 1:
        return Refusal("dao_unique", f"{len(matching)} regions match {ask} {' > '.join(topic)}")
    (target,) = matching
    if len(orders[target]) != 2 or len(set(orders[target])) != 2:
        return Refusal("dao_two", "the matching region does not have two different distortions")
    others = [i for i in range(len(regions)) if i != target]
    if not any(set(orders[i]) & set(orders[target]) for i in others):
        return Refusal("dao_distractor", "no other region shares a distortion with the matching one")
    reversed_ones = [i for i in others if matches(orders[i][::-1])]
    untold = reversed_ones and frozenset(orders[target]) in _UNTOLD
    gap = 0.0 if untold else min(regions[i].order_gap for i in (target, *reversed_ones))
    least = settings.dao_rival_gap if reversed_ones else settings.dao_gap
    if gap < least:
        return Refusal("dao_gap", f"the two orders differ by {gap:.3f}, less than {least}: the order cannot be seen")
    wanted = _dao_places(ask, topic)
    alike = next((i for i in others if _passes_for(regions[i], regions[target], wanted, settings.alike_margin)), None)
    if alike is not None:
        return Refusal("dao_alike", f"what was done to region {alike} may be taken for {ask} {' > '.join(topic)}")
    return target


def _dao_places(ask: str, topic: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    """Where in a region's order which category must stand."""
    return tuple(enumerate(topic)) if ask == "pair" else ((0 if ask == "first" else -1, topic[0]),)


def _passes_for(other: RegionState, target: RegionState, wanted: Sequence[tuple[int, str]], margin: float) -> bool:
    """Whether each place of another region's order holds the wanted category, or what may be taken for it and shows as much."""
    if len(other.steps) < len(wanted) or not other.steps:
        return False
    for place, category in wanted:
        step, shown = other.steps[place], other.measures[place].strength
        alike = looks_like(step, category) and shown >= target.measures[place].strength - margin
        if not (alike or step.category == category):
            return False
    return True


def _dao_match(ask: str, topic: tuple[str, ...]) -> Callable[[tuple[str, ...]], bool]:
    if ask == "pair":
        return lambda order: order == topic
    if ask == "first":
        return lambda order: order[:1] == topic
    return lambda order: order[-1:] == topic


def _leader(values: dict[int, float], *, largest: bool) -> tuple[int, float]:
    """The first by value and its lead over the second; 0 where two share the place."""
    order = sorted(values, key=lambda i: -values[i] if largest else values[i])
    return order[0], abs(values[order[0]] - values[order[1]])
