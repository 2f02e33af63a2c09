"""Whether one click finds a region again, where the segmenter takes clicks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.regions.positions import quarter_point
from annotate.segmenters import Session
from schemas.masks import decode, iou
from schemas.values import Region

__all__ = ["click_facts"]


def click_facts(regions: Sequence[Region], image: NDArray[np.uint8], session: Session) -> tuple[Region, ...]:
    """The regions with ``click_iou`` and ``words_iou``: of their own click and of the quarter point that their words name."""
    return tuple(_with_facts(region, image, session) for region in regions)


def _with_facts(region: Region, image: NDArray[np.uint8], session: Session) -> Region:
    clicked = session.at_point(image, region.click)
    if clicked is None:
        return region
    mask = decode(region.mask)
    named = session.at_point(image, quarter_point(region.horizontal, region.vertical, image.shape[1], image.shape[0]))
    words = None if named is None else round(iou(mask, named), 6)
    return region.model_copy(update={"click_iou": round(iou(mask, clicked), 6), "words_iou": words})
