"""Tone curves: a table of 256 values for all channels, one for each channel, or one for each HSV value (the largest channel)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.model import Pixels

__all__ = ["apply_table", "apply_value_table", "byte_table", "value_table"]

Curve = NDArray[np.float64]


def byte_table(values: Curve) -> NDArray[np.uint8]:
    """Values on the scale 0 to 255 as a table: rounded, clipped."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def apply_table(pixels: Pixels, table: NDArray[np.uint8]) -> Pixels:
    """Looks every sample up: a table of shape (256,) serves all channels, (256, 3) one each."""
    result: Pixels = cv2.LUT(pixels, table if table.ndim == 1 else table[None])
    return result


def value_table(curve: Curve) -> NDArray[np.uint8]:
    """What becomes of channel c in a pixel of HSV value v when v becomes ``curve[v]``, as a flat table at ``256 v + c``.

    Hue and saturation stay, so all channels are multiplied by curve[v] / v; black becomes grey. ``curve``: 256 values, 0 to 255,
    and beyond: channels are clipped after the multiplication.
    """
    value = np.arange(256.0)
    scale = np.divide(curve, value, out=np.zeros(256), where=value > 0)
    table = scale[:, None] * value[None, :]
    table[0] = curve[0]
    return byte_table(table).ravel()


def apply_value_table(pixels: Pixels, table: NDArray[np.uint8]) -> Pixels:
    """Looks every sample up at 256 x (largest channel of its pixel) + sample."""
    red, green, blue = cv2.split(pixels)
    index = cv2.max(cv2.max(red, green), blue).astype(np.uint16)
    index <<= 8
    result: Pixels = table[index[..., None] | pixels]
    return result
