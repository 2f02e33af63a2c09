"""The one composition of the stages: everything a build does, whoever schedules its chunks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import pyarrow.parquet as pq

from annotate.chunks import (
    RenderJob,
    TextJob,
    TextReport,
    answers_to,
    labels_for,
    read_left_out,
    render_chunk,
    text_chunk,
    text_requests,
)
from annotate.mapping import Mapper
from annotate.photos.catalogue import Catalogue, catalogue
from annotate.provenance import versions
from annotate.sources import sources
from annotate.stages.describe import DescribeReport
from annotate.stages.plan import check_plan
from annotate.stages.segment import described
from annotate.stages.select import Selection, select
from annotate.stages.write import Left, publish, read_manifest
from annotate.store import disk_errors
from annotate.teachers import teachers
from annotate.watch import Watch
from annotate.workspace import RUNS, Workspace, exclusive
from schemas.errors import AnnotateError, ShortageError, UsageError
from schemas.keys import digest
from schemas.manifest import Shortfall, SplitManifest
from schemas.recipe import Recipe, content_settings
from schemas.records import RenderRecord
from schemas.rows import Provenance
from schemas.tables import arrow_schema
from schemas.values import Candidate, Photo, Quarantined, Split

__all__ = ["BuildOrder", "BuildReport", "build", "planned"]

_MOST_PHOTOS = 32  # photos in a chunk at the most: tens of seconds of work, little lost by a kill
_FEWEST_CHUNKS = 16  # small runs are cut finer, so that all workers have something to do
_REQUESTS = 2000  # requests that a teacher of the main process is given at once, at the least
_BATCHED = 50_000  # the same where each round of answers takes up to a day


@dataclass(frozen=True)
class BuildOrder:
    """What to build, from what, to where."""

    recipe: Recipe
    dataset: Path
    split: Literal["train", "test", "all"] = "train"
    photos: str = ""
    """folder of photos; empty for those that come with the installation"""

    @property
    def splits(self) -> tuple[Split, ...]:
        """The splits to build."""
        return ("train", "test") if self.split == "all" else (self.split,)


@dataclass
class BuildReport:
    """What a build of one split did."""

    split: Split
    manifest: SplitManifest | None = None
    already_done: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    """wall time by step of the composition; CPU time by stage under 'cpu.<stage>'"""
    described: DescribeReport = field(default_factory=DescribeReport)

    def as_json(self) -> dict[str, Any]:
        """For ``report.json`` and for programs."""
        return {
            "split": self.split,
            "already_done": self.already_done,
            "seconds": {name: round(value, 3) for name, value in sorted(self.seconds.items())},
            "described": self.described.as_json(),
            "manifest": self.manifest.model_dump() if self.manifest else None,
        }


def build(order: BuildOrder, mapper: Mapper, watch: Watch) -> list[BuildReport]:
    """Builds the splits of an order, going on from whatever is finished already.

    Args:
        order: what to build.
        mapper: applies chunk functions; decides where they run, never what comes out.
        watch: is told about progress.

    Raises:
        UsageError: a setting, folder or file is wrong.
        ShortageError: the photos cannot fill a quota of the recipe.
        TeacherError, BudgetError: the teacher refuses to work, or the cap was reached.
        StorageError: the disk refuses.
        RunConflictError: the dataset folder is in use or was made from something else.
    """
    teachers.get(order.recipe.teacher.name).check(order.recipe.teacher)
    described(order.recipe.regions)  # mistakes show before any work
    check_plan(order.recipe.plan)
    with disk_errors(order.dataset), exclusive(order.dataset):
        files = sources.get("folder" if order.photos else "embedded").files(order.photos)
        found = catalogue(files, order.recipe, order.dataset / RUNS / "scan", mapper, watch)
        return [_SplitBuild(order, split, found, mapper, watch).run() for split in order.splits]


def planned(order: BuildOrder, mapper: Mapper, watch: Watch) -> Iterator[tuple[list[TextJob], dict[str, Photo]]]:
    """What ``build`` would ask a teacher, split by split, with the split's photos; asks nobody.

    Pictures are rendered as in a build and kept: the build that follows goes on from there.
    """
    with disk_errors(order.dataset), exclusive(order.dataset):
        files = sources.get("folder" if order.photos else "embedded").files(order.photos)
        found = catalogue(files, order.recipe, order.dataset / RUNS / "scan", mapper, watch)
        for split in order.splits:
            yield _SplitBuild(order, split, found, mapper, watch).planned()


@dataclass
class _Gathered:
    """What all render chunks of a split say."""

    candidates: list[Candidate] = field(default_factory=list)
    rendered_in: dict[str, Path] = field(default_factory=dict)
    """the committed chunk of each picture"""
    refused: Counter[str] = field(default_factory=Counter)
    left_out: list[Quarantined] = field(default_factory=list)


class _SplitBuild:
    """The build of one split: each method is one step and can be read on its own."""

    def __init__(self, order: BuildOrder, split: Split, found: Catalogue, mapper: Mapper, watch: Watch) -> None:
        self.order, self.recipe, self.split = order, order.recipe, split
        self.photos, self.refused_files = found.of(split), found.refused
        self.mapper, self.watch = mapper, watch
        self.workspace = Workspace(order.dataset, split)
        self.report = BuildReport(split)

    def run(self) -> BuildReport:
        """All steps, or nothing if the split is finished."""
        self._claim()
        manifest = read_manifest(self.order.dataset)
        finished = manifest.splits.get(self.split) if manifest else None
        if finished and all((self.order.dataset / file.path).is_file() for file in finished.files):
            self.report.manifest, self.report.already_done = finished, True
            return self.report
        with self._timed("render"):
            self._render()
        with self._timed("select"):
            gathered = self._gather()
            selection = self._select(gathered)
        try:
            with self._timed("describe"):
                places, shortfalls = self._texts(selection, gathered)
        except AnnotateError:
            self.workspace.write_json("report.json", self.report.as_json())  # what was spent and why texts were refused
            raise
        with self._timed("write"), self.watch.stage("write", 0, "rows") as advance:
            left = Left(gathered.left_out, gathered.refused, shortfalls)
            self.report.manifest = publish(self.workspace, self.recipe, places, left, advance)
        self.workspace.write_json("report.json", self.report.as_json())
        return self.report

    def planned(self) -> tuple[list[TextJob], dict[str, Photo]]:
        """The jobs of the describe step, after all steps before it."""
        self._claim()
        self._render()
        gathered = self._gather()
        jobs = self._text_jobs(self._select(gathered).chosen, gathered.rendered_in)
        return jobs, {photo.sha256: photo for photo in self.photos}

    def _claim(self) -> None:
        if not self.photos:
            raise UsageError(
                f"None of the photos falls into the {self.split} split. Give more photos, or change split.test_share "
                f"(now {self.recipe.split.test_share:g}) or split.salt in the recipe."
            )
        self.workspace.claim(self._identity())

    def _identity(self) -> dict[str, Any]:
        photos = [photo.sha256 for photo in self.photos]
        made_from = {"number": len(photos), "digest": digest(photos)}
        segmenter = described(self.recipe.regions)
        return {"recipe": content_settings(self.recipe), "photos": made_from, "versions": versions(), "segmenter": segmenter}

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.report.seconds[step] = self.report.seconds.get(step, 0.0) + perf_counter() - start

    def _render(self) -> None:
        done = {name for path in self.workspace.committed("render") for name in _column(path, "photo")}
        pending = [photo for photo in self.photos if photo.sha256 not in done]
        size = max(1, min(_MOST_PHOTOS, len(self.photos) // _FEWEST_CHUNKS))
        jobs = [RenderJob(tuple(pending[i : i + size]), self.recipe, self.workspace) for i in range(0, len(pending), size)]
        with self.watch.stage("render", len(pending), "photos") as advance:
            for photos in self.mapper(render_chunk, jobs, "render"):
                advance(photos)

    def _gather(self) -> _Gathered:
        gathered = _Gathered(left_out=list(self.refused_files))
        spent: Counter[str] = Counter()
        for path in self.workspace.committed("render"):
            for record in _records(path):
                gathered.candidates += record.candidates
                gathered.rendered_in.update((candidate.picture, path) for candidate in record.candidates)
                gathered.refused.update({count.code: count.number for count in record.refused})
                gathered.left_out += record.quarantined
                spent.update({count.code: count.number for count in record.milliseconds})
        self.report.seconds |= {f"cpu.{stage}": number / 1000 for stage, number in spent.items()}
        return gathered

    def _select(self, gathered: _Gathered) -> Selection:
        settings = self.recipe.select
        selection = select(gathered.candidates, getattr(settings, self.split), settings.per_picture, self.recipe.seed)
        self._allow([Shortfall(kind=item.kind, wanted=item.wanted, got=item.found) for item in selection.shortfalls])
        if not selection.chosen:
            reasons = Counter(item.code for item in gathered.left_out) + gathered.refused
            shown = ", ".join(f"{code} {number}" for code, number in reasons.most_common(6)) or "nothing"
            raise ShortageError(
                f"No question about the {len(self.photos)} {self.split} photos can be answered. Refused: {shown}."
            )
        return selection

    def _allow(self, shortfalls: Sequence[Shortfall]) -> None:
        if shortfalls and not self.recipe.select.allow_shortfall:
            missing = "; ".join(f"{item.kind}: {item.wanted} rows are wanted, {item.got} can be had" for item in shortfalls)
            raise ShortageError(
                f"{len(self.photos)} {self.split} photos cannot fill the recipe. {missing}. Give more photos, raise "
                "plan.variants, or set select.allow_shortfall = true; everything done so far is kept."
            )

    def _texts(self, selection: Selection, gathered: _Gathered) -> tuple[list[Path], list[Shortfall]]:
        """Rows of all chosen questions; one that fails is replaced by the next of its kind in the reserve, in order."""
        wanted, reserve = list(selection.chosen), _by_kind(selection.reserve)
        kinds = {candidate.id: candidate.kind for candidate in (*selection.chosen, *selection.reserve)}
        got = Counter(candidate.kind for candidate in wanted)
        places: list[Path] = []
        with self.watch.stage("describe", len(wanted), "rows") as advance:
            while wanted:
                failed: list[Quarantined] = []
                for report in self._write_texts(self._text_jobs(wanted, gathered.rendered_in)):
                    places.append(report.place)
                    failed += report.left_out
                    self.report.described.add(report.described)
                    advance(report.rows)
                gathered.left_out += failed
                got.subtract(kinds[item.subject] for item in failed)
                lost = [reserve[kinds[item.subject]] for item in sorted(failed, key=lambda item: item.subject)]
                wanted = [queue.pop(0) for queue in lost if queue]
                got.update(candidate.kind for candidate in wanted)
        quotas = getattr(self.recipe.select, self.split).model_dump(exclude_none=True)
        shortfalls = [Shortfall(kind=kind, wanted=number, got=got[kind]) for kind, number in quotas.items() if got[kind] < number]
        self._allow(shortfalls)
        return places, shortfalls

    def _write_texts(self, jobs: Sequence[TextJob]) -> Iterator[TextReport]:
        pending = []
        for job in jobs:
            if job.place.is_dir():
                yield TextReport(job.place, job.committed_rows(), tuple(read_left_out(job.place)), DescribeReport())
            else:
                pending.append(job)
        if teachers.get(self.recipe.teacher.name).runs == "workers":
            yield from self.mapper(text_chunk, pending, "describe")
            return
        photos = {photo.sha256: photo for photo in self.photos}
        teacher = self.recipe.teacher
        size = max(_REQUESTS, 8 * teacher.concurrency) if teacher.batch == "no" else _BATCHED
        for unnamed in _batches(pending, size):
            labels = labels_for(unnamed, photos, self.report.described, self.watch.note)
            batch = [job.with_labels(labels) for job in unnamed]
            requests = [request for job in batch for request in text_requests(job)]
            answers = answers_to(requests, self.recipe, self.workspace, self.report.described, self.watch.note)
            yield from self.mapper(text_chunk, [job.with_answers(answers) for job in batch], "describe")

    def _text_jobs(self, candidates: Sequence[Candidate], rendered_in: Mapping[str, Path]) -> list[TextJob]:
        by_chunk: defaultdict[Path, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            by_chunk[rendered_in[candidate.picture]].append(candidate)
        provenance = self._provenance()
        return [
            TextJob(path, tuple(sorted(mine, key=lambda item: (item.picture, item.id))), self.recipe, self.workspace, provenance)
            for path, mine in sorted(by_chunk.items())
        ]

    def _provenance(self) -> Provenance:
        """The provenance of a computed row; a row of prose adds its teacher."""
        return Provenance(
            recipe=self.recipe.name,
            recipe_digest=digest(content_settings(self.recipe)),
            seed=self.recipe.seed,
            variant=0,
            versions=versions(),
            segmenter=described(self.recipe.regions),
            teacher="computed",
            prompt="",
            checked="computed",
            attempts=0,
        )


def _batches(jobs: Sequence[TextJob], size: int) -> Iterator[list[TextJob]]:
    batch: list[TextJob] = []
    count = 0
    for job in jobs:
        batch.append(job)
        count += len(job.candidates)
        if count >= size:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def _by_kind(reserve: Sequence[Candidate]) -> defaultdict[str, list[Candidate]]:
    kinds: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in reserve:
        kinds[candidate.kind].append(candidate)
    return kinds


def _column(path: Path, name: str) -> list[str]:
    return list(pq.read_table(path, columns=[name])[name].to_pylist())


def _records(path: Path) -> list[RenderRecord]:
    """Records of a render chunk without their pictures, which only the workers need."""
    columns = [name for name in RenderRecord.model_fields if name != "pictures"]
    table = pq.read_table(path, columns=columns, schema=arrow_schema(RenderRecord))
    return [RenderRecord.model_validate(record) for record in table.to_pylist()]
