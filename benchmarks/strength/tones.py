"""What every function does to the tones of regions at every level: the table in annotate/planning/foresight.py.

    python benchmarks/strength/tones.py PHOTOS... [--photos 40] [--regions 4] [--keep FILE.npz]

Every function and level alone on regions of photos at 512 pixels. Prints for each function and level how the finished lightness
follows from the photo's (offset and slope, least squares), and the median factors of spread, chroma and detail.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from levels import LEVELS, over_photos
from numpy.typing import NDArray

from annotate.regions.measures import tones
from annotate.sources import PhotoFile
from annotate.stages.segment import segment
from annotate.stages.source import load, scan
from distortions import distort
from schemas.masks import decode
from schemas.recipe import PhotoSettings, RegionSettings
from schemas.values import Tones

FIELDS = tuple(Tones.model_fields)


def measured(file: Path, names: list[str], most: int) -> NDArray[np.float64]:
    """Regions x functions x levels x (fields of the photo's tones, then of the finished ones)."""
    settings = PhotoSettings(long_side=512)
    photo = scan(PhotoFile(file, file.name), settings)
    image = load(photo, settings)
    regions = segment(photo, image, RegionSettings())[:most]
    masks = [decode(region.mask) for region in regions]
    boxes = [(slice(y0, y1), slice(x0, x1)) for x0, y0, x1, y1 in (region.bbox for region in regions)]
    out = np.empty((len(regions), len(names), len(LEVELS), 2 * len(FIELDS)))
    for j, name in enumerate(names):
        for level in LEVELS:
            whole = distort(image, name, level=level, seed=int(photo.sha256[:8], 16)).image
            for i, (mask, box) in enumerate(zip(masks, boxes, strict=True)):
                pair = (tones(picture[box], mask[box]) for picture in (image, whole))
                out[i, j, level - 1] = [getattr(each, field) for each in pair for field in FIELDS]
    return out


def row(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, ...]:
    """Offset and slope of lightness, factors of spread, chroma and detail; ``before`` and ``after`` are regions x fields."""
    slope, offset = np.polyfit(before[:, 0], after[:, 0], 1)
    factors = np.median(after[:, 1:4] / np.maximum(before[:, 1:4], 0.5), axis=0)
    return (round(float(offset), 1), round(float(slope), 2), *(round(float(factor), 2) for factor in factors))


def main() -> None:
    names, table = over_photos(measured, __doc__)
    for j, name in enumerate(names):
        rows = [row(*np.split(table[:, j, level - 1], 2, axis=1)) for level in LEVELS]
        print(f'    "{name}": ({", ".join(map(str, rows))}),')


if __name__ == "__main__":
    main()
