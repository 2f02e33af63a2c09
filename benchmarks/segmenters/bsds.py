"""People's segments of BSDS500 and how well a segmenter finds them.

The data are those of the public repository BIDS/BSDS500 (200 training, 100 validation photos, about five people each); clone it
anywhere outside this repository and give its ``BSDS500/data`` folder. Nothing of it is stored here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.io
from PIL import Image

__all__ = ["Sample", "best_ious", "covering", "samples"]


@dataclass(frozen=True)
class Sample:
    """A photo (uint8 RGB H x W x 3) and each person's label map (int32 H x W from 0)."""

    name: str
    image: np.ndarray
    people: list[np.ndarray]


def samples(data: Path, split: str, limit: int | None = None) -> Iterator[Sample]:
    """The photos of a split ("train", "val", "test"), by name."""
    files = sorted((data / "images" / split).glob("*.jpg"))
    if not files:
        raise SystemExit(f"{data} holds no images/{split}/*.jpg: give the BSDS500/data folder of BIDS/BSDS500.")
    for file in files[:limit]:
        truth = scipy.io.loadmat(data / "groundTruth" / split / f"{file.stem}.mat")["groundTruth"][0]
        people = [entry["Segmentation"][0, 0].astype(np.int32) - 1 for entry in truth]
        yield Sample(file.stem, np.asarray(Image.open(file).convert("RGB")), people)


def overlaps(labels: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """IoU of each label with each of a person's segments, and the areas of the segments."""
    shape = int(labels.max()) + 1, int(truth.max()) + 1
    both = np.bincount((labels.astype(np.int64) * shape[1] + truth).ravel(), minlength=shape[0] * shape[1]).reshape(shape)
    return both / np.maximum(both.sum(1)[:, None] + both.sum(0)[None] - both, 1), both.sum(0)


def covering(labels: np.ndarray, people: Sequence[np.ndarray]) -> float:
    """Area-weighted best IoU of each person's segments, mean over people (Arbelaez et al., PAMI 2011)."""
    tables = [overlaps(labels, truth) for truth in people]
    return float(np.mean([(ious.max(0) * areas).sum() / areas.sum() for ious, areas in tables]))


def best_ious(masks: Sequence[np.ndarray], people: Sequence[np.ndarray]) -> np.ndarray:
    """For each of several disjoint masks, the best IoU with any person's segment."""
    labels = np.zeros(people[0].shape, dtype=np.int32)
    for number, mask in enumerate(masks, start=1):
        labels[mask] = number
    tables = [overlaps(labels, truth)[0][1 : len(masks) + 1].max(axis=1) for truth in people]
    return np.max(tables, axis=0)
