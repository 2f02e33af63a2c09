"""Perceived strength of a change in a region: a similarity measure, calibrated to people's opinions (docs/strength.md)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from annotate.measures.similarity import Difference, difference

__all__ = ["perceived", "strength"]

_WEIGHTS = Difference(structure=1.0, chroma=1.0, light=2.0)
_SCALE = 0.6


def strength(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Perceived strength of the change between two crops (uint8 RGB h x w x 3) inside a boolean h x w mask, 0 to 1."""
    return perceived(difference(reference, changed, mask))


def perceived(parts: Difference) -> float:
    """Strength from the parts of a difference: 0 for none, 1 for what people call very annoying."""
    total = sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True))
    return round(1 - math.exp(-total / _SCALE), 4)
