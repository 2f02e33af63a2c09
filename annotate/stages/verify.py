"""Verification: rows before they are written, datasets after. Nothing stored is trusted, everything computed is derived again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import pyarrow as pa
from pydantic import ValidationError

from annotate.dataset import Dataset, Entry, RowGroup, entry, open_dataset, pictures_of, plain_rows
from annotate.mapping import Mapper, in_process
from annotate.rules import DatasetRule, PixelsRule, RowsRule, Rule, SourcesRule, StoredPicture, rules
from annotate.sources import PhotoFile
from annotate.stages.source import pixels, scan
from annotate.tasks import tasks
from annotate.watch import Silent, Watch
from schemas.errors import PhotoError
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding, Photo

__all__ = ["Fault", "Report", "verify_dataset", "verify_rows"]

Scope = Literal["rows", "pixels", "photos", "dataset"]


@dataclass(frozen=True)
class Fault:
    """A finding and the rule that made it; ``schema`` for a row that does not validate."""

    rule: str
    finding: Finding


@dataclass(frozen=True)
class Report:
    """What ``verify_dataset`` found."""

    rules: tuple[str, ...]
    """the rules that looked, by name"""
    rows: int
    pictures: int
    """distinct pictures"""
    rendered: int
    """pictures that were rendered again"""
    seconds: float
    faults: tuple[Fault, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Faults by rule, 0 for a rule that has nothing to say."""
        found = Counter(fault.rule for fault in self.faults)
        return {rule: found[rule] for rule in sorted({*self.rules, *found})}

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "accepted": not self.faults,
            "rows": self.rows,
            "pictures": self.pictures,
            "rendered": self.rendered,
            "seconds": round(self.seconds, 3),
            "rules": self.counts,
            "faults": [{"rule": fault.rule, **fault.finding.model_dump()} for fault in self.faults],
        }


def verify_rows(rows: Iterable[Row], recipe: Recipe) -> list[Finding]:
    """What all rules that need no file have against the rows; empty if all may be written.

    Args:
        rows: of any tasks; those of one picture are looked at together wherever they stand.
        recipe: the recipe they were made with (thresholds, seed).
    """
    ordered = sorted(rows, key=_path)
    return [fault.finding for _, group in groupby(ordered, key=_path) for fault in _rows_faults(tuple(group), recipe)]


def verify_dataset(
    folder: Path, photos: Mapping[str, Path] | None = None, mapper: Mapper = in_process, watch: Watch | None = None
) -> Report:
    """Proves a dataset from its files alone, and from its photos if they are given.

    Args:
        folder: the dataset.
        photos: photo files by sha256; with them every picture is rendered again and compared bit for bit.
        mapper: spreads row groups over processes.
        watch: is told how many row groups were looked at.

    Raises:
        UsageError: no dataset lies there, its manifest or recipe cannot be read, or a newer version wrote it.
    """
    start, watch = perf_counter(), watch or Silent()
    dataset = open_dataset(folder)
    groups = list(_readable_groups(dataset))
    looked = _watched(mapper, _look, [_Job(group, dataset.recipe) for group in groups], "rows", watch)
    entries = [each for result in looked for each in result.entries]
    faults = [fault for result in looked for fault in result.faults]
    rendered = 0
    if photos is not None:
        jobs = list(_photo_jobs(looked, dataset.recipe, photos))
        compared = _watched(mapper, _render, jobs, "photos", watch)
        faults += [fault for result in compared for fault in result.faults]
        rendered = sum(len(job.pictures) for job in jobs)
        scanned = [photo for result in compared for photo in result.photos]
        for rule in _sources_rules():
            faults += _guarded(rule, partial(rule.find, scanned, entries, dataset.recipe), str(folder))
    for whole in _dataset_rules():
        faults += _guarded(whole, partial(whole.find, dataset, entries), str(folder))
    scopes = {"rows", "pixels", "dataset", "photos", "sources"} if photos is not None else {"rows", "pixels", "dataset"}
    return Report(
        rules=("schema", *(rule.name for rule in rules.all() if rule.scope in scopes)),
        rows=sum(result.rows for result in looked),
        pictures=len({each.picture for each in entries}),
        rendered=rendered,
        seconds=perf_counter() - start,
        faults=tuple(faults),
    )


@dataclass(frozen=True)
class _Job:
    """A row group to look at; with photos, only at the named pictures."""

    group: RowGroup
    recipe: Recipe
    pictures: tuple[str, ...] = ()
    photos: Mapping[str, Path] | None = None
    scan: tuple[str, ...] = ()
    """photos, by sha256, to be looked at as photos"""


@dataclass(frozen=True)
class _Looked:
    group: RowGroup
    rows: int
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    photos: tuple[Photo, ...] = ()


def _look(job: _Job) -> _Looked:
    """Rows and stored pictures of a row group under all rules that need no photo."""
    group, faults = job.group, []
    rows, total = [], 0
    try:
        for plain in plain_rows(group):
            total += 1
            row = _validated(plain, group.task)
            if isinstance(row, Fault):
                faults.append(row)
            else:
                rows.append(row)
        firsts: dict[str, Row] = {}
        for path, same in groupby(rows, key=_path):
            mine = tuple(same)
            faults += _rows_faults(mine, job.recipe)
            firsts.setdefault(path, mine[0])
        faults += _stored_faults(group, firsts, job.recipe)
    except (OSError, pa.ArrowException, KeyError) as error:
        faults.append(_fault("schema", f"{group.path}: row group {group.number} cannot be read: {error}", str(group.path)))
    entries = tuple(entry(row, group.task, group.split) for row in rows)
    return _Looked(group, total, entries, tuple(faults))


