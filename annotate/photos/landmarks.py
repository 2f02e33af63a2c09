"""Landmarks of a photo: points with binary descriptors, by which crops and mirrored copies are known again.

SIFT (Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 2004) as OpenCV computes it, on luma shrunk to
256 pixels on the long side. Copies are not turned, so descriptors are taken upright, and two photos match under one shift
and scale. Of each of a descriptor's 128 numbers one bit is kept, whether it is above their median: mirroring a photo only
permutes these bits.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["VERSION", "Landmarks", "candidates", "decode", "landmarks", "mirrored", "shared"]

VERSION: Final = 2
"""raised when the same photo gives other landmarks"""

_SIDE = 256
_COUNT = 160
_CELLS = 4  # of a grid of so many rows and columns each cell keeps its share of the points, so that every crop has some
_CONTRAST = 0.02
_BYTES = 16  # of a descriptor
_BITS = 30  # descriptors of one point differ in at most so many of 128 bits; unrelated ones in about 64
_PIXELS = 3.0  # how far a point may lie from where the common motion puts it
_APART = 12.0  # pixels between two points that tell shift and scale
_TURN = 0.2  # radians that the line between two points may turn
_SCALES = (0.3, 3.4)
_MATCHES = 64  # the best so many are looked at
_TABLES, _TABLE_BITS = 12, 32
_BUCKET = 8  # of a fuller bucket only neighbours are paired: copies of one photo form a chain there
_ALIKE, _HITS = 16, 3  # photos that have so many points that differ in at most so many bits are compared


class Landmarks(NamedTuple):
    """Points (float32 N x 2, x and y in the shrunk picture) and the bits of their descriptors (uint8 N x 128, 0 or 1)."""

    points: NDArray[np.float32]
    bits: NDArray[np.uint8]


def landmarks(image: NDArray[np.uint8]) -> str:
    """The landmarks of uint8 RGB H x W x 3, as base64 text of at most 4268 characters."""
    factor = _SIDE / max(image.shape[:2])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    sift = cv2.SIFT.create(contrastThreshold=_CONTRAST)
    points = _spread(sift.detect(small, None), size)
    if not points:
        return ""
    points, descriptors = sift.compute(small, points)
    bits = np.packbits(descriptors > np.median(descriptors, axis=1, keepdims=True), axis=1)
    places = np.round([[8 * value for value in point.pt] for point in points]).astype("<u2")
    order = np.lexsort((places[:, 0], places[:, 1]))
    return base64.b64encode(places[order].tobytes() + bits[order].tobytes()).decode()


def _spread(found: Sequence[cv2.KeyPoint], size: tuple[int, int]) -> list[cv2.KeyPoint]:
    """The strongest points of each cell of the grid, upright, then the strongest of the rest."""
    places: dict[tuple[float, float, int], cv2.KeyPoint] = {}
    for point in sorted(found, key=lambda point: (-point.response, point.pt, point.size)):
        point.angle = 0.0
        places.setdefault((*point.pt, point.octave), point)  # a point with two directions is found twice
    share, taken = _COUNT // _CELLS**2, dict.fromkeys(range(_CELLS**2), 0)
    first: list[cv2.KeyPoint] = []
    rest: list[cv2.KeyPoint] = []
    for point in places.values():
        column, row = (min(int(value * _CELLS / length), _CELLS - 1) for value, length in zip(point.pt, size, strict=True))
        cell = row * _CELLS + column
        taken[cell] += 1
        (first if taken[cell] <= share else rest).append(point)
    return [*first, *rest][:_COUNT]


def decode(text: str) -> Landmarks:
    """Landmarks from their text."""
    data = base64.b64decode(text)
    count = len(data) // (4 + _BYTES)
    points = np.frombuffer(data, "<u2", 2 * count).reshape(-1, 2).astype(np.float32) / np.float32(8)
    packed = np.frombuffer(data, np.uint8, _BYTES * count, offset=4 * count).reshape(-1, _BYTES)
    return Landmarks(points, np.unpackbits(packed, axis=1))


def mirrored(marks: Landmarks) -> Landmarks:
    """The landmarks of the photo with left and right exchanged; points count from its right border."""
    return Landmarks(marks.points * np.array([-1, 1], np.float32), marks.bits[:, _MIRROR])


def _mirror() -> NDArray[np.int64]:
    """Which of SIFT's 4 x 4 x 8 numbers (row, column, direction in steps of 45 degrees) a mirrored photo has in each place."""
    numbers = np.arange(128).reshape(4, 4, 8)
    return numbers[:, ::-1][:, :, (4 - np.arange(8)) % 8].ravel()


