"""The catalogue: every photo of a source, read once, without exact duplicates, each in the split that its hash decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from annotate.mapping import Mapper
from annotate.photos.landmarks import VERSION
from annotate.photos.near_duplicates import group
from annotate.sources import PhotoFile
from annotate.stages.source import scan
from annotate.store import read_values, write_values
from annotate.watch import Watch
from schemas.errors import PhotoError
from schemas.keys import digest, unit
from schemas.recipe import Recipe
from schemas.records import ScanRecord
from schemas.values import Photo, Quarantined, Split

__all__ = ["Catalogue", "catalogue", "chunks_of"]

_CHUNK = 64


@dataclass(frozen=True)
class Catalogue:
    """Photos by sha256 order, and the files that cannot be used."""

    photos: tuple[Photo, ...]
    refused: tuple[Quarantined, ...]

    def of(self, split: Split) -> tuple[Photo, ...]:
        """The photos of one split."""
        return tuple(photo for photo in self.photos if photo.split == split)


def catalogue(files: Sequence[PhotoFile], recipe: Recipe, folder: Path, mapper: Mapper, watch: Watch) -> Catalogue:
    """Scans ``files`` in chunks and divides the photos into splits.

    Args:
        files: what the source listed.
        recipe: its ``photos`` and ``split`` settings decide.
        folder: scans are kept here and used again while a file's size and time stay the same.
        mapper: spreads the chunks.
        watch: is told how many files were read.
    """
    records: list[ScanRecord] = []
    pending: list[tuple[PhotoFile, ...]] = []
    for chunk in chunks_of(files, _CHUNK):
        done = _place(folder, chunk, recipe)
        if done.is_file():
            records += read_values(done, ScanRecord)
        else:
            pending.append(chunk)
    with watch.stage("source", sum(map(len, pending)), "files") as advance:
        for path in mapper(partial(_scan_chunk, recipe=recipe, folder=folder), pending, "source"):
            scanned = read_values(path, ScanRecord)
            records += scanned
            advance(len(scanned))
    return _divide(records, recipe)


def chunks_of(items: Sequence[PhotoFile], size: int) -> Iterator[tuple[PhotoFile, ...]]:
    """Consecutive pieces of at most ``size`` items."""
    return (tuple(items[start : start + size]) for start in range(0, len(items), size))


def _place(folder: Path, files: Sequence[PhotoFile], recipe: Recipe) -> Path:
    states = [(str(file.path), file.licence, *_state(file.path)) for file in files]
    return folder / f"{digest(states, VERSION, recipe.photos.model_dump(), recipe.screen.model_dump())[:24]}.parquet"


def _state(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _scan_chunk(files: tuple[PhotoFile, ...], recipe: Recipe, folder: Path) -> Path:
    place = _place(folder, files, recipe)
    records = [_scan(file, recipe) for file in files]
    write_values(place, records, ScanRecord)
    return place


def _scan(file: PhotoFile, recipe: Recipe) -> ScanRecord:
    try:
        return ScanRecord(photo=scan(file, recipe.photos, recipe.screen))
    except PhotoError as error:
        return ScanRecord(refused=Quarantined(stage="source", subject=file.name, code=error.code, reason=str(error)))


def _divide(records: Sequence[ScanRecord], recipe: Recipe) -> Catalogue:
    refused = [record.refused for record in records if record.refused]
    unique: dict[str, Photo] = {}
    for photo in sorted((record.photo for record in records if record.photo), key=lambda photo: photo.name):
        first = unique.setdefault(photo.sha256, photo)
        if first is not photo:
            reason = f"the same file as {first.name}"
            refused.append(Quarantined(stage="source", subject=photo.name, code="duplicate", reason=reason))
    groups = group(list(unique.values()), recipe.split.copy_distance)
    photos = [photo.model_copy(update={"split": _split(groups[name], recipe)}) for name, photo in sorted(unique.items())]
    return Catalogue(tuple(photos), tuple(sorted(refused, key=lambda item: item.subject)))


def _split(name: str, recipe: Recipe) -> Split:
    return "test" if unit("split", recipe.split.salt, name) < recipe.split.test_share else "train"
