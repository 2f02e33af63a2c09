"""Perceived strength of a change in a region: MDSI and HaarPSI there, calibrated to people's opinions (docs/strength.md)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from annotate.measures.similarity import Difference, difference, halved_mask, responses

__all__ = ["expected_opinion", "perceived", "strength"]

# Fitted to KADID-10k's mean opinions by type and level (benchmarks/strength/fit.py; docs/strength.md tells how well).
_DEVIATION, _WAVELET, _POWER = 6.5, 0.8, 1.55
# A change of light alone, without structure: KADID's mean shift (4.22 and 3.90 at 38 of 255, 4.52 and 4.37 at 20).
_LIGHT, _LIGHT_POWER = 100.0, 1.7
# What people give a picture that did not change, and the span down to the worst: the same table.
_UNCHANGED, _SPAN = 4.62, 3.5


def strength(reference: NDArray[np.uint8], changed: NDArray[np.uint8], mask: NDArray[np.bool_]) -> float:
    """Perceived strength of the change between two crops (uint8 RGB h x w x 3) inside a boolean h x w mask, 0 to 1."""
    return perceived(difference(responses(reference), responses(changed), halved_mask(mask)))


def perceived(parts: Difference) -> float:
    """Strength from the parts of a difference: 0 for none, 1 for what people call very annoying; 4 decimals."""
    structure = (_DEVIATION * parts.deviation + _WAVELET * max(parts.wavelet, 0.0)) ** _POWER
    light = (parts.light / _LIGHT) ** _LIGHT_POWER
    return round(1 - math.exp(-max(structure, light)), 4)


def expected_opinion(strength: float) -> float:
    """The opinion on KADID's scale (5 as good as the reference, 1 very annoying) that a strength stands for."""
    return _UNCHANGED - _SPAN * strength
