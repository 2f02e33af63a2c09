"""The policy that turns overlapping, nested, ragged proposals into a few disjoint connected regions.

Steps, each with its threshold in ``RegionSettings`` and its own refusal code:

1. the area lies between ``min_area`` and ``max_area`` of the picture (``small``, ``large``);
2. holes below ``fill_holes`` are filled, the one-pixel fringe goes, and the largest component must hold
   ``min_component`` of the mask (``scattered``);
3. the largest inscribed circle has at least ``min_thickness`` of the short side as radius (``thin``);
4. of two masks with an IoU over ``duplicate_iou`` the better-scored stays (``duplicate``);
5. masks are taken by score times the root of their area; what better ones took is subtracted, and at least ``min_left`` of
   the mask must be left in one piece that still passes 1 to 3 (``covered``);
6. after ``maximum`` regions the rest is ``surplus``.

Measured on other people's segments of 60 photos of BSDS500: 101 proposals become 5 regions (median).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from annotate.regions.shapes import Mask, fill_small_holes, inscribed_circle, largest_component, open_fringe
from annotate.segmenters import Proposal
from schemas.recipe import RegionSettings

__all__ = ["Chosen", "choose"]


@dataclass(frozen=True)
class Chosen:
    """What the policy made of the proposals: disjoint cleaned masks, best first, and how many were refused for which reason."""

    proposals: tuple[Proposal, ...]
    refusals: Counter[str] = field(default_factory=Counter)


def choose(proposals: Sequence[Proposal], settings: RegionSettings) -> Chosen:
    """Two to ``maximum`` disjoint connected regions out of any proposals of one picture; may be fewer or none."""
    refusals: Counter[str] = Counter()
    cleaned = _clean_all(proposals, settings, refusals)
    distinct = _without_duplicates(cleaned, settings, refusals)
    return Chosen(tuple(_take(distinct, settings, refusals)), refusals)


def _clean_all(proposals: Sequence[Proposal], settings: RegionSettings, refusals: Counter[str]) -> list[Proposal]:
    kept = []
    for proposal in proposals:
        mask = _clean(proposal.mask, settings)
        if isinstance(mask, str):
            refusals[mask] += 1
        else:
            kept.append(_with_mask(proposal, mask))
    return kept


def _clean(mask: Mask, settings: RegionSettings) -> Mask | str:
    """The mask in one piece without small holes and fringe, or the code of what is wrong with it."""
    area = int(np.count_nonzero(mask))
    if area < max(1.0, settings.min_area * mask.size):
        return "small"
    if area > settings.max_area * mask.size:
        return "large"
    opened = open_fringe(fill_small_holes(mask, settings.fill_holes * area))
    if not opened.any():
        return "thin"
    single = largest_component(opened)
    if np.count_nonzero(single) < settings.min_component * area:
        return "scattered"
    _, radius = inscribed_circle(single)
    return single if radius >= settings.min_thickness * min(mask.shape) else "thin"


def _with_mask(proposal: Proposal, mask: Mask) -> Proposal:
    return Proposal(mask, proposal.score, proposal.label, proposal.stability, proposal.predicted_iou)


def _without_duplicates(proposals: list[Proposal], settings: RegionSettings, refusals: Counter[str]) -> list[Proposal]:
    """Mask NMS: box NMS, as segment-anything has it, lets near-equal masks through when a speck widens a box."""
    if not proposals:
        return []
    areas = [int(np.count_nonzero(proposal.mask)) for proposal in proposals]
    kept: list[int] = []
    for index in sorted(range(len(proposals)), key=lambda i: (-proposals[i].score, -areas[i], i)):
        shared = [int(np.count_nonzero(proposals[index].mask & proposals[other].mask)) for other in kept]
        unions = [areas[index] + areas[other] - both for other, both in zip(kept, shared, strict=True)]
        if any(both > settings.duplicate_iou * union for both, union in zip(shared, unions, strict=True)):
            refusals["duplicate"] += 1
        else:
            kept.append(index)
    return [proposals[index] for index in kept]


def _take(proposals: list[Proposal], settings: RegionSettings, refusals: Counter[str]) -> list[Proposal]:
    """Greedy choice; ``proposals`` come best score first, so equal weights keep that order."""
    weights = [proposal.score * float(np.sqrt(np.count_nonzero(proposal.mask))) for proposal in proposals]
    taken: list[Proposal] = []
    free = np.ones(proposals[0].mask.shape, dtype=bool) if proposals else np.ones((1, 1), dtype=bool)
    for index in sorted(range(len(proposals)), key=lambda i: (-weights[i], i)):
        if len(taken) == settings.maximum:
            refusals["surplus"] += 1
            continue
        left = _left(proposals[index].mask, free, settings)
        if left is None:
            refusals["covered"] += 1
            continue
        taken.append(_with_mask(proposals[index], left))
        free &= ~left
    return taken


def _left(mask: Mask, free: Mask, settings: RegionSettings) -> Mask | None:
    """What better masks left of this one, cleaned without growing back into them; None if it is too little."""
    area = int(np.count_nonzero(mask))
    rest = mask & free
    if np.count_nonzero(rest) == area:
        return mask
    if np.count_nonzero(rest) < settings.min_left * area:
        return None
    single = _clean(rest, settings)
    if isinstance(single, str):
        return None
    single = single & free
    return single if np.count_nonzero(single) >= settings.min_left * area else None
