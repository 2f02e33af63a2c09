"""Local shuffles: every pixel takes its colour from a neighbour, which may itself have taken one before.

The original walks from the last pixel to the first and overwrites in place; a pixel whose neighbour was overwritten earlier gets
the neighbour's new colour. Here every pixel's offset is drawn by position and such chains are followed for all pixels at once,
up to eight links (longer ones are 1 in 700 at shift 5), so that the reach is bounded. Same distribution, no order of drawing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Support, Window
from distortions.scratch import scratch

__all__ = ["shuffle_reach", "shuffled_index", "take_pixels"]

S = TypeVar("S", np.uint8, np.float32)

_DOUBLINGS = 3
_LINKS = 2**_DOUBLINGS
Index = NDArray[np.int64]


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

    Returns:
        int64, flat; valid until this thread asks again.
    """
    index = _one_pass(window, shape, shift, "shuffle 0")
    for number in range(1, passes):
        earlier = _integers("earlier", len(index))
        np.copyto(earlier, index)
        index = _one_pass(window, shape, shift, f"shuffle {number}")
        index[...] = np.take(earlier, index, out=_integers("room", len(index)), mode="clip")
    return index


def _integers(purpose: str, count: int) -> Index:
    return scratch(purpose, (2 * count,)).view(np.int64)


def _one_pass(window: Window, shape: tuple[int, int], shift: int, purpose: str) -> Index:
    height, width = shape
    count = height * width
    # links[p] is where p's colour comes from: a pixel to ask further, or, from ``count`` on, a pixel that is asked no further.
    links, room, own = _integers("links", 2 * count), _integers("room", count), _numbers(2 * count)
    ends = links[:count]
    cv2.LUT(window.noise.uint16(1, purpose), _hops(shift, width, count), dst=ends.view(np.float64).reshape(height, width, 1))
    ends += own[:count]
    links[count:] = own[count:]
    _keep_borders(ends.reshape(shape), window, shift)
    for _ in range(_DOUBLINGS if shift > 1 else 0):
        ends[...] = np.take(links, ends, out=room, mode="clip")
    np.subtract(ends, count, out=ends, where=ends >= count)
    return ends


@lru_cache(maxsize=2)
def _numbers(count: int) -> Index:
    return np.arange(count)


@lru_cache(maxsize=8)
def _hops(shift: int, width: int, count: int) -> NDArray[np.float64]:
    """By 16 bits of chance, a hop of -shift to shift - 1 pixels in x and y as a step in a flat index; + count if a chain ends.

    A source later in raster order was overwritten before: it must be asked further. Any other one still has its own colour.
    The 64-bit integers are handed out as the floats of the same bits, since OpenCV looks up no integers of that size.
    """
    pair = np.arange(65536) * (2 * shift) ** 2 // 65536
    down, right = pair // (2 * shift) - shift, pair % (2 * shift) - shift
    last = 1 - ((down > 0) | ((down == 0) & (right > 0)))
    hops: Index = down * width + right + last * count
    return hops.view(np.float64)


def _keep_borders(links: Index, window: Window, shift: int) -> None:
    height, width = links.shape
    own = _numbers(2 * height * width)[height * width :].reshape(height, width)
    first_row, first_column = max(shift + 1 - window.top, 0), max(shift + 1 - window.left, 0)
    end_row, end_column = window.height - shift + 1 - window.top, window.width - shift + 1 - window.left
    for border in (np.s_[:first_row], np.s_[max(end_row, 0) :], np.s_[:, :first_column], np.s_[:, max(end_column, 0) :]):
        links[border] = own[border]


def take_pixels(pixels: NDArray[S], index: Index, out: NDArray[S] | None = None) -> NDArray[S]:
    """Pixels (uint8 or float32, H x W x 3) rearranged by flat indices; ``out`` may be ``pixels`` itself, None for a new array."""
    height, width = pixels.shape[:2]
    packed = np.uint32 if pixels.dtype == np.uint8 else np.complex128  # a pixel of four channels as one number
    before, after = (scratch(name, (height, width, pixels.itemsize)).view(pixels.dtype) for name in ("before", "after"))
    whole = cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA, dst=before)
    np.take(whole.view(packed).reshape(-1), index, out=after.view(packed).reshape(-1), mode="clip")
    result: NDArray[S] = cv2.cvtColor(after, cv2.COLOR_RGBA2RGB, dst=out)
    return result
