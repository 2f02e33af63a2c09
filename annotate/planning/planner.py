"""The plan of a whole source of photos: an estimate from a sample, or every picture as a row of a Parquet file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import pyarrow.parquet as pq

from annotate.mapping import in_process
from annotate.photos.catalogue import catalogue
from annotate.planning.forecast import Forecast, Sample, forecast
from annotate.sources import sources
from annotate.stages.plan import check_plan, plan
from annotate.stages.segment import segment
from annotate.stages.source import load
from annotate.watch import Watch
from annotate.workspace import RUNS
from schemas.errors import PhotoError
from schemas.keys import unit
from schemas.recipe import Recipe
from schemas.tables import to_table
from schemas.values import Photo, Region, Split, Variant

__all__ = ["Planner"]


class Planner:
    """Plans without rendering."""

    def __init__(self, photos: str, dataset: Path, recipe: Recipe, watch: Watch) -> None:
        """Reads the photos of a folder (or those that come with the installation) and divides them into splits."""
        check_plan(recipe.plan)
        files = sources.get("folder" if photos else "embedded").files(photos)
        self.recipe, self.watch = recipe, watch
        self.catalogue = catalogue(files, recipe, dataset / RUNS / "scan", in_process, watch)

    def forecast(self, size: int) -> list[Forecast]:
        """What each quota will find, from the regions of ``size`` photos that their hashes choose."""
        chosen = sorted(self.catalogue.photos, key=lambda photo: unit("sample", photo.sha256))[:size]
        self.sample = self._sample(chosen)
        counts = Counter(photo.split for photo in self.catalogue.photos)
        return forecast(self.sample, {split: counts[split] for split in get_args(Split)}, self.recipe)

    def summary(self) -> str:
        """A line on the photos."""
        counts = Counter(photo.split for photo in self.catalogue.photos)
        regions = [len(regions) for _, regions in self.sample.usable]
        mean = sum(regions) / len(regions) if regions else 0.0
        photos = f"{len(self.catalogue.photos)} photos ({counts['train']} train, {counts['test']} test)"
        seen = f"{len(self.catalogue.refused)} files refused; {len(regions) + self.sample.refused} photos segmented"
        return f"{photos}, {seen}: {self.sample.refused} have too few regions, the others {mean:.1f} on average."

    def save(self, file: Path) -> int:
        """Writes every planned picture (columns of ``Variant``) and returns their number."""
        sample = self._sample(self.catalogue.photos)
        variants = [variant for photo, regions in sample.usable for variant in plan(photo, regions, self.recipe)]
        pq.write_table(to_table(variants, Variant), file)
        return len(variants)

    def _sample(self, photos: Sequence[Photo]) -> Sample:
        usable: list[tuple[Photo, tuple[Region, ...]]] = []
        with self.watch.stage("segment", len(photos), "photos") as advance:
            for photo, regions in self._segmented(photos):
                if regions:
                    usable.append((photo, regions))
                advance(1)
        return Sample(tuple(usable), len(photos) - len(usable))

    def _segmented(self, photos: Sequence[Photo]) -> Iterator[tuple[Photo, tuple[Region, ...]]]:
        for photo in photos:
            try:
                image = load(photo, self.recipe.photos)
                yield photo, segment(photo, image, self.recipe.regions)
            except PhotoError:
                yield photo, ()