def _stored_faults(group: RowGroup, firsts: Mapping[str, Row], recipe: Recipe) -> Iterator[Fault]:
    for path, file in pictures_of(group):
        if path in firsts:
            yield from _pixel_faults(StoredPicture(firsts[path], file), recipe, "pixels")


def _render(job: _Job) -> _Looked:
    """Pictures of a row group against their photos."""
    wanted = set(job.pictures)
    faults: list[Fault] = []
    rows = {row.image.path: row for plain in plain_rows(job.group) if isinstance(row := _validated(plain, job.group.task), Row)}
    for path, file in pictures_of(job.group):
        if path in rows and Path(path).stem in wanted:
            wanted.remove(Path(path).stem)
            faults += _photo_faults(rows[path], file, job)
    return _Looked(job.group, len(rows), (), tuple(faults), tuple(_scanned(job)))


def _scanned(job: _Job) -> Iterator[Photo]:
    for place in ((job.photos or {}).get(source) for source in job.scan):
        if place is None:
            continue
        try:
            yield scan(PhotoFile(place, place.name), job.recipe.photos)
        except PhotoError:
            continue  # the picture that needs it says so


def _photo_faults(row: Row, file: bytes | None, job: _Job) -> Iterator[Fault]:
    place = (job.photos or {}).get(row.source.sha256)
    if place is None:
        yield _fault("photos", f"photo {row.source.name} ({row.source.sha256}) is not among the photos given", row.id)
        return
    try:
        photo = pixels(place.read_bytes(), job.recipe.photos)
    except (OSError, PhotoError) as error:
        yield _fault("photos", f"photo {place} cannot be used: {error}", row.id)
        return
    yield from _pixel_faults(StoredPicture(row, file, photo), job.recipe, "photos")


def _photo_jobs(looked: Sequence[_Looked], recipe: Recipe, photos: Mapping[str, Path]) -> Iterator[_Job]:
    """Each picture once, in the first row group that shows it."""
    seen: set[str] = set()
    scanned: set[str] = set()
    for result in looked:
        mine = {each.picture for each in result.entries} - seen
        sources = {each.source for each in result.entries if each.picture in mine}
        if mine:
            files = {source: photos[source] for source in sources if source in photos}
            yield _Job(result.group, recipe, tuple(sorted(mine)), files, tuple(sorted(sources - scanned)))
        seen |= mine
        scanned |= sources


def _rows_faults(rows: Sequence[Row], recipe: Recipe) -> Iterator[Fault]:
    for rule in _rows_rules():
        yield from _guarded(rule, partial(rule.find, rows, recipe), rows[0].id)


def _pixel_faults(picture: StoredPicture, recipe: Recipe, scope: Scope) -> Iterator[Fault]:
    for rule in _pixels_rules(scope):
        yield from _guarded(rule, partial(rule.find, picture, recipe), picture.row.id)


def _guarded(rule: Rule, find: Callable[[], Iterator[Finding]], subject: str) -> list[Fault]:
    try:
        return [Fault(rule.name, finding) for finding in find()]
    except Exception as error:  # noqa: BLE001 - damage of any kind must be reported, not end the report
        return [_fault(rule.name, f"cannot be checked: {type(error).__name__}: {error}", subject)]


def _fault(rule: str, message: str, subject: str) -> Fault:
    return Fault(rule, Finding(code=rule, message=message, subject=subject))


def _validated(plain: dict[str, Any], task: str) -> Row | Fault:
    try:
        return tasks.get(task).row.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return _fault("schema", f"{place}: {first['msg']}", str(plain.get("id")))


def _readable_groups(dataset: Dataset) -> Iterator[RowGroup]:
    """Row groups of the shards that can be opened; the rule ``files`` names the others."""
    for split, shard in dataset.shards():
        if shard.task not in tasks.names():
            continue
        try:
            yield from dataset.row_groups(split, shard)
        except (OSError, pa.ArrowException):
            continue


def _watched(mapper: Mapper, look: Callable[[_Job], _Looked], jobs: Sequence[_Job], name: str, watch: Watch) -> list[_Looked]:
    """Results in file order."""
    results = []
    with watch.stage(name, sum(job.group.rows for job in jobs), "rows") as advance:
        for result in mapper(look, jobs, name):
            results.append(result)
            advance(result.group.rows)
    return sorted(results, key=lambda result: (str(result.group.path), result.group.number))


def _path(row: Row) -> str:
    return row.image.path


@cache
def _rows_rules() -> list[RowsRule]:
    return [rule for rule in rules.all() if rule.scope == "rows"]


@cache
def _pixels_rules(scope: Scope) -> list[PixelsRule]:
    return [rule for rule in rules.all() if rule.scope in ("pixels", "photos") and rule.scope == scope]


def _sources_rules() -> list[SourcesRule]:
    return [rule for rule in rules.all() if rule.scope == "sources"]


def _dataset_rules() -> list[DatasetRule]:
    return [rule for rule in rules.all() if rule.scope == "dataset"]
