"""A photo with four disjoint regions, made by rule: no segmenter, no file."""

import numpy as np
import pytest
from skimage import data

from schemas.keys import sha256
from schemas.masks import bounding_box, encode
from schemas.values import Photo, Region


@pytest.fixture(scope="session")
def pixels():
    return np.ascontiguousarray(data.chelsea()[:240, 60:380])


@pytest.fixture(scope="session")
def regions(pixels):
    height, width = pixels.shape[:2]
    places = [(0, 0, width // 2, height // 2), (width // 2, 0, width, height // 2), (20, 130, 150, 230), (180, 125, 310, 235)]
    return tuple(_region(index, box, (height, width)) for index, box in enumerate(places))


def _region(index, box, size):
    x0, y0, x1, y1 = box
    rows, columns = np.mgrid[: size[0], : size[1]]
    middle = ((x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2)
    mask = ((columns - middle[0]) / ((x1 - x0) / 2)) ** 2 + ((rows - middle[1]) / ((y1 - y0) / 2)) ** 2 <= 1
    horizontal, vertical = "left" if middle[0] < size[1] / 2 else "right", "top" if middle[1] < size[0] / 2 else "bottom"
    return Region(
        index=index, label="area", raw_label="area", phrase=f"the area number {index}",
        where=f"in the {'upper' if vertical == 'top' else 'lower'} {horizontal}", horizontal=horizontal, vertical=vertical,
        bbox=bounding_box(mask), area=int(mask.sum()), mask=encode(mask), holes=0, components=1,
        click=(int(middle[0]), int(middle[1])), quadrant_share=1.0, quarter_inside=True, quarter_nearest=True,
        colour="grey", brightness=0.5, texture=0.03, colourfulness=0.3,
    )  # fmt: skip


@pytest.fixture(scope="session")
def photo_of():
    def make(number):
        return Photo(
            sha256=sha256(str(number).encode()), name=f"{number}.png", path="", width=320, height=240, fingerprint="0" * 16
        )

    return make
