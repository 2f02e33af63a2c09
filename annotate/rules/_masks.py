"""Masks of a picture, decoded once for all rules that look at them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from schemas.masks import decode
from schemas.values import Rle

__all__ = ["decoded"]


@lru_cache(maxsize=32)
def decoded(mask: Rle) -> NDArray[np.bool_] | None:
    """The boolean H x W mask, read-only; None if its runs are corrupt."""
    try:
        pixels = decode(mask)
    except ValueError:
        return None
    pixels.setflags(write=False)
    return pixels
