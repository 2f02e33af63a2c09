"""Otsu's thresholds for many classes, exactly, by dynamic programming over a histogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["last_bins"]


def last_bins(filled: NDArray[np.float64], classes: int) -> NDArray[np.int64]:
    """The last bin of every class but the top one, for the largest between-class variance.

    Args:
        filled: how many samples lie in each bin, B numbers.
        classes: 1 to the number of bins that are not empty.
    """
    gain = _gains(filled)
    size = len(filled)
    best = np.full((classes, size), -np.inf)
    best[0] = gain[0]
    choice = np.zeros((classes, size), dtype=np.int64)
    for number in range(1, classes):
        options = np.full((size, size), -np.inf)
        options[:-1] = best[number - 1][:-1, None] + gain[1:]
        choice[number], best[number] = options.argmax(axis=0), options.max(axis=0)
    ends = [size - 1]
    for number in range(classes - 1, 0, -1):
        ends.append(int(choice[number][ends[-1]]))
    return np.array(ends[:0:-1], dtype=np.int64)


def _gains(filled: NDArray[np.float64]) -> NDArray[np.float64]:
    """(sum of n x bin)**2 / sum of n over bins i to j: what a class of these bins adds to the between-class variance.

    Minus infinity where j < i or the class would be empty.
    """
    weight = np.concatenate([[0.0], filled.cumsum()])
    moment = np.concatenate([[0.0], (filled * np.arange(len(filled))).cumsum()])
    weights = weight[None, 1:] - weight[:-1, None]
    moments = moment[None, 1:] - moment[:-1, None]
    gains: NDArray[np.float64] = np.divide(moments**2, weights, out=np.full_like(weights, -np.inf), where=np.triu(weights) > 0)
    return gains
