"""Near-duplicate photos: a perceptual hash, and groups of photos that must share a split.

The hash is the usual DCT hash (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010):
luma, shrunk to 32 x 32 by area, 2-D DCT, signs of 64 low frequencies, the constant one left out, against their median.
It knows resized and recompressed copies and tight crops; other crops and mirrored copies are known by
``annotate.photos.landmarks``.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.photos.landmarks import candidates, decode, mirrored, shared
from schemas.values import Photo

__all__ = ["fingerprint", "group"]

_SIDE = 32
_BLOCK = 1024
_SHARED = 6  # landmarks that two photos must share; unrelated photos shared at most 4 in all pairs tried (docs/plan.md)


def fingerprint(image: NDArray[np.uint8]) -> str:
    """64-bit perceptual hash of uint8 RGB H x W x 3, as 16 hexadecimal digits."""
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(small.astype(np.float64))[:9, :9].ravel()[1:65]
    bits = np.packbits(waves > np.median(waves))
    return bits.tobytes().hex()


def group(photos: Sequence[Photo], distance: int = 10) -> dict[str, str]:
    """The group of every photo: sha256 of the photo -> smallest sha256 among those it is linked to.

    Two photos are linked when their hashes differ in at most ``distance`` of 64 bits (unrelated photos differ in about
    32), or when they share enough landmarks; a group is everything that a chain of links reaches. The result does not
    depend on the order of ``photos``. A negative distance links nothing.
    """
    known = sorted({photo.sha256: photo for photo in photos}.items())
    parents = list(range(len(known)))
    if distance >= 0:
        hashes = np.array([int(photo.fingerprint, 16) for _, photo in known], dtype=np.uint64)
        for one, other in _close(hashes, distance):
            _join(parents, one, other)
        marks = [decode(photo.landmarks) for _, photo in known]
        for one, other, flipped in candidates(marks):
            if _root(parents, one) == _root(parents, other):
                continue
            if shared(marks[one], mirrored(marks[other]) if flipped else marks[other]) >= _SHARED:
                _join(parents, one, other)
    return {name: known[_root(parents, index)][0] for index, (name, _) in enumerate(known)}


def _close(hashes: NDArray[np.uint64], distance: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(hashes), _BLOCK):
        block = hashes[start : start + _BLOCK]
        near = np.bitwise_count(block[:, None] ^ hashes[None, :]) <= distance
        for row, column in np.argwhere(near):
            if start + row < column:
                pairs.append((start + int(row), int(column)))
    return pairs


def _join(parents: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(parents, one), _root(parents, other)))
    parents[high] = low


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index
