"""Automatic mask generation: a grid of points, the masks they give, and which of them stay.

The rules are those of ``SamAutomaticMaskGenerator`` of segment-anything 1.0 (IoU filter, stability filter, crop borders, box
suppression by predicted IoU, small regions); the order of work is ours. Masks are looked at by falling predicted IoU; one
that a kept mask surely suppresses, or that is surely unstable, is dropped unseen (``_sam_bounds``); only the others are
upscaled. Every decision is the one that full-size masks give.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.segmenters._sam_bounds import Bounds
from annotate.segmenters._sam_boxes import Boxes, areas, intersections, overlaps, suppress
from annotate.segmenters._sam_model import Encoded, PromptableModel
from schemas.masks import bounding_box

__all__ = ["Found", "MaskSettings", "generate", "grid"]

Crop = tuple[int, int, int, int]
_EDGE = 20.0  # pixels: how near to a crop's border counts as cut off by it


@dataclass(frozen=True)
class MaskSettings:
    """The generator's settings, named as in the package; the package's defaults where the paper names none."""

    points_per_side: int = 32
    pred_iou_thresh: float = 0.86
    stability_score_thresh: float = 0.92
    stability_score_offset: float = 1.0
    box_nms_thresh: float = 0.7
    crop_n_layers: int = 0
    crop_nms_thresh: float = 0.7
    crop_overlap_ratio: float = 512 / 1500
    crop_n_points_downscale_factor: int = 1
    min_mask_region_area: int = 100


@dataclass(frozen=True)
class Found:
    """One mask that stayed."""

    mask: NDArray[np.bool_]
    """H x W"""
    box: Boxes
    """(x0, y0, x1, y1), x1 and y1 inclusive"""
    predicted_iou: float
    stability: float
    point: tuple[float, float]
    """(x, y) in pixels of the image"""
    crop: Crop
    """(x0, y0, x1, y1) of the part of the image it was found in, x1 and y1 exclusive"""


def grid(side: int) -> NDArray[np.float64]:
    """The side x side points of a grid, in units of the image, row by row."""
    steps = np.linspace(1 / (2 * side), 1 - 1 / (2 * side), side)
    return np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)


def generate(
    model: PromptableModel, image: NDArray[np.uint8], encoded: Encoded, settings: MaskSettings, batch: int
) -> list[Found]:
    """All masks of a uint8 RGB image that ``model`` has encoded; ``batch`` points are decoded at once, crops encoded here."""
    found: list[Found] = []
    size = image.shape[:2]
    layers = list(_crops(size, settings))
    for layer, crop in layers:
        part = encoded if layer == 0 else model.encode(np.ascontiguousarray(image[crop[1] : crop[3], crop[0] : crop[2]]))
        found += _search(model, part, settings, _Place(crop, size, layer), batch)
    if len(layers) > 1:
        sizes = areas(np.array([mask.crop for mask in found], dtype=np.float32).reshape(-1, 4))
        found = _suppressed(found, 1 / sizes, settings.crop_nms_thresh)
    if settings.min_mask_region_area > 0:
        found = _cleaned(found, settings)
    return found


@dataclass(frozen=True)
class _Place:
    """A crop in its image."""

    crop: Crop
    size: tuple[int, int]
    layer: int

    @property
    def corner(self) -> tuple[int, int]:
        return self.crop[:2]

    def cut(self, box: Boxes) -> bool:
        """Whether a box (pixels of the crop) ends at a border of the crop that is not one of the image."""
        placed = box + np.array(self.corner * 2, dtype=np.float32)
        image = np.array([0, 0, self.size[1], self.size[0]], dtype=np.float32)
        at_crop = np.abs(placed - np.array(self.crop, dtype=np.float32)) <= _EDGE
        return bool((at_crop & ~(np.abs(placed - image) <= _EDGE)).any())

    def whole(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask of the crop as one of the image."""
        if mask.shape == self.size:
            return mask
        full = np.zeros(self.size, dtype=bool)
        full[self.crop[1] : self.crop[3], self.crop[0] : self.crop[2]] = mask
        return full


