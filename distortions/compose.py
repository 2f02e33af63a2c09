"""Distortions under masks: the only place that knows masks and feathers.

A region shows exactly what distorting the whole picture shows there; everything outside is untouched, bit for bit. A feather
softens the border inwards: from nothing outside the mask to the full effect that many pixels inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from distortions.images import check_image, check_mask, from_rgb8, to_rgb8
from distortions.model import Distorted, Distortion, Parameters, Pixels
from distortions.render import Operation, make_step, operation, prepare, render
from schemas.keys import generator
from schemas.masks import bounding_box, squared_distance
from schemas.values import Box, Step

__all__ = ["Chain", "compose", "distort", "paste", "render_box"]

T = TypeVar("T", bound=np.generic)
_OPAQUE = 256


def distort(
    image: NDArray[T],
    name: str | Distortion,
    level: int = 3,
    *,
    mask: NDArray[Any] | None = None,
    seed: int = 0,
    feather: int = 0,
) -> Distorted:
    """One distortion on a picture or on the region under a mask.

    Args:
        image: uint8 or uint16; H x W x 3 RGB, or grey H x W or H x W x 1; sides of at least 8. Never written to.
        name: registered name, for example "blur.gaussian", or a Distortion.
        level: 1 (weakest) to 5.
        mask: boolean H x W, the region; None for the whole picture.
        seed: keys random draws and noise, 0 to 2**52 - 1; the same seed gives the same bytes.
        feather: width in pixels, inside the mask, over which the effect sets in; 0 for a hard border.

    Returns:
        The distorted picture (a new array of the same shape and dtype) and the parameters used.

    Raises:
        ValueError, TypeError: an argument that is wrong, named in the message.
    """
    return _apply(image, [prepare(name, level, seed)], mask, feather)


@dataclass(frozen=True)
class Chain:
    """Distortions to be applied one after the other; made by ``compose``."""

    parts: tuple[tuple[str | Distortion, int], ...]

    def __call__(self, image: NDArray[T], *, mask: NDArray[Any] | None = None, seed: int = 0, feather: int = 0) -> Distorted:
        """Applies them in order; arguments as for ``distort``. ``parameters["steps"]`` has one entry for each."""
        operations = [prepare(name, level, own) for (name, level), own in zip(self.parts, self._seeds(seed), strict=True)]
        return _apply(image, operations, mask, feather)

    def steps(self, seed: int) -> tuple[Step, ...]:
        """The steps that this chain takes with a seed; each gets a seed of its own."""
        return tuple(make_step(name, level, own) for (name, level), own in zip(self.parts, self._seeds(seed), strict=True))

    def _seeds(self, seed: int) -> list[int]:
        return [int(generator(seed, "chain", index).integers(2**52)) for index in range(len(self.parts))]


def compose(parts: Sequence[tuple[str | Distortion, int]]) -> Chain:
    """A chain of (name, level): ``compose([("blur.lens", 2), ("noise.poisson", 3)])(image, mask=mask, seed=7)``.

    Raises:
        ValueError, TypeError: no parts, an unknown name or level.
    """
    if not parts:
        raise ValueError("parts is empty: give at least one (name, level)")
    chain = Chain(tuple((name, level) for name, level in parts))
    chain.steps(0)
    return chain


def _apply(image: NDArray[Any], operations: Sequence[Operation], mask: NDArray[Any] | None, feather: int) -> Distorted:
    check_image(image)
    height, width = image.shape[:2]
    used = _used(operations)
    if mask is None:
        _check_feather(feather)
        whole = np.ascontiguousarray(from_rgb8(render(to_rgb8(image), (0, 0, width, height), operations), image))
        return Distorted(whole.copy() if np.may_share_memory(whole, image) else whole, used)
    result = image.copy(order="C")
    _paste_region(result, image, to_rgb8(image), check_mask(mask, image), operations, feather)
    return Distorted(result, used)


def _used(operations: Sequence[Operation]) -> Parameters:
    if len(operations) == 1:
        return operations[0].parameters
    return {"steps": [{"name": one.distortion.name, **one.parameters} for one in operations]}


def render_box(image: NDArray[np.uint8], box: Box, steps: Sequence[Step]) -> Pixels:
    """The pixels of a box exactly as if the whole picture had gone through all steps in order.

    Args:
        image: uint8 RGB H x W x 3.
        box: (x0, y0, x1, y1), x1 and y1 exclusive, inside the picture.
        steps: applied first to last.

    Returns:
        uint8 (y1 - y0) x (x1 - x0) x 3, a new array.

    Raises:
        ValueError, TypeError: a picture or box that is wrong, named in the message.
    """
    check_image(image)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = (int(edge) for edge in box)
    if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
        raise ValueError(f"box must lie inside the picture of {width} x {height}, got {tuple(box)}")
    pixels = render(to_rgb8(image), (x0, y0, x1, y1), [operation(step) for step in steps])
    return np.array(pixels)


def paste(
    image: NDArray[np.uint8], masks: Sequence[NDArray[Any]], steps_of_each: Sequence[Sequence[Step]], feather: int = 0
) -> Pixels:
    """A picture with every region distorted by its own steps, each computed from the pristine picture.

    Args:
        image: uint8 RGB H x W x 3, the pristine picture.
        masks: boolean H x W, one for each region; where they overlap the later one wins.
        steps_of_each: the steps of each region, in order; none leaves it clean.
        feather: as for ``distort``.

    Returns:
        uint8 H x W x 3, a new array, bit-identical to ``image`` outside the masks.

    Raises:
        ValueError, TypeError: an argument that is wrong, named in the message.
    """
    check_image(image)
    if len(masks) != len(steps_of_each):
        raise ValueError(f"steps_of_each must have one entry for each of the {len(masks)} masks, got {len(steps_of_each)}")
    result, pristine = image.copy(order="C"), to_rgb8(image)
    for number, (mask, steps) in enumerate(zip(masks, steps_of_each, strict=True)):
        checked = check_mask(mask, image, f"masks[{number}]")
        if steps:
            _paste_region(result, image, pristine, checked, [operation(step) for step in steps], feather)
    return result


def _paste_region(
    result: NDArray[Any],
    image: NDArray[Any],
    pristine: Pixels,
    mask: NDArray[np.bool_],
    operations: Sequence[Operation],
    feather: int,
) -> None:
    x0, y0, x1, y1 = bounding_box(mask)
    here = (slice(y0, y1), slice(x0, x1))
    changed = from_rgb8(render(pristine, (x0, y0, x1, y1), operations), image)
    if _check_feather(feather):
        changed = _blend(image[here], changed, _opacity(mask, (x0, y0, x1, y1), feather))
    cv2.copyTo(changed, np.ascontiguousarray(mask[here]).view(np.uint8), result[here])


def _check_feather(feather: int) -> int:
    if isinstance(feather, bool) or not hasattr(feather, "__index__"):
        raise TypeError(f"feather must be a whole number of pixels, got {feather!r}")
    if feather < 0:
        raise ValueError(f"feather must be 0 or more pixels, got {feather}")
    return int(feather)


def _opacity(mask: NDArray[np.bool_], box: Box, feather: int) -> NDArray[np.int32]:
    """0 to 256 by the distance from the nearest pixel outside the mask; the picture's border is no border of the mask."""
    x0, y0, x1, y1 = box
    left, top = min(x0, 1), min(y0, 1)
    wide = mask[y0 - top : y1 + 1, x0 - left : x1 + 1]
    if wide.all():
        return np.full((y1 - y0, x1 - x0), _OPAQUE, dtype=np.int32)
    distance = np.sqrt(squared_distance(wide))[top : top + y1 - y0, left : left + x1 - x0]
    opacity: NDArray[np.int32] = np.rint(np.minimum(distance / (feather + 1), 1) * _OPAQUE).astype(np.int32)
    return opacity


def _blend(old: NDArray[Any], new: NDArray[Any], opacity: NDArray[np.int32]) -> NDArray[Any]:
    weight = opacity if old.ndim == 2 else opacity[..., None]
    mixed = old.astype(np.int32) * (_OPAQUE - weight) + new.astype(np.int32) * weight
    return ((mixed + _OPAQUE // 2) // _OPAQUE).astype(old.dtype)
