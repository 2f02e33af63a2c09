"""Does every function grow with its level? SSIM and the project's perceived strength over photos; prints a Markdown table.

    python benchmarks/distortions/monotonicity.py PHOTO... [--of dq495k kadid25]

SSIM on luma (Gaussian window, sigma 1.5); strength as in annotate.measures, over the whole picture. Each cell is the mean over
the photos; "falls" tells on how many photos the measure gets worse with every sound level.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from annotate.measures.strength import strength
from distortions import Distortion, distort, pool

Picture = NDArray[np.uint8]
SIDE = 512


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("photos", nargs="+", type=Path)
    arguments.add_argument("--of", nargs="+", default=["dq495k", "kadid25"])
    chosen = arguments.parse_args()
    photos = [read(path) for path in chosen.photos]
    for taxonomy in chosen.of:
        print(f"\n| {taxonomy} | sound levels | SSIM, levels 1-5 | falls | strength, levels 1-5 | grows |")
        print("|---|---|---|---|---|---|")
        for entry in pool(taxonomy):
            print(row(entry, photos), flush=True)


def read(path: Path) -> Picture:
    image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    scale = SIDE / max(image.shape[:2])
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def row(entry: Distortion, photos: list[Picture]) -> str:
    similar, strong = np.empty((len(photos), 5)), np.empty((len(photos), 5))
    for number, photo in enumerate(photos):
        grey, everywhere = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.ones(photo.shape[:2], bool)
        for level in range(1, 6):
            changed = distort(photo, entry, level, seed=number).image
            similar[number, level - 1] = structural_similarity(
                grey, cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY), gaussian_weights=True, sigma=1.5, use_sample_covariance=False
            )
            strong[number, level - 1] = strength(photo, changed, everywhere)
    sound = [level - 1 for level in entry.sound_levels]
    falls = int((np.diff(similar[:, sound], axis=1) < 0).all(axis=1).sum())
    grows = int((np.diff(strong[:, sound], axis=1) > 0).all(axis=1).sum())
    levels = "none" if not sound else f"{sound[0] + 1}-{sound[-1] + 1}"
    counts = (f"{falls} of {len(photos)}", f"{grows} of {len(photos)}") if sound else ("", "")
    return f"| `{entry.name}` | {levels} | {cells(similar)} | {counts[0]} | {cells(strong)} | {counts[1]} |"


def cells(values: NDArray[np.float64]) -> str:
    return " ".join(f"{value:.3f}" for value in values.mean(axis=0))


if __name__ == "__main__":
    main()
