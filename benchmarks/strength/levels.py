"""What every function does to regions at every level: the table in annotate/planning/typical.py.

    python benchmarks/strength/levels.py PHOTOS... [--photos 40] [--regions 4] [--keep FILE.npz]

Every function and level alone on regions of photos at 512 pixels; prints the medians of strength and change by level, and the
share of regions on which the step shows and its severity word fits, with the default thresholds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from annotate.measures.similarity import change, difference, halved_mask, responses
from annotate.measures.strength import perceived
from annotate.sources import PhotoFile
from annotate.stages.segment import segment
from annotate.stages.source import load, scan
from distortions import distort, pool
from schemas.masks import decode
from schemas.recipe import AnswerableSettings, PhotoSettings, RegionSettings
from schemas.values import severity_word

LEVELS = range(1, 6)


def measured(file: Path, names: list[str], most: int) -> np.ndarray:
    """Regions x functions x levels x (strength, change, mean change, texture)."""
    settings = PhotoSettings(long_side=512)
    photo = scan(PhotoFile(file, file.name), settings)
    image = load(photo, settings)
    regions = segment(photo, image, RegionSettings())[:most]
    out = np.full((len(regions), len(names), 5, 4), np.nan)
    cuts = []
    for region in regions:
        x0, y0, x1, y1 = region.bbox
        mask, box = decode(region.mask)[y0:y1, x0:x1], (slice(y0, y1), slice(x0, x1))
        pristine = np.ascontiguousarray(image[box])
        cuts.append((region, np.ascontiguousarray(mask), box, pristine, responses(pristine), halved_mask(mask)))
    for j, name in enumerate(names):
        for level in LEVELS:
            whole = distort(image, name, level=level, seed=int(photo.sha256[:8], 16)).image
            for i, (region, mask, box, pristine, felt, inside) in enumerate(cuts):
                cut = np.ascontiguousarray(whole[box])
                mean = np.abs(cut.astype(np.int16) - pristine)[mask].mean()
                strength = perceived(difference(felt, responses(cut), inside))
                out[i, j, level - 1] = strength, change(pristine, cut, mask), mean, region.texture
    return out


def fits(table: np.ndarray, limits: AnswerableSettings) -> np.ndarray:
    """Share of regions on which each function's level may be asked about: functions x levels."""
    answer = np.zeros(table.shape[1:3])
    for j in range(table.shape[1]):
        for level in LEVELS:
            cells = table[:, j, level - 1]
            word = severity_word(level)
            answer[j, level - 1] = np.mean([limits.seen(s, c) and limits.misfit(word, s, c) == 0 for s, c, *_ in cells])
    return answer


def over_photos(measure: Callable[[Path, list[str], int], np.ndarray], description: str | None) -> tuple[list[str], np.ndarray]:
    """The names of all functions, and what is measured of them (regions first) on the photos that the command line names."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--photos", type=int, default=40)
    arguments.add_argument("--regions", type=int, default=4)
    arguments.add_argument("--keep", type=Path)
    options = arguments.parse_args()
    files = sorted(file for folder in options.folders for file in folder.iterdir() if file.suffix in {".png", ".jpg"})
    names = sorted(one.name for one in pool("dq495k"))
    chosen = files[:: max(1, len(files) // options.photos)][: options.photos]
    table = np.concatenate([measure(file, names, options.regions) for file in chosen])
    if options.keep:
        np.savez(options.keep, names=names, table=table)
    print(f"# {len(table)} regions of {len(chosen)} photos")
    return names, table


def main() -> None:
    names, table = over_photos(measured, __doc__)
    shares = fits(table, AnswerableSettings())
    for j, name in enumerate(names):
        middle = np.median(table[:, j], axis=0)
        pairs = ", ".join(f"({strength:.2f}, {moved:.0f})" for strength, moved, *_ in middle)
        print(f'    "{name}": ({pairs}),  # fits {" ".join(f"{share:.2f}" for share in shares[j])}')


if __name__ == "__main__":
    main()
