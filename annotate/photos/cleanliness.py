"""How clean a photo is before anything is done to it: blur, blockiness, noise and clipping, without a reference.

The estimates look at the best parts of a photo where a subject may be soft or dark on purpose: the sharpest tiles tell
whether anything is in focus, the calmest tiles how strong the noise is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.recipe import ScreenSettings

__all__ = ["Cleanliness", "Unclean", "measure", "objections"]

_TILE = 32  # pixels on a side of a tile
_GRID = 8  # JPEG's blocks
_NOISE_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)


class Cleanliness(NamedTuple):
    """What was measured in a photo; larger is worse."""

    blur: float
    """0 sharp to 1: the blur effect of the sharpest tenth of tiles"""
    blockiness: float
    """how much steeper the steps across an 8-pixel grid are than elsewhere; 0 for none, 1 for twice as steep"""
    noise: float
    """standard deviation of noise in the calmest tenth of tiles, 0 to 255"""
    clipping: float
    """share of pixels that are black (all channels at most 2) or white (all at least 253), 0 to 1"""


class Unclean(NamedTuple):
    """Why a photo is refused."""

    code: str
    """blur, blockiness, noise or clipping"""
    reason: str


def measure(image: NDArray[np.uint8]) -> Cleanliness:
    """The four estimates for uint8 RGB H x W x 3.

    Sources: blur after Crete, Dolmiere, Ladret, Nicolas, "The blur effect" (SPIE 6492, 2007); noise after Immerkaer,
    "Fast noise variance estimation" (CVIU 64, 1996), for tiles; blockiness compares mean steps at the 8 phases of a grid.
    """
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    low, high = image.max(axis=2) <= 2, image.min(axis=2) >= 253
    return Cleanliness(
        round(_blur(luma), 4), round(_blockiness(luma), 4), round(_noise(luma), 3), round(float((low | high).mean()), 4)
    )


def objections(found: Cleanliness, settings: ScreenSettings) -> Iterator[Unclean]:
    """What the settings have against a photo; nothing if it is clean."""
    for code, value in found._asdict().items():
        limit = getattr(settings, f"max_{code}")
        if value > limit:
            yield Unclean(code, f"{code} {value:g} is above screen.max_{code} = {limit:g}")


def _tiles(plane: NDArray[np.floating]) -> NDArray[np.floating]:
    """Means of tiles, flattened; the remainder at the right and bottom is left out."""
    rows, columns = max(1, plane.shape[0] // _TILE), max(1, plane.shape[1] // _TILE)
    part = plane[: rows * _TILE, : columns * _TILE]
    return np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)).ravel()


def _blur(luma: NDArray[np.float32]) -> float:
    effects = []
    for axis, size in ((0, (1, 9)), (1, (9, 1))):
        steps = _steps(luma, axis)
        soft = _steps(cv2.blur(luma, size), axis)
        whole, lost = _tiles(steps), _tiles(np.maximum(steps - soft, 0))
        busy = whole > 1.0  # a tile without any steps says nothing about focus
        effects.append(np.where(busy, 1 - lost / np.maximum(whole, 1e-6), 1.0))
    return float(np.quantile(np.maximum(*effects), 0.1))


def _steps(luma: NDArray[np.floating], axis: int) -> NDArray[np.floating]:
    """Absolute differences of neighbours, the last one repeated so that the size stays."""
    return np.abs(np.diff(luma, axis=axis, append=np.take(luma, [-1], axis=axis)))


def _noise(luma: NDArray[np.float32]) -> float:
    response = np.abs(cv2.filter2D(luma, cv2.CV_32F, _NOISE_KERNEL))
    clipped = (luma < 3) | (luma > 252)  # clipping hides noise: such tiles say nothing
    tiles = _tiles(response)[_tiles(clipped.astype(np.float32)) < 0.1]
    return float(np.quantile(tiles, 0.1)) * float(np.sqrt(np.pi / 2)) / 6 if len(tiles) else 0.0


def _blockiness(luma: NDArray[np.float32]) -> float:
    worst = []
    for axis in (0, 1):
        # The second difference across a step: smooth gradients do not count.
        steps = np.abs(np.diff(luma, 2, axis=axis)).mean(axis=1 - axis)
        phases = np.array([steps[phase::_GRID].mean() for phase in range(_GRID)])
        pairs = phases + np.roll(phases, -1)  # a block border shows in two neighbouring second differences
        worst.append(pairs.max() / max(float(np.median(pairs)), 1e-6) - 1)
    return max(0.0, float(min(worst)))
