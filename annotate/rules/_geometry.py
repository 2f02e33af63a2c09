"""What follows from the masks of a picture alone, derived once for all rules and for all pictures made from one photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annotate.regions.positions import QuarterFacts, position_words, quarter_facts
from annotate.regions.shapes import count_components, count_holes, inscribed_circle
from schemas.masks import bounding_box, decode
from schemas.rows import Row
from schemas.values import Box, Horizontal, Point, RegionState, Rle, Vertical

__all__ = ["Form", "Geometry", "decoded", "geometry_of", "whole_masks"]


@dataclass(frozen=True)
class Form:
    """What a mask says of its region."""

    area: int
    bbox: Box
    words: tuple[Horizontal, Vertical]
    components: int
    holes: int
    click: Point
    quarter: QuarterFacts


@dataclass(frozen=True)
class Geometry:
    """What the masks of a picture say."""

    forms: tuple[Form | None, ...]
    """one for each region; None for a mask that is corrupt, empty or of another size than the picture"""
    overlap: int
    """pixels in more than one mask"""


def decoded(mask: Rle) -> NDArray[np.bool_] | None:
    """The boolean H x W mask; None if its runs are corrupt."""
    try:
        return decode(mask)
    except ValueError:
        return None


def whole_masks(regions: Sequence[RegionState], shape: tuple[int, ...]) -> list[NDArray[np.bool_]] | None:
    """The masks of all regions, None unless all can be decoded to ``shape`` (height, width) and none is empty."""
    masks = [mask for region in regions if (mask := decoded(region.mask)) is not None and mask.shape == shape and mask.any()]
    return masks if len(masks) == len(regions) else None


def geometry_of(row: Row) -> Geometry:
    """The geometry of a row's picture."""
    return _geometry(tuple(region.mask for region in row.regions), row.height, row.width)


@lru_cache(maxsize=8192)
def _geometry(masks: tuple[Rle, ...], height: int, width: int) -> Geometry:
    found = {
        i: mask
        for i, rle in enumerate(masks)
        if (mask := decoded(rle)) is not None and mask.shape == (height, width) and mask.any()
    }
    boxes = {i: bounding_box(mask) for i, mask in found.items()}
    words = {i: position_words(box, width, height) for i, box in boxes.items()}
    quarters = dict(zip(found, quarter_facts(list(found.values()), list(words.values())), strict=True))
    covered = np.zeros((height, width), dtype=np.uint8)
    for mask in found.values():
        covered += mask
    forms = [
        Form(
            area=int(np.count_nonzero(found[i])),
            bbox=boxes[i],
            words=words[i],
            components=count_components(found[i]),
            holes=count_holes(found[i]),
            click=inscribed_circle(found[i])[0],
            quarter=quarters[i],
        )
        if i in found
        else None
        for i in range(len(masks))
    ]
    return Geometry(tuple(forms), int(np.count_nonzero(covered > 1)))
