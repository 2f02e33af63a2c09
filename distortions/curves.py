"""Tone curves through a few points, as KADID-10k's brightness and contrast types use them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

__all__ = ["curve", "middle_curve"]


def curve(inner: Sequence[tuple[float, float]], values: NDArray[np.generic]) -> NDArray[np.float64]:
    """A cubic spline (not-a-knot; with one inner point a parabola) through (0, 0), the inner points and (1, 1), not clipped.

    Args:
        inner: points (input, output), 0 to 1, by increasing input.
        values: where to evaluate it, 0 to 1.
    """
    points = np.array([(0.0, 0.0), *inner, (1.0, 1.0)])
    result: NDArray[np.float64] = CubicSpline(points[:, 0], points[:, 1], bc_type="not-a-knot")(values)
    return result


def middle_curve(middle: float, values: NDArray[np.generic]) -> NDArray[np.float64]:
    """The curve that takes 0.5 to ``middle``, clipped to 0 to 1."""
    return np.clip(curve([(0.5, middle)], values), 0, 1)
