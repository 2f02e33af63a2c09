"""Masks: boolean arrays, their COCO compressed run-length encoding, boxes and areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from pycocotools import mask as coco

from schemas.values import Rle

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bounding_box", "decode", "encode", "full", "iou", "mask_area", "squared_distance"]


def encode(mask: NDArray[np.bool_]) -> Rle:
    """COCO compressed RLE of a boolean H x W mask."""
    packed = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    return Rle(size=(int(mask.shape[0]), int(mask.shape[1])), counts=packed["counts"].decode("ascii"))


def decode(rle: Rle) -> NDArray[np.bool_]:
    """Boolean H x W mask of a COCO compressed RLE (C order, writable).

    Raises:
        ValueError: runs that are corrupt or do not fill exactly ``size``.
    """
    height, width = rle.size
    runs = _runs(rle.counts)
    if runs is None or min(runs, default=0) < 0 or sum(runs) != height * width:
        raise ValueError(f"mask of size {height} x {width}: its run-length encoding is corrupt")
    packed = {"size": [height, width], "counts": rle.counts.encode("ascii")}
    return np.ascontiguousarray(coco.decode(packed)).astype(bool)


def _runs(counts: str) -> list[int] | None:
    """The runs of COCO's compressed form, None if it breaks off or holds foreign characters.

    Five bits a character from code 48, bit 6 says that more follow, the last one's top bit is the sign; from the fourth
    run on, differences to the run two places before (cocoapi common/maskApi.c, rleFrString). Read here before pycocotools
    reads it, whose C code trusts the sum of the runs.
    """
    runs: list[int] = []
    value = shift = 0
    for code in (ord(character) - 48 for character in counts):
        if not 0 <= code < 64:
            return None
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            value -= (1 << shift) if code & 16 else 0
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    return None if shift else runs


def mask_area(rle: Rle) -> int:
    """Pixels of a mask, without decoding it."""
    return int(coco.area({"size": list(rle.size), "counts": rle.counts.encode("ascii")}))


def bounding_box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Smallest box (x0, y0, x1, y1), x1 and y1 exclusive, that holds all True pixels.

    Raises:
        ValueError: an empty mask has no box.
    """
    first = int(mask.argmax())  # stops at the first True, where any() of all rows reads everything
    if not mask.flat[first]:
        raise ValueError("an empty mask has no bounding box")
    y0 = first // mask.shape[1]
    rows: NDArray[np.bool_] = np.asarray(mask[y0:].any(axis=1))
    y1 = len(mask) - int(rows[::-1].argmax())
    columns: NDArray[np.bool_] = np.asarray(mask[y0:y1].any(axis=0))
    return int(columns.argmax()), y0, len(columns) - int(columns[::-1].argmax()), y1


def full(height: int, width: int) -> Rle:
    """The mask of a whole picture."""
    return encode(np.ones((height, width), dtype=bool))


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Intersection over union of two masks of one size; 1.0 for two empty ones."""
    union = int(np.logical_or(one, other).sum())
    return int(np.logical_and(one, other).sum()) / union if union else 1.0


def squared_distance(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Squared distance in pixels from each pixel to the nearest False one (0 for those), exact up to 2000 pixels.

    Whole numbers, because the last bit of OpenCV's float distances varies from call to call with the place in memory,
    and what follows from a tie must not.
    """
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)
    return np.asarray(np.rint(distance * distance).astype(np.int64))
