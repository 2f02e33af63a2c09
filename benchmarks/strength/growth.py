"""What decides how much a function does to a region: the table of growth in annotate/planning/foresight.py.

    python benchmarks/strength/levels.py PHOTOS... --photos 33 --keep LEVELS.npz
    python benchmarks/strength/tones.py PHOTOS... --photos 33 --keep TONES.npz
    python benchmarks/strength/growth.py LEVELS.npz TONES.npz

For each function the field of the photo's tones that explains most of the differences between regions, and the powers of it with
which change and the odds of strength grow, all levels together (least squares of logarithms around the medians).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schemas.values import Tones

FIELDS = tuple(Tones.model_fields)[:4]
FAINT = 0.05  # powers that move nothing by more than this (standard deviation of the logarithm) are left out


def power(field: NDArray[np.float64], effect: NDArray[np.float64]) -> tuple[float, float]:
    """The slope of ``effect`` (regions x levels, logarithms) over ``field`` (regions), and the share of variance it explains."""
    x = np.log(np.maximum(field, 0.5))
    x, y = (x - np.median(x))[:, None], effect - np.median(effect, axis=0)
    slope = float((x * y).sum() / (x**2).sum() / y.shape[1])
    explained = 1 - ((y - slope * x) ** 2).sum() / (y**2).sum()
    return (slope if abs(slope) * x.std() > FAINT else 0.0), float(explained)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("levels", type=Path)
    arguments.add_argument("tones", type=Path)
    options = arguments.parse_args()
    measured, toned = np.load(options.levels), np.load(options.tones)
    photo = toned["table"][:, 0, 0, : len(FIELDS)]
    print("medians:", dict(zip(FIELDS, np.median(photo, axis=0).round(1).tolist(), strict=True)))
    for j, name in enumerate(measured["names"]):
        strength = np.clip(measured["table"][:, j, :, 0], 0.01, 0.99)
        effects = np.log(np.maximum(measured["table"][:, j, :, 1], 0.3)), np.log(strength / (1 - strength))
        found = {field: [power(photo[:, k], effect) for effect in effects] for k, field in enumerate(FIELDS)}
        best = max(FIELDS, key=lambda field: sum(explained for _, explained in found[field]))
        change, odds = (round(slope, 1) + 0.0 for slope, _ in found[best])
        print(f'    "{name}": ("{best}", {change}, {odds}),')


if __name__ == "__main__":
    main()
