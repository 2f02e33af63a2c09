"""The border between callers' arrays and the distortions' own form: uint8, H x W x 3, RGB, contiguous.

Stated rules: a grey picture (H x W or H x W x 1) is distorted as an RGB picture with three equal channels and the green
channel is returned, so noise keeps its strength. A uint16 picture is rounded to 8 bits (divided by 257), distorted, and
multiplied by 257; pixels outside a mask keep their 16 bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from distortions.model import Pixels

__all__ = ["MIN_SIDE", "check_image", "check_mask", "from_rgb8", "to_rgb8"]

MIN_SIDE = 8
MAX_SIDE = 32766
"""OpenCV's own limit for a side of a warped picture"""
MAX_PIXELS = 400_000_000
_TO_16 = 257


def check_image(image: NDArray[Any]) -> None:
    """Refuses what no distortion can work on.

    Raises:
        TypeError: not an array, or not uint8 or uint16 (a float picture with NaN or infinite values is told so).
        ValueError: wrong shape or sides.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(f"image must be a numpy array, got {type(image).__name__}")
    if image.dtype.kind == "f" and not np.isfinite(image).all():
        raise ValueError("image must be uint8 or uint16, got floats with NaN or infinite values")
    if image.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"image must be uint8 (0-255) or uint16 (0-65535), got {image.dtype}; convert and scale it first")
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3)):
        raise ValueError(f"image must be H x W, H x W x 1 or H x W x 3 (RGB), got shape {image.shape}")
    height, width = image.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise ValueError(f"image must have sides of at least {MIN_SIDE} pixels, got {height} x {width}")
    if max(height, width) > MAX_SIDE:
        raise ValueError(f"image must have sides of at most {MAX_SIDE} pixels, got {height} x {width}")


def check_mask(mask: NDArray[Any], image: NDArray[Any], name: str = "mask") -> NDArray[np.bool_]:
    """The mask as booleans.

    Raises:
        TypeError: not a boolean (or 0/1 integer) array.
        ValueError: another size than the picture, values other than 0 and 1, or empty.
    """
    if not isinstance(mask, np.ndarray) or mask.dtype.kind not in "bui":
        raise TypeError(f"{name} must be a boolean array, got {getattr(mask, 'dtype', type(mask).__name__)}")
    if mask.shape != image.shape[:2]:
        raise ValueError(f"{name} must have the picture's size {image.shape[:2]}, got {mask.shape}")
    if mask.dtype.kind != "b" and not np.isin(mask, (0, 1)).all():
        raise ValueError(f"{name} must hold only 0 and 1, got values up to {mask.max()}; compare it with a threshold first")
    if not mask.any():
        raise ValueError(f"{name} is empty: no pixel would be distorted")
    return mask.astype(bool, copy=False)


def to_rgb8(image: NDArray[Any]) -> Pixels:
    """A checked picture as contiguous uint8 RGB; the input itself where it is that already."""
    if image.dtype == np.uint16:
        image = ((image.astype(np.uint32) + _TO_16 // 2) // _TO_16).astype(np.uint8)
    if image.ndim == 2:
        image = image[..., None]
    if image.shape[2] == 1:
        image = np.repeat(image, 3, axis=2)
    return np.ascontiguousarray(image, dtype=np.uint8)


def from_rgb8(pixels: Pixels, like: NDArray[Any]) -> NDArray[Any]:
    """Distorted pixels in the shape (rows and columns apart) and dtype of the caller's picture."""
    result: NDArray[Any] = pixels
    if like.ndim == 2:
        result = pixels[..., 1]
    elif like.shape[2] == 1:
        result = pixels[..., 1:2]
    if like.dtype == np.uint16:
        return result.astype(np.uint16) * np.uint16(_TO_16)
    return result if result is pixels else np.ascontiguousarray(result)
