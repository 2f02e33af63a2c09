"""Boxes of masks, their overlap and non-maximum suppression, with the definitions of torchvision.

Boxes are float32 (x0, y0, x1, y1) with x1 and y1 **inclusive**, as segment-anything's generator holds them: a box one pixel
wide has area 0. Overlaps are computed in float32 in the order of operations of torchvision's CPU kernel, so that a
threshold falls to the same side (torchvision: torchvision/csrc/ops/cpu/nms_kernel.cpp).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Boxes", "areas", "intersections", "overlaps", "suppress"]

Boxes = NDArray[np.float32]


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """Areas (float32, square pixels) of N x 4 boxes."""
    result: NDArray[np.float32] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return result


def intersections(boxes: Boxes, box: Boxes) -> NDArray[np.float32]:
    """Areas shared by each of N x 4 boxes with one box."""
    width = np.maximum(np.float32(0), np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0]))
    height = np.maximum(np.float32(0), np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1]))
    result: NDArray[np.float32] = width * height
    return result


def overlaps(boxes: Boxes, box: Boxes) -> NDArray[np.float32]:
    """Intersection over union of N x 4 boxes with one box; not a number where both are without area."""
    shared = intersections(boxes, box)
    with np.errstate(invalid="ignore"):
        result: NDArray[np.float32] = shared / (areas(box[None])[0] + areas(boxes) - shared)
    return result


def suppress(boxes: Boxes, scores: NDArray[np.floating], threshold: float) -> NDArray[np.int64]:
    """Indices of the boxes that survive greedy suppression, by falling score (equal scores in their order).

    A box goes if its overlap with a better box that stays exceeds ``threshold``.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, order = int(order[0]), order[1:]
        kept.append(best)
        order = order[~(overlaps(boxes[order], boxes[best]) > threshold)]
    return np.array(kept, dtype=np.int64)
