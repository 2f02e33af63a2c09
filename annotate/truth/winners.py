"""Which region a grounding question asks for, and why a question has no single answer that can be seen.

The functions take the regions of one picture and the recipe's thresholds, and return the index of the one right region
or a Refusal that names the rule. Nothing else decides a grounding target: candidates and verification both call them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotate.truth.facts import Refusal, distorted, level_sum
from schemas.recipe import AnswerableSettings
from schemas.values import Box, Region, RegionState

__all__ = ["asks", "dao", "hyd", "middle_margin", "misled", "sid", "topics", "winner"]

_ASKS: dict[str, tuple[str, ...]] = {
    "hyd": ("most", "least", "least_of_all"),
    "sid": ("strongest", "weakest"),
    "dao": ("pair", "first", "last"),
}


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
    """Most or least degraded: first in the sum of levels and in perceived strength, with the recipe's margin in both.

    Clean regions compete in ``least_of_all`` only; the least of the distorted ones must be seen to be distorted.
    """
    affected = distorted(regions)
    if len(affected) < 2:
        return Refusal("hyd_few", f"{len(affected)} distorted regions: there is nothing to compare")
    competing = range(len(regions)) if ask == "least_of_all" else affected
    sums = {i: float(level_sum(regions[i])) for i in competing}
    strengths = {i: regions[i].strength for i in competing}
    by_sum, lead = _leader(sums, largest=ask == "most")
    by_strength, margin = _leader(strengths, largest=ask == "most")
    if lead < settings.hyd_margin_levels:
        return Refusal(
            "hyd_margin_levels", f"the leader's sum of levels leads by {lead:g}, less than {settings.hyd_margin_levels}"
        )
    if by_sum != by_strength:
        return Refusal("hyd_disagree", "the sum of levels and the perceived strength name different regions")
    if margin < settings.hyd_margin_strength:
        return Refusal(
            "hyd_margin_strength", f"the leader's strength leads by {margin:.3f}, less than {settings.hyd_margin_strength}"
        )
    if ask == "least" and strengths[by_sum] < settings.hyd_least_strength:
        return Refusal(
            "hyd_least_strength", f"the leader's strength is {strengths[by_sum]:.3f}, less than {settings.hyd_least_strength}"
        )
    return by_sum


def sid(regions: Sequence[RegionState], category: str, ask: str, settings: AnswerableSettings) -> int | Refusal:
    """Strongest or weakest of one category: first in level with its own severity word, and first in strength by the margin."""
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
    by_strength, margin = _leader({i: steps[0][1].strength for i, steps in found.items()}, largest=largest)
    if by_level != by_strength:
        return Refusal("sid_disagree", f"levels and measured strength of {category} name different regions")
    if margin < settings.sid_margin_strength:
        return Refusal(
            "sid_margin_strength", f"the {ask} {category} leads by {margin:.3f}, less than {settings.sid_margin_strength}"
        )
    return by_level


def dao(regions: Sequence[RegionState], ask: str, topic: tuple[str, ...], settings: AnswerableSettings) -> int | Refusal:
    """The one region whose two steps match by order; a distractor shares a type with it; every order that matters can be seen."""
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
    reversible = [target, *(i for i in others if matches(orders[i][::-1]))]
    gap = min(regions[i].order_gap for i in reversible)
    if gap < settings.dao_gap:
        return Refusal("dao_gap", f"the two orders differ by {gap:.3f}, less than {settings.dao_gap}: the order cannot be seen")
    return target


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
