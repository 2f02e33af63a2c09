"""Stage segment: from a photo's pixels to its regions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annotate.regions.finish import finish
from annotate.regions.policy import choose
from annotate.segmenters import Session, segmenters
from schemas.errors import RegionError
from schemas.keys import canonical_json
from schemas.recipe import RegionSettings
from schemas.values import Photo, Region

__all__ = ["Segmentation", "examine", "segment", "session"]


@dataclass(frozen=True)
class Segmentation:
    """The regions of a photo and how many proposals were refused for which reason (codes in ``annotate.regions.policy``)."""

    regions: tuple[Region, ...]
    refusals: Mapping[str, int]


def session(settings: RegionSettings) -> Session:
    """The segmenter with its options, opened once in each process.

    Raises:
        PluginError: no such segmenter, or its package is missing.
        RecipeError: an option it does not know or take.
        UsageError: a checkpoint or folder that cannot be used.
    """
    return _session(settings.segmenter, canonical_json(dict(settings.options)))


@lru_cache(maxsize=4)
def _session(name: str, options: str) -> Session:
    return segmenters.get(name).open(json.loads(options))


def segment(photo: Photo, image: NDArray[np.uint8], settings: RegionSettings) -> tuple[Region, ...]:
    """The photo's regions (uint8 RGB H x W x 3): disjoint, connected, each with a phrase of its own, largest first.

    Raises:
        RegionError: fewer than ``settings.minimum`` regions are left (code ``too_few_regions``).
    """
    return examine(photo, image, settings).regions


def examine(photo: Photo, image: NDArray[np.uint8], settings: RegionSettings) -> Segmentation:
    """As ``segment``, with the refusals counted."""
    proposals = session(settings).propose(photo, image)
    chosen = choose(proposals, settings)
    if len(chosen.proposals) < settings.minimum:
        raise RegionError(_too_few(photo, len(chosen.proposals), chosen.refusals, settings), "too_few_regions")
    return Segmentation(finish(image, chosen.proposals), chosen.refusals)


def _too_few(photo: Photo, count: int, refusals: Counter[str], settings: RegionSettings) -> str:
    reasons = ", ".join(f"{number} {code}" for code, number in sorted(refusals.items())) or "none refused"
    found = f"{photo.name}: {count} usable regions where regions.minimum asks for {settings.minimum}"
    return f"{found} (proposals of {settings.segmenter!r} refused: {reasons})."
