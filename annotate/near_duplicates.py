"""Near-duplicate photos: a perceptual hash, and groups of photos that must share a split.

The hash is the usual DCT hash (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010):
luma, shrunk to 32 x 32 by area, 2-D DCT, signs of the 64 lowest frequencies but the constant one against their median.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.values import Photo

__all__ = ["DISTANCE", "fingerprint", "group"]

DISTANCE = 10
"""Photos whose hashes differ in at most this many of 64 bits count as one; unrelated photos differ in about 32."""

_SIDE = 32
_BLOCK = 1024


def fingerprint(image: NDArray[np.uint8]) -> str:
    """64-bit perceptual hash of uint8 RGB H x W x 3, as 16 hexadecimal digits."""
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    # The constant term is dropped by taking 65 frequencies in zigzag-free order: rows and columns 0..8 hold enough.
    waves = cv2.dct(small.astype(np.float64))[:9, :9].ravel()[1:65]
    bits = np.packbits(waves > np.median(waves))
    return bits.tobytes().hex()


def group(photos: Sequence[Photo], distance: int = DISTANCE) -> dict[str, str]:
    """The group of every photo: sha256 of the photo -> smallest sha256 among those it is linked to.

    Two photos are linked when their hashes differ in at most ``distance`` of 64 bits; a group is everything that a
    chain of links reaches. The result does not depend on the order of ``photos``. A negative distance links nothing.
    """
    names = sorted({photo.sha256: photo.fingerprint for photo in photos}.items())
    hashes = np.array([int(mark, 16) for _, mark in names], dtype=np.uint64)
    parents = list(range(len(names)))
    for one, other in _close(hashes, distance):
        low, high = sorted((_root(parents, one), _root(parents, other)))
        parents[high] = low
    return {name: names[_root(parents, index)][0] for index, (name, _) in enumerate(names)}


def _close(hashes: NDArray[np.uint64], distance: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(hashes), _BLOCK):
        block = hashes[start : start + _BLOCK]
        near = np.bitwise_count(block[:, None] ^ hashes[None, :]) <= distance
        for row, column in np.argwhere(near):
            if start + row < column:
                pairs.append((start + int(row), int(column)))
    return pairs


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index
