"""The default segmenter: superpixels merged into a tree by fitted border costs. No weights file, no model, the same everywhere.

1. The photo is brought to a working size (about 480 px on the long side) and cut into some 600 superpixels.
2. Touching regions merge, cheapest border first. A border's cost is a weighted sum of 29 measurements: edge strength along
   it at three scales, differences of colour, lightness and texture histograms, areas and shapes (``features.py``). The weights
   are a logistic regression on the 200 training photos of BSDS500 (``weights.py``, fitted by
   benchmarks/segmenters/fit_region_merging.py).
3. The tree is cut where the cost passes a threshold; if too few segments of a region's size come out, at lower ones.
4. Each segment's score is the square of the IoU with a person's segment that its borders and shape promise (same fit).
5. Borders are drawn again at the photo's own size.

On the 100 validation photos it covers people's segments better than any classical method tried; see benchmarks/segmenters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from annotate.segmenters import Proposal
from annotate.segmenters._options import validated
from annotate.segmenters.region_merging.borders import refine
from annotate.segmenters.region_merging.graph import build
from annotate.segmenters.region_merging.planes import planes, working_size
from annotate.segmenters.region_merging.superpixels import superpixels
from annotate.segmenters.region_merging.tree import Tree, cut, grow, paint
from annotate.segmenters.region_merging.weights import BORDER_BIAS, BORDER_WEIGHTS, REGION_BIAS, REGION_WEIGHTS
from schemas.keys import digest
from schemas.values import Photo

__all__ = ["PLUGIN", "RegionMergingOptions", "partition"]

_VERSION = 1  # raised when the same settings give other masks


class RegionMergingOptions(BaseModel):
    """[regions.options] of the segmenter region_merging."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    working_side: Annotated[int, Field(ge=64, le=2048, description="long side in pixels at which the photo is segmented")] = 480
    threshold: Annotated[
        float, Field(ge=-8, le=8, description="cost up to which regions merge; higher gives larger segments")
    ] = 0.2
    step: Annotated[float, Field(gt=0, description="how much lower the next cut is if one gives too little")] = 0.5
    cuts: Annotated[int, Field(ge=1, le=20, description="cuts tried; the one that covers most is kept if none is enough")] = 6
    least_regions: Annotated[int, Field(ge=1, description="a cut is enough with this many segments of a region's size")] = 3
    least_covered: Annotated[float, Field(ge=0, le=1, description="and with this share of the picture covered by them")] = 0.4
    min_share: Annotated[float, Field(ge=0, le=1, description="smallest segment that counts, share of the picture")] = 0.02
    max_share: Annotated[float, Field(gt=0, le=1, description="largest segment that counts, share of the picture")] = 0.6


def partition(image: NDArray[np.uint8], options: RegionMergingOptions) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Segments of a photo (uint8 RGB H x W x 3): a number from 0 for each pixel, and the promised IoU of each segment."""
    height, width = working_size(image.shape[0], image.shape[1], options.working_side)
    shrinks = width < image.shape[1]
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    measured = planes(np.asarray(small, dtype=np.uint8))
    pixels = superpixels(measured)
    tree = grow(build(measured, pixels), np.array(list(BORDER_WEIGHTS.values())), BORDER_BIAS)
    nodes = _enough(tree, options)
    promise = tree.features[nodes] @ np.array(list(REGION_WEIGHTS.values())) + REGION_BIAS
    return refine(paint(tree, nodes, pixels), image), 1 / (1 + np.exp(-promise))


def _enough(tree: Tree, options: RegionMergingOptions) -> list[int]:
    best: tuple[float, list[int]] = (-1.0, [])
    for number in range(options.cuts):
        nodes = cut(tree, options.threshold - number * options.step)
        shares = tree.share[nodes]
        usable = shares[(shares >= options.min_share) & (shares <= options.max_share)]
        covered = float(usable.sum())
        if len(usable) >= options.least_regions and covered >= options.least_covered:
            return nodes
        if covered > best[0]:
            best = covered, nodes
    return best[1]


class _Session:
    def __init__(self, options: RegionMergingOptions) -> None:
        self._options = options
        weights = [*BORDER_WEIGHTS.items(), BORDER_BIAS, *REGION_WEIGHTS.items(), REGION_BIAS]
        self.identity = digest("region_merging", _VERSION, options.model_dump(), weights)

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:  # noqa: ARG002 - other segmenters need it
        """The segments that are not too small to become regions; disjoint."""
        labels, promises = partition(image, self._options)
        areas = np.bincount(labels.ravel(), minlength=len(promises))
        large = np.flatnonzero(areas >= max(1.0, self._options.min_share / 2 * labels.size))
        return [Proposal(labels == number, round(float(promises[number]) ** 2, 6)) for number in large]

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:  # noqa: ARG002
        """It takes no clicks."""
        return None


class _RegionMerging:
    name = "region_merging"

    def open(self, options: Mapping[str, str | int | float | bool]) -> _Session:
        """A session; raises RecipeError for unknown or impossible options."""
        return _Session(validated(RegionMergingOptions, options, self.name))


PLUGIN = _RegionMerging()
