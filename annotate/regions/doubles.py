"""What else in a finished picture looks like a region: a phrase must not fit a part that is no region either."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from annotate.regions.colours import COLOUR_NAMES, base_colour, may_be_called, name_indices
from annotate.regions.positions import zone
from annotate.regions.shapes import Mask
from schemas.masks import decode
from schemas.values import RegionState

__all__ = ["with_doubles"]

_SIDE: Final = 256  # long side at which patches are looked for: what people would call an area, not a pixel
_CELLS: Final = 32  # cells of the RGB cube along each side
_STEP: Final = 256 // _CELLS
_NEAR: Final = 2  # a colour without a name passes for one so many cells away
_GREYS: Final = ("black", "dark grey", "grey", "light grey", "white")


def with_doubles(image: NDArray[np.uint8], regions: Sequence[RegionState]) -> tuple[RegionState, ...]:
    """The regions of a finished picture (uint8 RGB H x W x 3) with ``double`` and ``double_there``.

    A patch is connected, lies outside the region, in siblings or not, and has the region's seen colour, a shade aside, or one
    without a name close to it; beside a region of no one colour every patch is alike.
    """
    factor = min(1.0, _SIDE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA)) // _STEP
    cells = (small[..., 0].astype(np.int32) * _CELLS + small[..., 1]) * _CELLS + small[..., 2]
    return tuple(_with_doubles(cells, region) for region in regions)


def _with_doubles(cells: NDArray[np.int32], region: RegionState) -> RegionState:
    height, width = cells.shape
    inside = cv2.resize(decode(region.mask).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(bool)
    alike = _called(region.seen_colour)[cells] & ~inside
    area = max(1, int(np.count_nonzero(inside)))
    everywhere = _largest(alike) / area
    there = _largest(alike[zone(region.where, (height, width))]) / area
    return region.model_copy(update={"double": round(everywhere, 3), "double_there": round(there, 3)})


@cache
def _called(colour: str) -> NDArray[np.bool_]:
    """For each cell of the RGB cube, flat, red slowest, whether it may pass for ``colour``; any may where there is none."""
    if not colour:
        return np.ones(_CELLS**3, dtype=np.bool_)
    levels = (np.arange(_CELLS) * _STEP + _STEP // 2).astype(np.uint8)
    names = name_indices(np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1))
    own = np.array([_passes_for(name, colour) for name in COLOUR_NAMES])[names]
    unnamed = np.array([not name for name in COLOUR_NAMES])[names]
    return np.asarray(own | (unnamed & maximum_filter(own, 2 * _NEAR + 1))).ravel()


def _passes_for(name: str, colour: str) -> bool:
    """The same term in another shade, or the next grey."""
    if {name, colour} <= set(_GREYS):
        return abs(_GREYS.index(name) - _GREYS.index(colour)) <= 1
    return base_colour(name) == base_colour(colour) and may_be_called(name, colour)


def _largest(patches: Mask) -> int:
    """Pixels of the largest connected patch, 0 without one."""
    stats = cv2.connectedComponentsWithStats(patches.astype(np.uint8), connectivity=4)[2]
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))
