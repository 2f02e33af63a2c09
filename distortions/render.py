"""Steps applied to windows of a picture: only what a window needs is computed, and it equals the whole picture's bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from distortions.catalogue import get
from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.noise import NoiseField
from schemas.keys import canonical_json, generator
from schemas.values import Box, Step, severity_word

__all__ = ["Operation", "grow", "make_step", "operation", "prepare", "render"]

_STRIP_PIXELS = 2**18
"""pixels that a function works on at once in large pictures; its temporaries then fit the processor's cache"""


@dataclass(frozen=True)
class Operation:
    """A distortion with its parameters and seed: what a ``Step`` says, ready to run."""

    distortion: Distortion
    parameters: Parameters
    seed: int

    @property
    def support(self) -> Support:
        """How far it reads with these parameters."""
        return self.distortion.reach(self.parameters)


def make_step(name: str | Distortion, level: int, seed: int) -> Step:
    """The step of a distortion at a level: category, severity and all parameters, random ones drawn from the seed.

    Raises:
        ValueError, TypeError: unknown name, a level that is no integer from 1 to 5, a seed that is no integer in [0, 2**52).
    """
    ready = prepare(name, level, seed)
    return Step(
        category=ready.distortion.category,
        function=ready.distortion.name,
        level=int(level),
        severity=severity_word(level),
        seed=ready.seed,
        parameters=canonical_json(ready.parameters),
    )


def prepare(name: str | Distortion, level: int, seed: int) -> Operation:
    """A distortion at a level, its random parameters drawn from the seed; errors as for ``make_step``."""
    distortion, checked = get(name), _check_seed(seed)
    return Operation(distortion, {**distortion.parameters(level), **_drawn(distortion, level, checked)}, checked)


def operation(step: Step) -> Operation:
    """The operation that a step names. Its numbers are the step's own, whatever the level table says today.

    Raises:
        ValueError: an unknown function or parameters that are no JSON object.
    """
    parameters = json.loads(step.parameters)
    if not isinstance(parameters, dict):
        raise ValueError(  # noqa: TRY004 - the text is wrong, not a type
            f"parameters of step {step.function!r} must be a JSON object, got {step.parameters!r}"
        )
    return Operation(get(step.function), parameters, step.seed)


def _check_seed(seed: int) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(f"seed must be an integer, got {seed!r}")
    if not 0 <= int(seed) < 2**52:
        raise ValueError(f"seed must lie in [0, 2**52), got {seed}")
    return int(seed)


def _drawn(distortion: Distortion, level: int, seed: int) -> Parameters:
    if distortion.draw is None:
        return {}
    return distortion.draw(generator(seed, distortion.name, "parameters"), distortion.parameters(level))


def grow(box: Box, support: Support, height: int, width: int) -> Box:
    """The window that a function must read to write ``box``."""
    if support.whole:
        return 0, 0, width, height
    x0, y0, x1, y1 = box
    left, top = max(x0 - support.left, 0), max(y0 - support.top, 0)
    return (
        left - left % support.grid,
        top - top % support.grid,
        min(_up(x1 + support.right, support.grid), width),
        min(_up(y1 + support.bottom, support.grid), height),
    )


def _up(value: int, grid: int) -> int:
    return -(-value // grid) * grid


def render(image: Pixels, box: Box, operations: Sequence[Operation]) -> Pixels:
    """The pixels of ``box`` after all operations, as if the whole picture had gone through them in order.

    Args:
        image: uint8 RGB H x W x 3, contiguous; never written to.
        box: (x0, y0, x1, y1), x1 and y1 exclusive, inside the picture.
        operations: applied first to last.
    """
    x0, y0, x1, y1 = box
    if not operations:
        return image[y0:y1, x0:x1]
    *before, last = operations
    height, width = image.shape[:2]
    reads = grow(box, last.support, height, width)
    if last.distortion.measure is None:
        pixels, statistics = render(image, reads, before), None
    else:
        whole = render(image, (0, 0, width, height), before)
        statistics = last.distortion.measure(whole, last.parameters)
        pixels = whole[reads[1] : reads[3], reads[0] : reads[2]]
    return _run(last, pixels, reads, box, (height, width), statistics)


def _run(step: Operation, pixels: Pixels, reads: Box, box: Box, size: tuple[int, int], statistics: Any) -> Pixels:
    """One operation on the window ``reads``, cut to ``box``; large ones in strips, so that temporaries stay small."""
    x0, y0, x1, y1 = box
    support = step.support
    rows = y1 - y0 if support.whole else max(_STRIP_PIXELS // (x1 - x0), 8 * (support.top + support.bottom), 1)
    if y1 - y0 <= 2 * rows:
        return _apply(step, pixels, reads, box, size, statistics)
    result = np.empty((y1 - y0, x1 - x0, 3), np.uint8)
    for top in range(y0, y1, rows):
        strip = (x0, top, x1, min(top + rows, y1))
        needs = grow(strip, support, *size)
        part = pixels[needs[1] - reads[1] : needs[3] - reads[1], needs[0] - reads[0] : needs[2] - reads[0]]
        result[top - y0 : strip[3] - y0] = _apply(step, part, needs, strip, size, statistics)
    return result


def _apply(step: Operation, pixels: Pixels, reads: Box, box: Box, size: tuple[int, int], statistics: Any) -> Pixels:
    window = Window(reads[1], reads[0], *size, _noise(step, reads, size[1]), box, statistics)
    # OpenCV takes up to six times as long where rows do not follow one another.
    result = step.distortion.apply(np.ascontiguousarray(pixels), step.parameters, window)
    x0, y0, x1, y1 = box
    return result[y0 - reads[1] : y1 - reads[1], x0 - reads[0] : x1 - reads[0]]


def _noise(step: Operation, box: Box, width: int) -> NoiseField:
    x0, y0, x1, y1 = box
    return NoiseField((step.seed, step.distortion.name), y0, x0, y1 - y0, x1 - x0, width)
