"""What proposes masks. One file is one segmenter; ``annotate.segmenters`` is also the entry-point group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.registry import Registry
from schemas.values import Photo

__all__ = ["Proposal", "Segmenter", "Session", "segmenters"]


@dataclass(frozen=True)
class Proposal:
    """A mask that may become a region: boolean H x W; may overlap, nest, be ragged or have holes."""

    mask: NDArray[np.bool_]
    score: float
    """larger is better; ties are broken by area, then by order"""
    label: str = ""
    """noun phrase without article, empty if the segmenter knows none"""
    stability: float | None = None
    predicted_iou: float | None = None


class Session(Protocol):
    """A segmenter with its settings and model loaded; one for each worker process."""

    identity: str
    """digest of everything that decides the masks (settings, weights, version): part of the cache key"""

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:
        """Masks of a photo (uint8 RGB H x W x 3), the same every time."""
        ...

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:
        """The mask that a click on (x, y) gives, or None where the segmenter takes no clicks."""
        ...


class Segmenter(Protocol):
    """A kind of segmenter; heavy imports happen in ``open``."""

    name: str

    def open(self, options: Mapping[str, str | int | float | bool]) -> Session:
        """Validates the options, loads what is needed.

        Raises:
            RecipeError: an unknown option or a value out of range.
            UsageError: a checkpoint that is missing, truncated or of another architecture.
        """
        ...


segmenters: Registry[Segmenter] = Registry("segmenter", __name__)
