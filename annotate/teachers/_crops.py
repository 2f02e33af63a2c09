"""What a teacher is shown: the whole picture and close-ups at its own resolution, always lossless."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.endpoint.question import Image
from schemas.keys import digest
from schemas.values import Box

__all__ = ["MARGIN", "around", "close_up", "decode", "encode", "whole"]

MARGIN = 0.12
"""context around a region in a close-up, share of its longer side"""
LEAST_MARGIN = 16
"""pixels"""
NEARLY_ALL = 0.7
"""a close-up that would show more than this share of the picture shows nothing new"""


def around(box: Box, width: int, height: int) -> Box | None:
    """The box of a close-up, clipped to the picture; None if the whole picture serves as well."""
    x0, y0, x1, y1 = box
    margin = max(LEAST_MARGIN, round(MARGIN * max(x1 - x0, y1 - y0)))
    wide = (max(0, x0 - margin), max(0, y0 - margin), min(width, x1 + margin), min(height, y1 + margin))
    share = (wide[2] - wide[0]) * (wide[3] - wide[1]) / (width * height)
    return None if share > NEARLY_ALL else wide


def whole(identity: str, size: tuple[int, int], load: Callable[[], bytes], detail: str) -> Image:
    """The whole picture of ``size`` (width, height)."""
    return Image(identity, *size, load, detail=detail)


def close_up(identity: str, box: Box, pixels: Callable[[], NDArray[np.uint8]], detail: str) -> Image:
    """A part of a picture; ``pixels`` gives the whole one, uint8 RGB H x W x 3, and is called only if the part is sent."""
    x0, y0, x1, y1 = box

    def load() -> bytes:
        return encode(pixels()[y0:y1, x0:x1])

    return Image(digest("close-up", identity, box), x1 - x0, y1 - y0, load, detail=detail)


def decode(load: Callable[[], bytes]) -> Callable[[], NDArray[np.uint8]]:
    """Decodes a PNG file when it is first needed, once for all close-ups of a question: uint8 RGB H x W x 3."""

    @cache
    def pixels() -> NDArray[np.uint8]:
        image = cv2.imdecode(np.frombuffer(load(), np.uint8), cv2.IMREAD_COLOR_RGB)
        assert image is not None
        return np.asarray(image, np.uint8)

    return pixels


def encode(image: NDArray[np.uint8]) -> bytes:
    """A PNG file of uint8 RGB H x W x 3."""
    done, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_PNG_COMPRESSION, 3))
    assert done
    return data.tobytes()
