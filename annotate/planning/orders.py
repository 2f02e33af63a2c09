"""How far two distortions in one order are from the same two in the other order, measured on photos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from annotate.measures.strength import strength
from distortions import allowed_pairs, make_step, pool, render_box
from schemas.values import Step

__all__ = ["OrderGap", "as_table", "order_gaps", "pairs_to_measure"]

Pixels = NDArray[np.uint8]
Pair = tuple[str, str]


@dataclass(frozen=True)
class OrderGap:
    """The difference between A-then-B and B-then-A, for one function of each category on one photo."""

    categories: Pair
    functions: Pair
    change: float
    """mean absolute difference of RGB samples, 0 to 255"""
    strength: float
    """perceived strength of the difference, 0 (unseen) to 1, see ``annotate.measures``"""


def pairs_to_measure(functions: str | Sequence[str] = "dq495k", *, every: bool = False) -> dict[Pair, tuple[Pair, ...]]:
    """Pairs of functions by pair of categories, each once (in alphabetical order), for all pairs allowed in either order.

    Args:
        functions: a taxonomy or names, as for ``distortions.pool``.
        every: all functions of a category; False for its first one alone.
    """
    members: dict[str, list[str]] = {}
    for one in pool(functions):
        members.setdefault(one.category, []).append(one.name)
    chosen = {category: names if every else names[:1] for category, names in members.items()}
    wanted = sorted({(min(pair), max(pair)) for pair in allowed_pairs() if set(pair) <= set(chosen)})
    return {(first, second): tuple((a, b) for a in chosen[first] for b in chosen[second]) for first, second in wanted}


def order_gaps(image: Pixels, pairs: dict[Pair, tuple[Pair, ...]], level: int = 2, seed: int = 0) -> Iterator[OrderGap]:
    """The gap of every pair on one picture (uint8 RGB H x W x 3); a function draws the same random numbers in both orders."""
    names = {name for functions in pairs.values() for pair in functions for name in pair}
    steps = {name: make_step(name, level, seed) for name in sorted(names)}
    once = {name: _applied(image, step) for name, step in steps.items()}
    everywhere = np.ones(image.shape[:2], dtype=bool)
    for categories, functions in pairs.items():
        for first, second in functions:
            one, other = _applied(once[first], steps[second]), _applied(once[second], steps[first])
            change = float(np.abs(one.astype(np.int16) - other).mean())
            yield OrderGap(categories, (first, second), change, strength(one, other, everywhere))


def _applied(image: Pixels, step: Step) -> Pixels:
    height, width = image.shape[:2]
    return render_box(image, (0, 0, width, height), [step])


def as_table(gaps: Iterable[OrderGap]) -> str:
    """A Markdown table, one row for each pair of categories, the largest mean strength first."""
    rows: dict[Pair, list[OrderGap]] = {}
    for gap in gaps:
        rows.setdefault(gap.categories, []).append(gap)
    ordered = sorted(rows.items(), key=lambda item: (-fmean(gap.strength for gap in item[1]), item[0]))
    lines = ["| categories | allowed orders | mean change, 0-255 | strength: mean | least | most |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(categories, found) for categories, found in ordered)])


def _row(categories: Pair, gaps: Sequence[OrderGap]) -> str:
    first, second = categories
    allowed = [f"{a} > {b}" for a, b in ((first, second), (second, first)) if (a, b) in allowed_pairs()]
    orders = "both" if len(allowed) == 2 else allowed[0]
    strengths = [gap.strength for gap in gaps]
    change = fmean(gap.change for gap in gaps)
    spread = f"{fmean(strengths):.3f} | {min(strengths):.3f} | {max(strengths):.3f}"
    return f"| {first}, {second} | {orders} | {change:.2f} | {spread} |"
