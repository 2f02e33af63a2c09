"""Landmarks of a photo: corner points with binary descriptors, by which a crop is known again.

ORB (Rublee, Rabaud, Konolige, Bradski, "ORB: an efficient alternative to SIFT or SURF", ICCV 2011) as OpenCV computes it,
on luma shrunk to 320 pixels on the long side.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Landmarks", "candidates", "decode", "landmarks", "shared"]

_SIDE = 320
_COUNT = 64
_BYTES = 32  # of a descriptor
_BITS = 50  # descriptors of one point differ in fewer of 256 bits; unrelated ones in about 128
_PIXELS = 4.0  # how far a point may lie from where the common motion puts it
_TABLES, _TABLE_BITS = 12, 20  # chance that a match (10 % of bits flipped) falls into one bucket at least once: 78 %
_BUCKET = 8  # of a fuller bucket only neighbours are paired: copies of one photo form a chain there
_HITS = 2  # buckets two photos must share to be compared


class Landmarks(NamedTuple):
    """Points (float32 N x 2, x and y in the shrunk picture) and their descriptors (uint64 N x 4)."""

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint64]


def landmarks(image: NDArray[np.uint8]) -> str:
    """The strongest landmarks of uint8 RGB H x W x 3, as base64 text of at most 3072 characters."""
    factor = _SIDE / max(image.shape[:2])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    points, descriptors = cv2.ORB.create(_COUNT, scaleFactor=1.2, nlevels=8, fastThreshold=5).detectAndCompute(small, None)
    if descriptors is None:
        return ""
    places = np.round([[8 * value for value in point.pt] for point in points]).astype("<u2")
    order = np.lexsort((places[:, 0], places[:, 1]))
    return base64.b64encode(places[order].tobytes() + descriptors[order].tobytes()).decode()


def decode(text: str) -> Landmarks:
    """Landmarks from their text."""
    data = base64.b64decode(text)
    count = len(data) // (4 + _BYTES)
    points = np.frombuffer(data, "<u2", 2 * count).reshape(-1, 2).astype(np.float32) / np.float32(8)
    return Landmarks(points, np.frombuffer(data, np.uint64, 4 * count, offset=4 * count).reshape(-1, 4))


def shared(one: Landmarks, other: Landmarks) -> int:
    """Landmarks that two photos share under one common shift, turn and scale; 0 for unrelated photos."""
    if not len(one.points) or not len(other.points):
        return 0
    distances = 4 * _BYTES - _signs(one) @ _signs(other).T / 2  # Hamming distances
    nearest = distances.argmin(axis=1)
    mutual = distances.argmin(axis=0)[nearest] == np.arange(len(nearest))
    matched = mutual & (distances.min(axis=1) <= _BITS)
    if matched.sum() < 4:
        return 0
    _, inliers = cv2.estimateAffinePartial2D(one.points[matched], other.points[nearest[matched]], ransacReprojThreshold=_PIXELS)
    return 0 if inliers is None else int(inliers.sum())


def _signs(marks: Landmarks) -> NDArray[np.float32]:
    return np.unpackbits(marks.descriptors.view(np.uint8), axis=1).astype(np.float32) * 2 - 1


def candidates(photos: Sequence[Landmarks]) -> Iterator[tuple[int, int]]:
    """Pairs of photos worth comparing (locality-sensitive hashing by fixed bits of the descriptors), sorted."""
    owners = np.repeat(np.arange(len(photos)), [len(photo.points) for photo in photos])
    if not len(owners):
        return
    words = np.concatenate([photo.descriptors for photo in photos])
    bits = np.unpackbits(words.view(np.uint8), axis=1).astype(np.float32)
    order = np.random.Generator(np.random.Philox(key=0)).permutation(bits.shape[1])
    powers = 2.0 ** np.arange(_TABLE_BITS, dtype=np.float32)
    hits = []
    for table in range(_TABLES):
        chosen = order[table * _TABLE_BITS : (table + 1) * _TABLE_BITS]
        one, other = _together((bits[:, chosen] @ powers).astype(np.int64), owners)
        hits.append(np.unique(one * len(photos) + other))
    pairs, counts = np.unique(np.concatenate(hits), return_counts=True)
    for pair in pairs[counts >= _HITS]:
        yield divmod(int(pair), len(photos))


def _together(keys: NDArray[np.int64], owners: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Owners (lower, higher) of entries that share a key."""
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    _, place, size = np.unique(keys, return_inverse=True, return_counts=True)
    lows, highs = [], []
    for step in range(1, _BUCKET):
        same = (keys[step:] == keys[:-step]) & (owners[step:] != owners[:-step])
        if step > 1:
            same &= size[place[step:]] <= _BUCKET
        lows.append(owners[:-step][same])
        highs.append(owners[step:][same])
    return np.concatenate(lows), np.concatenate(highs)
