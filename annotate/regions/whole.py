"""The one region of a picture that is distorted all over: the full mask, under a name that needs no place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.regions.finish import finish
from annotate.segmenters import Proposal
from schemas.values import Region, Variant

__all__ = ["WHOLE_LABEL", "areas", "whole_region"]

WHOLE_LABEL: Final = "whole picture"
"""its phrase is "the whole picture"; no teacher renames it"""


def whole_region(image: NDArray[np.uint8]) -> Region:
    """The whole of a photo (uint8 RGB H x W x 3) as a region: every pixel, one component, no siblings."""
    (region,) = finish(image, [Proposal(np.ones(image.shape[:2], dtype=np.bool_), 1.0, WHOLE_LABEL)])
    return region


def areas(variant: Variant, regions: Sequence[Region], image: NDArray[np.uint8]) -> tuple[Region, ...]:
    """What ``variant.steps`` belong to: the regions of the photo, or the whole of it where the variant was planned so."""
    return (whole_region(image),) if variant.aim == "whole" else tuple(regions)
