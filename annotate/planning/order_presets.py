"""Ordered pairs of distortion categories whose order can be told from the pixels: presets for questions on the order."""

from __future__ import annotations

from collections.abc import Sequence

from distortions import allowed_pairs
from schemas.errors import RecipeError

__all__ = ["MEASURED", "PAPER", "orders"]

Pair = tuple[str, str]

MEASURED: tuple[Pair, ...] = (
    ("blur", "compression"),
    ("blur", "noise"),
    ("brighten", "compression"),
    ("brighten", "quantization"),
    ("compression", "contrast_strengthen"),
    ("compression", "contrast_weaken"),
    ("compression", "darken"),
    ("compression", "noise"),
    ("compression", "saturate_strengthen"),
    ("compression", "saturate_weaken"),
    ("contrast_strengthen", "noise"),
    ("contrast_strengthen", "quantization"),
    ("contrast_weaken", "noise"),
    ("contrast_weaken", "quantization"),
    ("darken", "quantization"),
    ("noise", "pixelate"),
    ("noise", "saturate_strengthen"),
    ("noise", "saturate_weaken"),
    ("pixelate", "quantization"),
    ("quantization", "saturate_strengthen"),
    ("quantization", "saturate_weaken"),
)
"""unordered pairs, allowed both ways, whose two orders differed by a strength above 0.15 in at least half of the regions tried:
docs/orders.md has the measurement of all 43"""

PAPER: tuple[Pair, ...] = (
    ("blur", "compression"),
    ("blur", "noise"),
    ("compression", "blur"),
    ("compression", "noise"),
    ("contrast_weaken", "noise"),
    ("contrast_weaken", "blur"),
    ("contrast_weaken", "compression"),
    ("contrast_weaken", "pixelate"),
    ("pixelate", "noise"),
    ("saturate_weaken", "noise"),
)
"""the hand-made table of IQA-Spider (arXiv 2605.24553), first then second; two of its pairs commute in effect (docs/orders.md)"""


def orders(name: str | Sequence[Pair]) -> tuple[Pair, ...]:
    """The ordered pairs of a preset (measured, paper, all) or those of a list, sorted.

    Raises:
        RecipeError: the list holds a pair that is not allowed in that order.
    """
    allowed = allowed_pairs()
    if not isinstance(name, str):
        for first, second in name:
            if (first, second) not in allowed:
                others = ", ".join(sorted(other for one, other in allowed if one == first)) or "nothing"
                raise RecipeError(f"plan.orders: {first} > {second} is not an allowed order. After {first} may come: {others}.")
        return tuple(sorted({(first, second) for first, second in name}))
    if name == "all":
        return tuple(sorted(allowed))
    chosen = {*MEASURED, *(pair[::-1] for pair in MEASURED)} if name == "measured" else set(PAPER)
    return tuple(sorted(chosen & allowed))
