"""Random samples by position: what a pixel gets depends on the key and its place, never on what was asked before.

One Philox stream belongs to one key. Sample (y, x, channel) of a field with C channels sits at ``(y * W + x) * C + channel``
of it, 16 bits each, so a window of rows is read by jumping to its first row (Philox is counter-based).
Sixteen bits become a normal, uniform or other variate by a table of 65536 quantiles, chosen so that the samples have
exactly zero mean. |z| ends at 4.32, where a normal variate would come once in 65536 samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from schemas.keys import KeyPart, generator

__all__ = ["NoiseField", "normal_quantiles", "normal_table"]

S = TypeVar("S", bound=np.generic)

_WORDS = 4
"""uint64 words made by one step of Philox's counter"""
_PER_COUNTER = _WORDS * 4
"""16-bit samples in them"""
_FINENESS = 4096
"""normal quantiles are multiples of 1/4096, so that tables do not depend on the last bits of a library's ndtri"""


@dataclass(frozen=True)
class NoiseField:
    """Samples for one window (top, left, height and width of the window) of a picture that is ``whole_width`` wide."""

    key: tuple[KeyPart, ...]
    top: int
    left: int
    height: int
    width: int
    whole_width: int

    def uint16(self, channels: int, purpose: str = "") -> NDArray[np.uint16]:
        """Uniform 16-bit integers, height x width x channels; another purpose gives independent ones."""
        row = self.whole_width * channels
        first, count = self.top * row, self.height * row
        seed, *rest = self.key
        bits = generator(int(seed), *rest, purpose).bit_generator
        skip = first // _PER_COUNTER
        bits.advance(skip)  # type: ignore[attr-defined]
        head = first - skip * _PER_COUNTER
        raw = bits.random_raw((head + count + 3) // 4)
        samples: NDArray[np.uint16] = np.asarray(raw).astype("<u8", copy=False).view("<u2")[head : head + count]
        window = samples.reshape(self.height, self.whole_width, channels)
        return window[:, self.left : self.left + self.width]

    def take(self, table: NDArray[S], channels: int, purpose: str = "") -> NDArray[S]:
        """Variates by the inverse of their distribution: entries of a table of 65536 quantiles, height x width x channels."""
        # OpenCV looks 16-bit samples up as they are; np.take would make 64-bit ones of them first.
        samples = self.uint16(channels, purpose)
        result: NDArray[S] = cv2.LUT(samples, table).reshape(samples.shape)
        return result


@lru_cache(maxsize=1)
def normal_quantiles() -> NDArray[np.float64]:
    """65536 quantiles of N(0, 1), antisymmetric, unit variance, indexed by a uniform 16-bit integer."""
    upper = ndtri((np.arange(32768, 65536) + 0.5) / 65536)
    upper = np.rint(upper / np.sqrt(np.mean(upper**2)) * _FINENESS) / _FINENESS
    return np.concatenate([-upper[::-1], upper])


@lru_cache(maxsize=64)
def normal_table(scale: float) -> NDArray[np.int16]:
    """``scale`` times the normal quantiles, rounded to whole numbers: a table for ``NoiseField.take``."""
    table = np.rint(normal_quantiles() * scale).astype(np.int16)
    table.setflags(write=False)
    return table
