"""Chosen masks become regions: every field of ``schemas.values.Region`` except what a promptable segmenter adds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.regions.measures import Look, looks, tones
from annotate.regions.phrases import descriptive_label, rephrase
from annotate.regions.positions import QuarterFacts, place, position_words, quarter_facts, where_phrase
from annotate.regions.shapes import Mask, count_components, count_holes, inscribed_circle
from annotate.segmenters import Proposal
from schemas.masks import bounding_box, encode
from schemas.values import Region

__all__ = ["finish"]


def finish(image: NDArray[np.uint8], proposals: Sequence[Proposal]) -> tuple[Region, ...]:
    """The regions of a photo (uint8 RGB H x W x 3) for its disjoint masks, largest first, with phrases."""
    ordered = sorted(proposals, key=lambda proposal: (-int(np.count_nonzero(proposal.mask)), bounding_box(proposal.mask)))
    masks = [proposal.mask for proposal in ordered]
    height, width = image.shape[:2]
    quarters = quarter_facts(masks, [position_words(bounding_box(mask), width, height) for mask in masks])
    seen = looks(image, masks)
    facts = zip(ordered, seen, quarters, strict=True)
    return rephrase([_region(index, image, *each) for index, each in enumerate(facts)])


def _region(index: int, image: NDArray[np.uint8], proposal: Proposal, seen: Look, quarter: QuarterFacts) -> Region:
    """One region; its phrase is only its label until ``rephrase`` has seen the siblings."""
    mask = proposal.mask
    height, width = mask.shape
    box, area = bounding_box(mask), int(np.count_nonzero(mask))
    inside = (slice(box[1], box[3]), slice(box[0], box[2]))
    label = proposal.label or descriptive_label(seen.colour, seen.texture)
    horizontal, vertical = position_words(box, width, height)
    return Region(
        index=index,
        label=label,
        raw_label=label,
        phrase=label,
        where=where_phrase(place(box, _centroid(mask, box), width, height), box, mask),
        horizontal=horizontal,
        vertical=vertical,
        bbox=box,
        area=area,
        mask=encode(mask),
        holes=count_holes(mask),
        components=count_components(mask),
        stability=proposal.stability,
        predicted_iou=proposal.predicted_iou,
        click=inscribed_circle(mask)[0],
        quadrant_share=quarter.quadrant_share,
        quarter_inside=quarter.quarter_inside,
        quarter_nearest=quarter.quarter_nearest,
        colour=seen.colour,
        brightness=seen.brightness,
        texture=seen.texture,
        colourfulness=seen.colourfulness,
        tones=tones(image[inside], mask[inside]),
    )


def _centroid(mask: Mask, box: tuple[int, int, int, int]) -> tuple[float, float]:
    """Mean (x, y) of the pixel centres."""
    x0, y0, x1, y1 = box
    crop = mask[y0:y1, x0:x1]
    area = float(np.count_nonzero(crop))
    x = float(np.dot(crop.sum(axis=0), np.arange(x0, x1) + 0.5)) / area
    y = float(np.dot(crop.sum(axis=1), np.arange(y0, y1) + 0.5)) / area
    return x, y