_MIRROR: Final = _mirror()


def shared(one: Landmarks, other: Landmarks) -> int:
    """Landmarks that two photos share under one common shift and scale; 0 to 4 for unrelated photos."""
    if not len(one.points) or not len(other.points):
        return 0
    distances = _BYTES * 4 - _signs(one) @ _signs(other).T / 2  # Hamming distances
    nearest = distances.argmin(axis=1)
    least = distances.min(axis=1)
    mutual = distances.argmin(axis=0)[nearest] == np.arange(len(nearest))
    matched = np.flatnonzero(mutual & (least <= _BITS))
    best = matched[np.argsort(least[matched], kind="stable")[:_MATCHES]]
    return _consistent(one.points[best], other.points[nearest[best]])


def _signs(marks: Landmarks) -> NDArray[np.float32]:
    return marks.bits.astype(np.float32) * 2 - 1


def _consistent(one: NDArray[np.float32], other: NDArray[np.float32]) -> int:
    """The most of N matched points (N x 2 each) that one shift and scale, told by two of them, brings together."""
    first, second = np.triu_indices(len(one), 1)
    line, its = one[second] - one[first], other[second] - other[first]
    length, its_length = np.hypot(*line.T), np.hypot(*its.T)
    turn = np.abs(np.arctan2(line[:, 0] * its[:, 1] - line[:, 1] * its[:, 0], (line * its).sum(axis=1)))
    scale = its_length / np.maximum(length, 1e-6)
    told = (length > _APART) & (its_length > _APART) & (turn < _TURN) & (scale > _SCALES[0]) & (scale < _SCALES[1])
    if not told.any():
        return 0
    first, second, scale = first[told], second[told], scale[told]
    shift = (other[first] + other[second] - scale[:, None] * (one[first] + one[second])) / 2
    apart = np.abs(scale[:, None, None] * one + shift[:, None] - other).max(axis=2)
    return int((apart <= _PIXELS * np.maximum(1, scale)[:, None]).sum(axis=1).max())


def candidates(photos: Sequence[Landmarks]) -> Iterator[tuple[int, int, bool]]:
    """Pairs of photos worth comparing, and whether mirrored: those with a few points alike, found by hashing, sorted.

    Locality-sensitive hashing: points that agree in all of some fixed bits meet in a bucket and are compared there.
    """
    count = len(photos)
    owners = np.repeat(np.arange(count), [len(photo.points) for photo in photos])
    if not len(owners):
        return
    bits = np.concatenate([photo.bits for photo in photos])
    bits = np.concatenate([bits, bits[:, _MIRROR]])
    owners = np.concatenate([owners, owners + count])  # from ``count`` on: the photos mirrored
    words = np.packbits(bits, axis=1).view(np.uint64)
    draws = np.random.Generator(np.random.Philox(key=0))
    met = []
    for _ in range(_TABLES):
        keys = _keys(bits, draws.permutation(bits.shape[1])[:_TABLE_BITS])
        one, other = _together(keys, owners)
        alike = np.bitwise_count(words[one] ^ words[other]).sum(axis=1) <= _ALIKE
        one, other = one[alike], other[alike]
        wanted = (owners[one] < count) & (owners[one] != owners[other] - count)  # both mirrored says nothing new
        met.append(np.unique(one[wanted] * len(owners) + other[wanted]))
    one, other = np.divmod(np.unique(np.concatenate(met)), len(owners))
    first, second = owners[one], owners[other]
    swapped = (second >= count) & (second - count < first)
    low, high = np.where(swapped, second - count, first), np.where(swapped, first + count, second)
    pairs, times = np.unique(low * 2 * count + high, return_counts=True)
    for pair in pairs[times >= _HITS]:
        lower, higher = divmod(int(pair), 2 * count)
        yield lower, higher % count, higher >= count


def _keys(bits: NDArray[np.uint8], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    keys = np.zeros(len(bits), dtype=np.int64)
    for place in chosen:
        keys = keys * 2 + bits[:, place]
    return keys


def _together(keys: NDArray[np.int64], owners: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Entries of different owners (that of the lower owner first) that share a key."""
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    _, place, size = np.unique(keys, return_inverse=True, return_counts=True)
    lows, highs = [], []
    for step in range(1, _BUCKET):
        same = (keys[step:] == keys[:-step]) & (owners[step:] != owners[:-step])
        if step > 1:
            same &= size[place[step:]] <= _BUCKET
        lows.append(order[:-step][same])
        highs.append(order[step:][same])
    return np.concatenate(lows), np.concatenate(highs)
