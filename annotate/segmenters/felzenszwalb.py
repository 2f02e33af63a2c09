"""Felzenszwalb and Huttenlocher's graph-based segmentation (IJCV 2004) at a working size; needs no weights.

Scale 600, sigma 0.8 and a least segment of 1 % at 480 px gave the best covering of people's segments (BSDS500 validation) among
the classical methods tried; see benchmarks/segmenters.
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
from schemas.keys import digest
from schemas.values import Photo

__all__ = ["PLUGIN", "FelzenszwalbOptions"]

_VERSION = 1  # raised when the same settings give other masks


class FelzenszwalbOptions(BaseModel):
    """[regions.options] of the segmenter felzenszwalb."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    working_side: Annotated[int, Field(ge=64, description="long side in pixels at which the photo is segmented")] = 480
    scale: Annotated[float, Field(gt=0, description="larger gives larger segments")] = 600.0
    sigma: Annotated[float, Field(ge=0, description="blur before segmenting, pixels at the working size")] = 0.8
    min_share: Annotated[float, Field(gt=0, le=0.2, description="least segment, share of the picture")] = 0.01
    least_regions: Annotated[
        int, Field(ge=1, description="a finer scale is tried while fewer segments are of a region's size")
    ] = 3
    least_covered: Annotated[
        float, Field(ge=0, le=1, description="a finer scale is tried while such segments cover less of it")
    ] = 0.4


class _Session:
    def __init__(self, options: FelzenszwalbOptions) -> None:
        self._options = options
        self.identity = digest("felzenszwalb", _VERSION, options.model_dump())

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:  # noqa: ARG002
        """One proposal for each segment; the best of four scales."""
        height, width = image.shape[:2]
        small = _shrunk(image, self._options.working_side)
        labels = cv2.resize(self._labels(small), (width, height), interpolation=cv2.INTER_NEAREST)
        return [Proposal(labels == label, 1.0) for label in range(int(labels.max()) + 1)]

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:  # noqa: ARG002
        """It takes no clicks."""
        return None

    def _labels(self, small: NDArray[np.uint8]) -> NDArray[np.int32]:
        from skimage.segmentation import felzenszwalb  # noqa: PLC0415 - half a second that other segmenters need not pay

        options, best_covered = self._options, -1.0
        best: NDArray[np.int32] | None = None
        for part in (1, 2, 4, 8):
            labels: NDArray[np.int32] = felzenszwalb(
                small,
                scale=options.scale / part,
                sigma=options.sigma,
                min_size=max(1, round(options.min_share * small[..., 0].size)),
            ).astype(np.int32)
            shares = np.bincount(labels.ravel()) / labels.size
            usable = shares[(shares >= 0.02) & (shares <= 0.6)]
            if best is None or usable.sum() > best_covered:
                best, best_covered = labels, float(usable.sum())
            if len(usable) >= options.least_regions and usable.sum() >= options.least_covered:
                return labels
        assert best is not None
        return best


def _shrunk(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return image
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


class _Felzenszwalb:
    name = "felzenszwalb"

    def open(self, options: Mapping[str, str | int | float | bool]) -> _Session:
        """A session; raises RecipeError for unknown or impossible options."""
        return _Session(validated(FelzenszwalbOptions, options, self.name))


PLUGIN = _Felzenszwalb()
