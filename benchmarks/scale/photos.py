"""Makes many photos from few, for trials of scale: distinct crops and flips, each to be taken as a source of its own.

    python benchmarks/scale/photos.py OUT --count 4500 PHOTOS...

Build from them with ``--set split.copy_distance=-1``: they are near-duplicates by construction.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from schemas.keys import generator

SIZE = (512, 384)  # of KADIS-700K's pictures


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("photos", nargs="+", type=Path)
    arguments.add_argument("--count", type=int, default=4500)
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    files = sorted(file for place in options.photos for file in place.iterdir() if file.suffix in {".png", ".jpg"})
    images = [image for image in (cv2.imread(str(file)) for file in files) if image is not None and min(image.shape[:2]) >= 300]
    for number in range(options.count):
        _write(options.out / f"photo-{number:05d}.jpg", images[number % len(images)], number)


def _write(file: Path, image: object, number: int) -> None:
    draws = generator(0, "trial photo", number)
    height, width = image.shape[:2]
    upright = height > width
    aspect = SIZE[1] / SIZE[0] if upright else SIZE[0] / SIZE[1]
    tall = min(height, width / aspect) * draws.uniform(0.6, 1.0)
    wide = tall * aspect
    top, left = int(draws.uniform(0, height - tall + 1)), int(draws.uniform(0, width - wide + 1))
    part = image[top : top + int(tall), left : left + int(wide)]
    part = cv2.flip(part, 1) if draws.integers(2) else part
    size = SIZE[::-1] if upright else SIZE
    cv2.imwrite(str(file), cv2.resize(part, size, interpolation=cv2.INTER_AREA if tall > size[1] else cv2.INTER_CUBIC), [1, 96])


if __name__ == "__main__":
    main()