def _crops(size: tuple[int, int], settings: MaskSettings) -> Iterator[tuple[int, Crop]]:
    """The image (layer 0), then 2**layer x 2**layer overlapping crops for each further layer."""
    height, width = size
    yield 0, (0, 0, width, height)
    for layer in range(1, settings.crop_n_layers + 1):
        count = 2**layer
        shared = int(settings.crop_overlap_ratio * min(size) * (2 / count))
        wide, high = (math.ceil((shared * (count - 1) + side) / count) for side in (width, height))
        for column, row in product(range(count), repeat=2):
            x0, y0 = int((wide - shared) * column), int((high - shared) * row)
            yield layer, (x0, y0, min(x0 + wide, width), min(y0 + high, height))


@dataclass
class _Candidates:
    """Masks of all points of a crop, at low resolution, by falling predicted IoU."""

    logits: list[Any]
    ious: NDArray[np.float32]
    points: NDArray[np.float64]
    bounds: Bounds


def _search(model: PromptableModel, encoded: Encoded, settings: MaskSettings, place: _Place, batch: int) -> list[Found]:
    """The masks of one crop after suppression."""
    candidates = _candidates(model, encoded, settings, place.layer, batch)
    waiting = np.ones(len(candidates.ious), dtype=bool)
    found: list[Found] = []
    kept = np.zeros((0, 4), dtype=np.float32)
    for index in range(len(waiting)):
        if not waiting[index]:
            continue
        mask, stability, box = _full_size(model, encoded, candidates.logits[index], settings.stability_score_offset)
        if _unstable(stability, settings) or place.cut(box) or (overlaps(kept, box) > settings.box_nms_thresh).any():
            continue
        kept = np.concatenate([kept, box[None]])
        waiting &= ~_surely_suppressed(candidates.bounds, box, settings.box_nms_thresh)
        x, y = candidates.points[index] + place.corner
        shifted = box + np.array(place.corner * 2, dtype=np.float32)
        iou = float(candidates.ious[index])
        found.append(Found(place.whole(mask), shifted, iou, stability, (float(x), float(y)), place.crop))
    return found


def _unstable(stability: float, settings: MaskSettings) -> bool:
    return settings.stability_score_thresh > 0 and not stability >= settings.stability_score_thresh


def _candidates(model: PromptableModel, encoded: Encoded, settings: MaskSettings, layer: int, batch: int) -> _Candidates:
    side = int(settings.points_per_side / settings.crop_n_points_downscale_factor**layer)
    points = grid(side) * np.array(encoded.size[::-1])
    near = model.neighbourhoods(encoded)
    min_iou = settings.pred_iou_thresh if settings.pred_iou_thresh > 0 else -math.inf
    logits: list[Any] = []
    pieces: list[tuple[NDArray[np.float32], NDArray[np.float64], Bounds]] = []
    for start in range(0, len(points), batch):
        some = points[start : start + batch]
        decoded = model.decode(encoded, some, min_iou)
        if not len(decoded.ious):
            continue
        bounds = near.bounds(decoded.logits, settings.stability_score_offset)
        maybe = np.flatnonzero(bounds.stability >= min(settings.stability_score_thresh, np.inf))
        logits += [decoded.logits[int(i)].clone() for i in maybe]
        pieces.append((decoded.ious[maybe], some[decoded.source[maybe]], _chosen(bounds, maybe)))
    return _sorted(logits, pieces)


