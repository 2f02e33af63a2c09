"""How well the order of two distortions can be told, by pair of categories: the table of docs/orders.md.

python benchmarks/strength/orders.py PHOTOS... [--regions 16]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from annotate.measures.strength import strength
from annotate.planning.order_presets import MEASURED, PAPER
from annotate.planning.palette import PAIR_LEVELS, palette
from annotate.sources import PhotoFile
from annotate.stages.segment import segment
from annotate.stages.source import load, scan
from distortions import allowed_pairs, render_box
from schemas.keys import generator
from schemas.masks import decode
from schemas.recipe import AnswerableSettings, PhotoSettings, PlanSettings, RegionSettings

Place = tuple[np.ndarray, tuple[int, int, int, int], np.ndarray]


def places(folders: list[Path]) -> list[Place]:
    settings, found = PhotoSettings(long_side=512), []
    for file in sorted(file for folder in folders for file in folder.iterdir() if file.suffix in {".png", ".jpg"}):
        photo = scan(PhotoFile(file, file.name), settings)
        image = load(photo, settings)
        for region in segment(photo, image, RegionSettings()):
            x0, y0, x1, y1 = region.bbox
            found.append((image, region.bbox, decode(region.mask)[y0:y1, x0:x1]))
    return found


def gaps(pair: tuple[str, str], regions: list[Place], count: int) -> np.ndarray:
    """Strength of the difference between both orders, a random function and level of each category, in random regions."""
    known, out = palette(PlanSettings()), []
    for number in range(count):
        draws = generator(0, *pair, number)
        image, box, mask = regions[int(draws.integers(len(regions)))]
        steps = [known.draw_step(draws, category, PAIR_LEVELS) for category in pair]
        out.append(strength(render_box(image, box, steps), render_box(image, box, steps[::-1]), mask))
    return np.array(out)


def line(pair: tuple[str, str], found: np.ndarray) -> str:
    ways = "both" if {pair, pair[::-1]} <= allowed_pairs() else "one"
    paper = ", ".join(" > ".join(order) for order in PAPER if set(order) == set(pair))
    low, middle, high = np.quantile(found, [0.25, 0.5, 0.75])
    passing = np.mean(found >= AnswerableSettings().dao_gap)
    used = "yes" if {pair, pair[::-1]} & set(MEASURED) else ""
    return f"| {' / '.join(pair)} | {ways} | {low:.2f} | {middle:.2f} | {high:.2f} | {passing:.0%} | {used} | {paper} |"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("photos", nargs="+", type=Path)
    arguments.add_argument("--regions", type=int, default=16)
    options = arguments.parse_args()
    regions = places(options.photos)
    pairs = sorted({tuple(sorted(pair)) for pair in allowed_pairs()})
    measured = {pair: gaps(pair, regions, options.regions) for pair in pairs}
    for pair in sorted(pairs, key=lambda pair: -np.median(measured[pair])):
        print(line(pair, measured[pair]))


if __name__ == "__main__":
    main()
