"""Small real photographs for tests: crops of those inside scikit-image."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

__all__ = ["crop", "save_photos"]

_NAMES = ("astronaut", "chelsea", "coffee", "rocket")


@cache
def _photo(name: str) -> np.ndarray:
    return getattr(data, name)()


def crop(number: int, side: int = 192) -> np.ndarray:
    """The ``number``-th crop, uint8 RGB side x side x 3; different numbers show different places."""
    image = _photo(_NAMES[number % len(_NAMES)])
    height, width = image.shape[:2]
    place = np.random.default_rng(number)
    y, x = place.integers(0, height - side), place.integers(0, width - side)
    return np.ascontiguousarray(image[y : y + side, x : x + side])


def save_photos(folder: Path, count: int, side: int = 192) -> Path:
    """Writes ``count`` crops as PNG files and returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.fromarray(crop(number, side)).save(folder / f"{number:03d}.png", compress_level=1)
    return folder
