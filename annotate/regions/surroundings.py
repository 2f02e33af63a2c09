"""Whether a region stands out from what surrounds it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.regions.shapes import Mask

__all__ = ["Surroundings"]

_SIDE: Final = 256  # long side at which contrast is looked at: a property of areas, not of pixels
_RING: Final = 6  # width of the ring around a region, pixels of that size
_CLEAR_TEXTURE: Final = 1.5  # a ratio of detail that is seen as another texture


class Surroundings:
    """A photo (uint8 RGB H x W x 3), small, in CIE Lab, with its detail."""

    def __init__(self, image: NDArray[np.uint8]) -> None:
        factor = min(1.0, _SIDE / max(image.shape[:2]))
        self._size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
        small = np.asarray(cv2.resize(image, self._size, interpolation=cv2.INTER_AREA), dtype=np.float32) / 255
        self._lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float64)
        luma = np.ascontiguousarray(self._lab[..., 0])
        self._detail = np.abs(luma - cv2.blur(luma, (3, 3)))

    def stands_out(self, mask: Mask, least: float) -> bool:
        """Whether the mean colour differs from the ring's by ``least`` (CIE76), or the detail by half as much again.

        A mask without a ring (it fills the picture) stands out from nothing; one too small to be seen at this size passes.
        """
        inside = cv2.resize(mask.astype(np.uint8), self._size, interpolation=cv2.INTER_NEAREST)
        ring = cv2.dilate(inside, np.ones((3, 3), dtype=np.uint8), iterations=_RING) - inside
        within, around = inside.astype(bool), ring.astype(bool)
        if not within.any():
            return True
        if not around.any():
            return False
        step = float(np.linalg.norm(self._lab[within].mean(axis=0) - self._lab[around].mean(axis=0)))
        details = sorted((float(self._detail[within].mean()) + 0.1, float(self._detail[around].mean()) + 0.1))
        return step >= least or details[1] >= _CLEAR_TEXTURE * details[0]
