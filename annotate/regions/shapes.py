"""Shape of boolean masks: components, holes, the point farthest from the border. OpenCV's exact, order-free routines only."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.masks import bounding_box, squared_distance

__all__ = ["Mask", "count_components", "count_holes", "fill_small_holes", "inscribed_circle", "largest_component", "open_fringe"]

Mask = NDArray[np.bool_]


def _components(mask: Mask, connectivity: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Label image (0 is background) and the area of each label from 1 on."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=connectivity)
    return labels, stats[1:, cv2.CC_STAT_AREA].astype(np.int64)


def _crop(mask: Mask) -> Mask:
    """The mask within its bounding box."""
    x0, y0, x1, y1 = bounding_box(mask)
    return mask[y0:y1, x0:x1]


def count_components(mask: Mask) -> int:
    """Number of 8-connected parts of a mask that is not empty."""
    return len(_components(_crop(mask), 8)[1])


def count_holes(mask: Mask) -> int:
    """Number of 4-connected background parts that do not reach the picture's border; the mask is not empty."""
    padded = np.pad(~_crop(mask), 1, constant_values=True)
    return len(_components(padded, 4)[1]) - 1


def largest_component(mask: Mask) -> Mask:
    """The largest 4-connected part of a mask that is not empty; the first in reading order if several are equal."""
    x0, y0, x1, y1 = bounding_box(mask)
    labels, areas = _components(mask[y0:y1, x0:x1], 4)
    if len(areas) == 1:
        return mask
    ties = np.flatnonzero(areas == areas.max()) + 1
    first = min(ties, key=lambda label: int((labels == label).argmax()))
    largest = np.zeros_like(mask)
    largest[y0:y1, x0:x1] = labels == first
    return largest


def fill_small_holes(mask: Mask, limit: float) -> Mask:
    """The mask with its holes of fewer than ``limit`` pixels filled."""
    if not mask.any():
        return mask
    x0, y0, x1, y1 = bounding_box(mask)
    labels, areas = _components(np.pad(~mask[y0:y1, x0:x1], 1, constant_values=True), 4)
    small = np.concatenate([[False], areas < limit])
    small[labels[0, 0]] = False
    if not small.any():
        return mask
    filled = mask.copy()
    filled[y0:y1, x0:x1] |= small[labels][1:-1, 1:-1]
    return filled


def open_fringe(mask: Mask, pixels: int) -> Mask:
    """The mask without parts less than ``2 * pixels + 1`` pixels wide or high, for example a strip along the picture's edge."""
    if not mask.any() or pixels < 1:
        return mask
    x0, y0, x1, y1 = bounding_box(mask)
    crop = np.pad(mask[y0:y1, x0:x1], pixels).astype(np.uint8)
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), dtype=np.uint8)
    opened = np.zeros_like(mask)
    opened[y0:y1, x0:x1] = cv2.dilate(cv2.erode(crop, kernel), kernel)[pixels:-pixels, pixels:-pixels].astype(bool)
    return opened


def inscribed_circle(mask: Mask) -> tuple[tuple[int, int], float]:
    """The mask's pixel farthest from its border, (x, y), and that distance in pixels.

    The picture's edge is a border too. The first such pixel in reading order is taken.
    """
    x0, y0, x1, y1 = bounding_box(mask)
    squared = squared_distance(np.pad(mask[y0:y1, x0:x1], 1))
    row, column = divmod(int(squared.argmax()), squared.shape[1])
    return (x0 + column - 1, y0 + row - 1), math.sqrt(int(squared[row, column]))
