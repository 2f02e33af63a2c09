"""Local shuffles: every pixel takes its colour from a neighbour, which may itself have taken one before.

The original walks from the last pixel to the first and overwrites in place; a pixel whose neighbour was overwritten earlier gets
the neighbour's new colour. Here every pixel's offset is drawn by position and such chains are followed for all pixels at once,
up to eight links (longer ones are 1 in 700 at shift 5), so that the reach is bounded. Same distribution, no order of drawing.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Support, Window

__all__ = ["shuffle_reach", "shuffled_index", "take_pixels"]

S = TypeVar("S", np.uint8, np.uint16)

_DOUBLINGS = 3
_LINKS = 2**_DOUBLINGS
Index = NDArray[np.int32]


def shuffle_reach(shift: int, passes: int) -> Support:
    """How far ``shuffled_index`` reaches: links go down, right or left, and only the last of a chain may go up."""
    links = _LINKS if shift > 1 else 1
    far, near = (shift - 1) * links * passes, shift * passes
    return Support(top=near, bottom=far, left=shift * links * passes, right=far)


def shuffled_index(window: Window, shape: tuple[int, int], shift: int, passes: int) -> Index:
    """For each pixel of a window, the flat index (inside the window) of the pixel whose colour it gets.

    Args:
        window: where the pixels lie; pixels within ``shift`` of the picture's top and left border, and within ``shift - 1`` of
            the others, keep their colour.
        shape: (height, width) of the window.
        shift: offsets are drawn from -shift to shift - 1, in x and y.
        passes: how often the shuffle is repeated.
    """
    index = np.arange(shape[0] * shape[1], dtype=np.int32)
    for number in range(passes):
        index = np.take(index, _one_pass(window, shape, shift, f"shuffle {number}"), mode="clip")
    return index


def _one_pass(window: Window, shape: tuple[int, int], shift: int, purpose: str) -> Index:
    height, width = shape
    count = height * width
    chance = window.noise.uint16(2, purpose)
    down, right = (((chance[..., axis].astype(np.int32) * (2 * shift)) >> 16) - shift for axis in (0, 1))
    kept = _kept(window, shape, shift)
    down[kept], right[kept] = 0, 0
    rows, columns = np.arange(height, dtype=np.int32)[:, None], np.arange(width, dtype=np.int32)[None, :]
    source = np.clip(rows + down, 0, height - 1) * width + np.clip(columns + right, 0, width - 1)
    # A source later in raster order was overwritten before: follow it. Any other one still has its colour: stop there, which is
    # written as an index beyond the picture that leads to itself.
    rewritten = (down > 0) | ((down == 0) & (right > 0))
    stops = np.arange(count, 2 * count, dtype=np.int32)
    links = np.concatenate([np.where(rewritten, source, source + count).ravel(), stops])
    for _ in range(_DOUBLINGS):
        links[:count] = np.take(links, links[:count], mode="clip")
    ends = links[:count]
    return np.where(ends >= count, ends - count, ends)


def _kept(window: Window, shape: tuple[int, int], shift: int) -> NDArray[np.bool_]:
    rows = np.arange(window.top, window.top + shape[0])[:, None]
    columns = np.arange(window.left, window.left + shape[1])[None, :]
    inside = (rows > shift) & (rows <= window.height - shift) & (columns > shift) & (columns <= window.width - shift)
    return ~inside


def take_pixels(pixels: NDArray[S], index: Index) -> NDArray[S]:
    """Pixels (uint8 or uint16, H x W x 3) rearranged by flat indices."""
    whole = cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)
    packed = whole.view(np.uint32 if whole.dtype == np.uint8 else np.uint64).ravel()
    moved = np.take(packed, index, mode="clip").view(whole.dtype).reshape(whole.shape)
    result: NDArray[S] = cv2.cvtColor(moved, cv2.COLOR_RGBA2RGB)
    return result
