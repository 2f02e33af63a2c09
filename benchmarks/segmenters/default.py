"""The segmenters that need no weights against people's segments, their cost, and whether words lead to the regions.

    python benchmarks/segmenters/default.py quality --data BSDS500/data [--split val] [--limit 100]
    python benchmarks/segmenters/default.py cost
    python benchmarks/segmenters/default.py words --photos DIR [--checkpoint sam.pth --points 12]

``quality``: covering of people's segments by the whole partition, and the best IoU with any person's segment of the regions
that the default policy selects. ``cost``: CPU time of segmenting alone, one thread, over photo sizes. ``words``: the share of
selected regions that the paper's position words can lead to; with a checkpoint those of SAM, and whether a click on the region
and on the point that its words imply gives its mask back. CPU time is given because other work hardly changes it.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from bsds import best_ious, covering, samples
from skimage import data, graph, segmentation

from annotate.regions.policy import choose
from annotate.segmenters import Proposal
from annotate.segmenters.felzenszwalb import PLUGIN as FELZENSZWALB
from annotate.segmenters.region_merging import RegionMergingOptions, partition
from annotate.sources import sources
from annotate.stages.segment import segment
from annotate.stages.source import load, scan
from schemas.errors import PhotoError
from schemas.recipe import PhotoSettings, RegionSettings
from schemas.values import Photo

Segmented = tuple[np.ndarray, list[Proposal]]
NOBODY = Photo(sha256="0" * 64, name="", path="", width=1, height=1, fingerprint="0" * 16)


def of_labels(labels: np.ndarray) -> Segmented:
    labels = np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int32)
    return labels, [Proposal(labels == label, 1.0) for label in range(labels.max() + 1)]


def region_merging(image: np.ndarray) -> Segmented:
    labels, promises = partition(image, RegionMergingOptions())
    return labels, [Proposal(labels == label, float(promise) ** 2) for label, promise in enumerate(promises)]


def felzenszwalb_retried(image: np.ndarray) -> Segmented:
    proposals = FELZENSZWALB.open({}).propose(NOBODY, image)
    return np.argmax([proposal.mask for proposal in proposals], axis=0).astype(np.int32), list(proposals)


def felzenszwalb(scale: float) -> Callable[[np.ndarray], Segmented]:
    return lambda image: of_labels(segmentation.felzenszwalb(image, scale=scale, sigma=0.8, min_size=image[..., 0].size // 100))


def slic_threshold(image: np.ndarray) -> Segmented:
    labels = segmentation.slic(image, n_segments=400, compactness=10, start_label=0)
    return of_labels(graph.cut_threshold(labels, graph.rag_mean_color(image, labels), 29))


def grid(image: np.ndarray) -> Segmented:
    height, width = image.shape[:2]
    return of_labels((np.arange(height)[:, None] * 2 // height) * 3 + np.arange(width)[None] * 3 // width)


METHODS = {
    "region_merging (default)": region_merging,
    "felzenszwalb (600, retried finer)": felzenszwalb_retried,
    "felzenszwalb 600": felzenszwalb(600),
    "felzenszwalb 1000": felzenszwalb(1000),
    "felzenszwalb 300": felzenszwalb(300),
    "SLIC 400 + threshold 29": slic_threshold,
    "grid 2 x 3": grid,
}


def quality(folder: Path, split: str, limit: int | None) -> None:
    print(f"BSDS500 {split}; {machine()}\n")
    print("| method | covering | selected: mean best IoU | >= 0.5 | >= 0.7 | photos with 2 or more | regions | CPU ms |")
    print("|---|---|---|---|---|---|---|---|")
    photos = list(samples(folder, split, limit))
    for name, method in METHODS.items():
        coverings, ious, counts, times = [], [], [], []
        for sample in photos:
            start = time.process_time()
            labels, proposals = method(sample.image)
            times.append(time.process_time() - start)
            chosen = choose(proposals, RegionSettings(), sample.image).proposals
            coverings.append(covering(labels, sample.people))
            counts.append(len(chosen))
            ious.extend(best_ious([proposal.mask for proposal in chosen], sample.people) if chosen else [])
        shares = [f"{np.mean(np.array(ious) >= least):.2f}" for least in (0.5, 0.7)]
        usable = np.mean(np.array(counts) >= 2)
        numbers = [f"{np.mean(coverings):.3f}", f"{np.mean(ious):.3f}", *shares, f"{usable:.2f}", f"{np.mean(counts):.1f}"]
        print(f"| {name} | {' | '.join(numbers)} | {1000 * np.median(times):.0f} |", flush=True)


def cost() -> None:
    print(f"{machine()}\n\n| photo | region_merging CPU ms | felzenszwalb 600 without shrinking CPU ms |\n|---|---|---|")
    picture = data.astronaut()[:340]
    for width, height in ((480, 320), (768, 512), (1536, 1024), (3072, 2048), (9480, 6320)):
        image = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
        ours = fastest(lambda image=image: partition(image, RegionMergingOptions()), 1 if width > 4000 else 5)
        theirs = f"{fastest(lambda image=image: felzenszwalb(600)(image), 1):.0f}" if width < 2000 else "not run"
        print(f"| {width} x {height} ({width * height / 1e6:.1f} MP) | {ours:.0f} | {theirs} |", flush=True)


def fastest(call: Callable[[], object], repeats: int) -> float:
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def words(folder: str, settings: RegionSettings) -> None:
    regions, skipped = [], 0
    for file in sources.get("folder").files(folder):
        try:
            photo = scan(file, PhotoSettings())
            regions += [segment(photo, load(photo, PhotoSettings()), settings)]
        except PhotoError as error:
            skipped += 1
            print(error)
    every = [region for picture in regions for region in picture]
    words_of = [(region.horizontal, region.vertical) for region in every]
    alone = [
        sum((other.horizontal, other.vertical) == (region.horizontal, region.vertical) for other in picture) == 1
        for picture in regions
        for region in picture
    ]
    facts = {
        "quarter point inside the region": [region.quarter_inside for region in every],
        "no sibling nearer to the quarter point": [region.quarter_nearest for region in every],
        "half or more of the region in its quadrant": [region.quadrant_share >= 0.5 for region in every],
        "only region with its position words": alone,
        "phrase needs no counting": [" from the " not in region.phrase for region in every],
    }
    for name, field in (("click on it", "click_iou"), ("click on the quarter point", "words_iou")):
        values = np.array([getattr(region, field) for region in every if getattr(region, field) is not None])
        if len(values):
            facts |= {f"{name}: mean IoU": values, f"{name}: IoU of 0.5 or more": values >= 0.5}
    print(f"{len(regions)} photos, {skipped} skipped, {len(every)} regions, {len(set(words_of))} of 4 words used\n")
    print("| | share |\n|---|---|")
    for name, values in facts.items():
        print(f"| {name} | {np.mean(values):.2f} |")


def machine() -> str:
    return (
        f"{platform.machine()}, one thread, Python {platform.python_version()}, OpenCV {cv2.__version__}, numpy {np.__version__}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("quality", "cost", "words"))
    parser.add_argument("--data", type=Path, help="BSDS500/data")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--photos", help="folder of photos")
    parser.add_argument("--checkpoint", help="words: weights of SAM")
    parser.add_argument("--points", type=int, default=32, help="words: points per side")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    if chosen.what == "quality":
        quality(chosen.data, chosen.split, chosen.limit)
    elif chosen.what == "cost":
        cost()
    else:
        options = {"checkpoint": chosen.checkpoint, "points_per_side": chosen.points}
        words(chosen.photos, RegionSettings(segmenter="sam", options=options) if chosen.checkpoint else RegionSettings())
