"""The policy that turns overlapping, nested, ragged proposals into a few disjoint connected regions.

Steps, each with its threshold in ``RegionSettings`` and its own refusal code:

1. the area lies between ``min_area`` and ``max_area`` of the picture (``small``, ``large``);
2. holes below ``fill_holes`` are filled, threads and strips up to twice ``fringe`` wide go, and the largest component must hold
   ``min_component`` of the mask (``scattered``);
3. the largest inscribed circle has at least ``min_thickness`` of the short side as radius (``thin``);
4. its mean colour differs from the ring around it by ``min_contrast``, or its texture does clearly (``faint``);
5. of two masks with an IoU over ``duplicate_iou`` the better-scored stays (``duplicate``);
6. masks are taken by score times the root of their area, less ``diversity`` for each one taken with the same position words;
   what better ones took is subtracted, and at least ``min_left`` of the mask must be left in one piece that still passes 1 to 3
   (``covered``);
7. after ``maximum`` regions the rest is ``surplus``.

With ``background`` the largest piece that no proposal covers is a proposal too, worth less than any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotate.regions.positions import position_words
from annotate.regions.shapes import Mask, fill_small_holes, inscribed_circle, largest_component, open_fringe
from annotate.regions.surroundings import Surroundings
from annotate.segmenters import Proposal
from schemas.masks import bounding_box
from schemas.recipe import RegionSettings

__all__ = ["Chosen", "choose"]


@dataclass(frozen=True)
class Chosen:
    """What the policy made of the proposals: disjoint cleaned masks, best first, and how many were refused for which reason."""

    proposals: tuple[Proposal, ...]
    refusals: Counter[str] = field(default_factory=Counter)


def choose(proposals: Sequence[Proposal], settings: RegionSettings, image: NDArray[np.uint8] | None = None) -> Chosen:
    """At most ``maximum`` disjoint connected regions out of any proposals of one picture; may be fewer or none.

    ``image`` (uint8 RGB H x W x 3) is only looked at for step 4, which is left out without it.

    Raises:
        ValueError: proposals of different sizes, or not of the image's.
    """
    _one_size(proposals, image)
    refusals: Counter[str] = Counter()
    cleaned = _clean_all([*proposals, *_background(proposals, settings)], settings, refusals)
    if image is not None and settings.min_contrast > 0:
        cleaned = _without_faint(cleaned, Surroundings(image), settings, refusals)
    distinct = _without_duplicates(cleaned, settings, refusals)
    taken = _take(distinct, settings, refusals)
    return Chosen(tuple(taken), +refusals)  # plus drops the codes that were never given


def _one_size(proposals: Sequence[Proposal], image: NDArray[np.uint8] | None) -> None:
    sizes = {proposal.mask.shape for proposal in proposals} | ({image.shape[:2]} if image is not None else set())
    if len(sizes) > 1:
        raise ValueError(f"masks and picture differ in size (height, width): {', '.join(map(str, sorted(sizes)))}")


def _background(proposals: Sequence[Proposal], settings: RegionSettings) -> list[Proposal]:
    """The largest piece that no proposal covers, if it is large enough to be looked at."""
    if not settings.background or not proposals:
        return []
    rest = ~np.logical_or.reduce([proposal.mask for proposal in proposals])
    if np.count_nonzero(rest) < max(1.0, settings.min_area * rest.size):
        return []
    least = min(proposal.score for proposal in proposals)
    return [Proposal(largest_component(rest), least / 2)]


def _without_faint(
    proposals: list[Proposal], around: Surroundings, settings: RegionSettings, refusals: Counter[str]
) -> list[Proposal]:
    stands_out = [around.stands_out(proposal.mask, settings.min_contrast) for proposal in proposals]
    refusals["faint"] += stands_out.count(False)
    return [proposal for proposal, clear in zip(proposals, stands_out, strict=True) if clear]


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
    fringe = max(1, round(settings.fringe * min(mask.shape)))
    opened = open_fringe(fill_small_holes(mask, settings.fill_holes * area), fringe)
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
    open_to = [(index, proposal, _words(proposal.mask)) for index, proposal in enumerate(proposals)]
    weights = [proposal.score * float(np.sqrt(np.count_nonzero(proposal.mask))) for proposal in proposals]
    taken: list[Proposal] = []
    places: Counter[tuple[str, str]] = Counter()
    free = np.ones(proposals[0].mask.shape, dtype=bool) if proposals else np.ones((1, 1), dtype=bool)
    while open_to and len(taken) < settings.maximum:
        best = max(open_to, key=lambda item: (weights[item[0]] * (1 - settings.diversity) ** places[item[2]], -item[0]))
        open_to = [item for item in open_to if item[0] != best[0]]
        left = _left(best[1].mask, free, settings)
        if left is None:
            refusals["covered"] += 1
            continue
        taken.append(_with_mask(best[1], left))
        places[best[2]] += 1
        free &= ~left
    refusals["surplus"] += len(open_to)
    return taken


def _words(mask: Mask) -> tuple[str, str]:
    return position_words(bounding_box(mask), mask.shape[1], mask.shape[0])


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
