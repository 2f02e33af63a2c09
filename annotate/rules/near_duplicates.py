"""With the photos: near-duplicates (crops, resizes, recompressions of one photo) stay in one split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.dataset import Entry
from annotate.photos.near_duplicates import group
from schemas.recipe import Recipe
from schemas.values import Finding, Photo

__all__ = ["PLUGIN", "NearDuplicates"]


class NearDuplicates:
    """Groups of photos against the splits of their rows; the same file in two splits is left to the rule ``splits``."""

    name = "near_duplicates"
    scope: Literal["sources"] = "sources"

    def find(self, photos: Sequence[Photo], entries: Sequence[Entry], recipe: Recipe) -> Iterator[Finding]:
        """Groups the photos as the build does."""
        splits: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            splits[entry.source].add(entry.split)
        members: defaultdict[str, list[str]] = defaultdict(list)
        for photo, first in group(photos, recipe.split.copy_distance).items():
            members[first].append(photo)
        names = {photo.sha256: photo.name for photo in photos}
        for first, others in members.items():
            found = {split for photo in others for split in splits[photo]}
            if len(found) > 1 and len(others) > 1:
                alike = ", ".join(names[photo] for photo in sorted(others))
                message = f"{alike} look alike but are in {' and '.join(sorted(found))}"
                yield Finding(code="near_duplicates", message=message, subject=first)


PLUGIN = NearDuplicates()