def _sorted(logits: list[Any], pieces: list[tuple[NDArray[np.float32], NDArray[np.float64], Bounds]]) -> _Candidates:
    empty = np.zeros((0, 4), dtype=np.float32)
    ious = np.concatenate([np.zeros(0, dtype=np.float32), *(piece[0] for piece in pieces)])
    points = np.concatenate([np.zeros((0, 2)), *(piece[1] for piece in pieces)])
    bounds = Bounds(
        np.concatenate([np.zeros(0, dtype=np.float32), *(piece[2].stability for piece in pieces)]),
        np.concatenate([empty, *(piece[2].inner for piece in pieces)]),
        np.concatenate([empty, *(piece[2].outer for piece in pieces)]),
    )
    order = np.argsort(-ious, kind="stable")
    return _Candidates([logits[i] for i in order], ious[order], points[order], _chosen(bounds, order))


def _chosen(bounds: Bounds, indices: NDArray[np.int64]) -> Bounds:
    return Bounds(bounds.stability[indices], bounds.inner[indices], bounds.outer[indices])


def _surely_suppressed(bounds: Bounds, box: Boxes, threshold: float) -> NDArray[np.bool_]:
    """Which masks overlap a kept box by more than the threshold, whatever their full-size boxes are."""
    shared = intersections(bounds.inner, box)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = shared / (areas(box[None])[0] + areas(bounds.outer) - shared)
    sure: NDArray[np.bool_] = least > threshold * 1.00001  # more than float32 rounds
    return sure


def _full_size(model: PromptableModel, encoded: Encoded, logits: Any, offset: float) -> tuple[NDArray[np.bool_], float, Boxes]:
    """Mask, stability score and box of one mask at the image's size."""
    full = model.upscale(logits[None], encoded)[0]
    inside, outside = int((full > offset).sum()), int((full > -offset).sum())
    stability = float(np.float32(inside) / np.float32(outside)) if outside else math.nan
    mask = (full > 0).cpu().numpy()
    return mask, stability, _box(mask)


def _box(mask: NDArray[np.bool_]) -> Boxes:
    if not mask.any():
        return np.zeros(4, dtype=np.float32)
    x0, y0, x1, y1 = bounding_box(mask)
    return np.array([x0, y0, x1 - 1, y1 - 1], dtype=np.float32)


def _suppressed(found: list[Found], scores: NDArray[np.floating], threshold: float) -> list[Found]:
    boxes = np.array([mask.box for mask in found], dtype=np.float32).reshape(-1, 4)
    return [found[i] for i in suppress(boxes, scores, threshold)]


def _cleaned(found: list[Found], settings: MaskSettings) -> list[Found]:
    """Small holes filled, small islands dropped; of masks that became alike, those that needed no change stay."""
    cleaned, scores = [], []
    for one in found:
        filled, had_holes = without_small_regions(one.mask, settings.min_mask_region_area, holes=True)
        mask, had_islands = without_small_regions(filled, settings.min_mask_region_area, holes=False)
        changed = had_holes or had_islands
        cleaned.append(replace(one, mask=mask, box=_box(mask)) if changed else one)
        scores.append(0.0 if changed else 1.0)
    return _suppressed(cleaned, np.array(scores), max(settings.box_nms_thresh, settings.crop_nms_thresh))


def without_small_regions(mask: NDArray[np.bool_], min_area: int, *, holes: bool) -> tuple[NDArray[np.bool_], bool]:
    """A mask without holes (or without islands) below ``min_area`` pixels, 8-connected, and whether that changed it.

    If every island is small, the largest stays.
    """
    searched = (~mask if holes else mask).astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(searched, connectivity=8)
    sizes = statistics[1:, cv2.CC_STAT_AREA]
    small: NDArray[np.int64] = 1 + np.flatnonzero(np.asarray(sizes < min_area))
    if not len(small):
        return mask, False
    inside: NDArray[np.bool_] = np.zeros(count, dtype=bool)
    if holes:
        inside[[0, *small]] = True
    else:
        inside[1:] = sizes >= min_area
        if not inside.any():
            inside[1 + int(sizes.argmax())] = True
    cleaned: NDArray[np.bool_] = inside[labels]
    return cleaned, True
