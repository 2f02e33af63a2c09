"""Segmenting many photos ahead of a build, so that their masks wait in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from annotate.mapping import Mapper
from annotate.sources import PhotoFile, sources
from annotate.stages.segment import examine
from annotate.stages.source import load, scan
from schemas.errors import PhotoError, UsageError
from schemas.recipe import Recipe

__all__ = ["Filled", "Report", "fill", "photo_files"]


@dataclass(frozen=True)
class Filled:
    """What became of one photo: its number of regions, or why it was skipped; and the refused proposals by reason."""

    name: str
    regions: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """All photos of a run, by name."""

    photos: tuple[Filled, ...]

    @property
    def skipped(self) -> list[Filled]:
        """Photos that left too few regions or could not be read."""
        return [photo for photo in self.photos if photo.code]

    @property
    def refusals(self) -> Counter[str]:
        """Refused proposals of all photos by reason."""
        return sum((photo.refusals for photo in self.photos), Counter())


def photo_files(places: Sequence[str]) -> list[PhotoFile]:
    """The photo files of several files and folders, each once, in order.

    Raises:
        UsageError: a place that does not exist or holds no photo.
    """
    found: dict[Path, PhotoFile] = {}
    for place in places:
        path = Path(place)
        if not path.exists():
            raise UsageError(f"{place}: there is no such file or folder.")
        files = sources.get("folder").files(place) if path.is_dir() else [PhotoFile(path, path.name)]
        found |= {file.path.absolute(): file for file in files}
    return list(found.values())


def fill(files: Sequence[PhotoFile], recipe: Recipe, mapper: Mapper, advance: Callable[[], None]) -> Report:
    """Segments every file with the recipe's settings; ``recipe.regions.store`` keeps the masks."""
    done: list[Filled] = []
    for filled in _results(files, recipe, mapper):
        done.append(filled)
        advance()
    return Report(tuple(sorted(done, key=lambda photo: photo.name)))


def _results(files: Sequence[PhotoFile], recipe: Recipe, mapper: Mapper) -> Iterator[Filled]:
    return mapper(partial(_fill_one, recipe=recipe), files, "segment")


def _fill_one(file: PhotoFile, recipe: Recipe) -> Filled:
    try:
        photo = scan(file, recipe.photos)
        found = examine(photo, load(photo, recipe.photos), recipe.regions)
    except PhotoError as error:
        return Filled(file.name, code=error.code, reason=str(error))
    return Filled(file.name, len(found.regions), Counter(found.refusals))
