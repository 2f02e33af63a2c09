"""Stage segment: from a photo's pixels to its regions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.regions.clicks import click_facts
from annotate.regions.finish import finish
from annotate.regions.mask_store import MaskStore, StoredSession
from annotate.regions.phrases import rephrase
from annotate.regions.policy import choose
from annotate.regions.positions import quarter_facts
from annotate.segmenters import Session, segmenters
from schemas.errors import RegionError
from schemas.keys import canonical_json
from schemas.masks import decode
from schemas.recipe import RegionSettings
from schemas.values import Photo, Region

__all__ = ["IDENTITY", "Segmentation", "described", "examine", "segment", "session"]

IDENTITY: Final = 16
"""hexadecimal digits of a segmenter's identity that are shown"""


@dataclass(frozen=True)
class Segmentation:
    """The regions of a photo and how many proposals were refused for which reason (codes in ``annotate.regions.policy``)."""

    regions: tuple[Region, ...]
    refusals: Mapping[str, int]


def session(settings: RegionSettings) -> Session:
    """The segmenter with its options, opened once in each process; with ``settings.store`` it asks that file first.

    Raises:
        PluginError: no such segmenter, or its package is missing.
        RecipeError: an option it does not know or take.
        UsageError: a checkpoint or folder that cannot be used.
    """
    return _session(settings.segmenter, canonical_json(dict(settings.options)), settings.store)


def described(settings: RegionSettings) -> str:
    """The segmenter's name and the start of its identity: what a row's provenance and a run's identity say of it.

    Opens it once and lets it go, so that no weights stay in memory; errors as for ``session``.
    """
    return _described(settings.segmenter, canonical_json(dict(settings.options)))


@lru_cache(maxsize=4)
def _described(name: str, options: str) -> str:
    return f"{name} {segmenters.get(name).open(json.loads(options)).identity[:IDENTITY]}"


@lru_cache(maxsize=4)
def _session(name: str, options: str, store: str) -> Session:
    opened = segmenters.get(name).open(json.loads(options))
    return StoredSession(opened, name, MaskStore(Path(store))) if store else opened


def segment(photo: Photo, image: NDArray[np.uint8], settings: RegionSettings) -> tuple[Region, ...]:
    """The photo's regions (uint8 RGB H x W x 3): disjoint, connected, each with a phrase of its own, largest first.

    Raises:
        RegionError: fewer than ``settings.minimum`` regions are left (code ``too_few_regions``), or the segmenter's masks do
            not have the photo's size (``mask_size``).
    """
    return examine(photo, image, settings).regions


def examine(photo: Photo, image: NDArray[np.uint8], settings: RegionSettings) -> Segmentation:
    """As ``segment``, with the refusals counted."""
    opened = session(settings)
    try:
        chosen = choose(opened.propose(photo, image), settings, image)
    except ValueError as error:
        raise RegionError(f"{photo.name}: segmenter {settings.segmenter!r}: {error}", "mask_size") from error
    refusals = Counter(chosen.refusals)
    regions = _clickable(click_facts(finish(image, chosen.proposals), image, opened), settings, refusals)
    if len(regions) < settings.minimum:
        raise RegionError(_too_few(photo, len(regions), refusals, settings), "too_few_regions")
    return Segmentation(regions, refusals)


def _clickable(regions: tuple[Region, ...], settings: RegionSettings, refusals: Counter[str]) -> tuple[Region, ...]:
    """Without those that their own click does not find, where that is known and asked for; the rest as if they never were."""
    kept = [region for region in regions if region.click_iou is None or region.click_iou >= settings.min_click_iou]
    if len(kept) == len(regions):
        return regions
    refusals["unclickable"] += len(regions) - len(kept)
    quarters = quarter_facts([decode(region.mask) for region in kept], [(region.horizontal, region.vertical) for region in kept])
    changes = [{"index": index, "quarter_nearest": facts.quarter_nearest} for index, facts in enumerate(quarters)]
    return rephrase([region.model_copy(update=change) for region, change in zip(kept, changes, strict=True)])


def _too_few(photo: Photo, count: int, refusals: Counter[str], settings: RegionSettings) -> str:
    reasons = ", ".join(f"{number} {code}" for code, number in sorted(refusals.items())) or "none refused"
    found = f"{photo.name}: {count} usable regions where regions.minimum asks for {settings.minimum}"
    return f"{found} (proposals of {settings.segmenter!r} refused: {reasons})."
