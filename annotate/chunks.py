"""What a worker does with a chunk of photos: the stages one after the other, then one atomic commit to the run's folder."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from annotate import store
from annotate.checks import checks
from annotate.regions.whole import areas
from annotate.stages import distort, label, plan, segment, source, verify
from annotate.stages.describe import DescribeReport, describe
from annotate.tasks import tasks
from annotate.teachers import Named
from annotate.workspace import Workspace
from schemas.errors import AnnotateError, PhotoError
from schemas.keys import digest, sha256
from schemas.recipe import Recipe
from schemas.records import Count, RenderRecord
from schemas.rows import Provenance, Row
from schemas.values import Answer, Candidate, Finding, Photo, Picture, Quarantined, RegionState, TextRequest, Variant

__all__ = [
    "Answers",
    "RenderJob",
    "TextJob",
    "TextReport",
    "answers_to",
    "encode_png",
    "labels_for",
    "photos_of",
    "read_left_out",
    "render_chunk",
    "text_chunk",
    "text_requests",
]

Answers = Mapping[str, Answer | Quarantined]
Labels = Mapping[str, tuple[str, ...]]

LEFT_OUT = "left_out"

# Level 1 with run-length strategy and the Paeth filter: within 3 % of level 3's size in half its time on photographs.
_PNG = (
    cv2.IMWRITE_PNG_COMPRESSION, 1,
    cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE,
    cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_PAETH,
)  # fmt: skip
_STOPS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


@dataclass(frozen=True)
class RenderJob:
    """Photos to segment, plan, distort and measure."""

    photos: tuple[Photo, ...]
    recipe: Recipe
    workspace: Workspace

    @property
    def name(self) -> str:
        """Decided by the photos: the committed file's name."""
        return digest([photo.sha256 for photo in self.photos])[:24]


@dataclass(frozen=True)
class TextJob:
    """Chosen questions about the photos of one committed render chunk."""

    rendered: Path
    candidates: tuple[Candidate, ...]
    recipe: Recipe
    workspace: Workspace
    provenance: Provenance
    answers: Answers | None = None
    """what a teacher of the main process wrote already, by request id; None if it works here"""
    labels: Labels = field(default_factory=dict)
    """refined labels of the regions of a photo, by its sha256"""

    @property
    def name(self) -> str:
        """Decided by the questions: the committed folder's name."""
        return digest([candidate.id for candidate in self.candidates])[:24]

    @property
    def place(self) -> Path:
        """The committed folder."""
        return self.workspace.folder / "text" / self.name

    def with_answers(self, answers: Answers) -> TextJob:
        """The same job with those of ``answers`` that are its own."""
        mine = {candidate.id: answers[candidate.id] for candidate in self.candidates if candidate.id in answers}
        return replace(self, answers=mine)

    def with_labels(self, labels: Labels) -> TextJob:
        """The same job with those of ``labels`` that belong to its photos."""
        photos = {picture.source for picture in self.pictures.values()}
        return replace(self, labels={photo: names for photo, names in labels.items() if photo in photos})

    def committed_rows(self) -> int:
        """Rows in the committed folder."""
        return sum(pq.read_metadata(self.place / f"{task.name}.parquet").num_rows for task in tasks.all())

    @cached_property
    def pictures(self) -> Mapping[str, Picture]:
        """The pictures asked about, by id."""
        wanted = {candidate.picture for candidate in self.candidates}
        records = store.read_values(self.rendered, RenderRecord)
        found = (picture for record in records for picture in record.pictures if picture.id in wanted)
        return {picture.id: self._named(picture) for picture in found}

    def _named(self, picture: Picture) -> Picture:
        named = picture.source in self.labels and not _is_whole(picture)
        return label.relabelled(picture, self.labels[picture.source]) if named else picture


@dataclass(frozen=True)
class TextReport:
    """What a text chunk gave: rows written, questions left out."""

    place: Path
    rows: int
    left_out: tuple[Quarantined, ...]
    described: DescribeReport


@dataclass
class _Clock:
    spent: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.spent[stage] += round(1000 * (perf_counter() - start))

    def counts(self) -> tuple[Count, ...]:
        return tuple(Count(code=code, number=number) for code, number in sorted(self.spent.items()))


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """A PNG file of uint8 RGB H x W x 3; the same bytes for the same pixels and OpenCV version."""
    done, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), _PNG)
    if not done:
        raise ValueError(f"picture of shape {image.shape}: OpenCV cannot encode it as PNG")
    return data.tobytes()


def render_chunk(job: RenderJob) -> int:
    """Renders a chunk's photos and commits one record for each; a photo that fails is recorded with its reason.

    Returns:
        The number of photos.
    """
    records = [_render_photo(photo, job) for photo in job.photos]
    store.write_values(job.workspace.chunk("render", job.name), records, RenderRecord)
    return len(records)


def _render_photo(photo: Photo, job: RenderJob) -> RenderRecord:
    try:
        return _rendered(photo, job)
    except PhotoError as error:
        left_out = Quarantined(stage="render", subject=photo.name, code=error.code, reason=str(error))
    except Exception as error:  # noqa: BLE001
        left_out = _crashed("render", photo.name, error)
    return RenderRecord(photo=photo.sha256, quarantined=(left_out,))


def _rendered(photo: Photo, job: RenderJob) -> RenderRecord:
    clock, refused = _Clock(), Counter[str]()
    with clock("source"):
        image = source.load(photo, job.recipe.photos)
    with clock("segment"):
        segmentation = segment.examine(photo, image, job.recipe.regions)
    regions = segmentation.regions
    refused.update({f"mask_{code}": number for code, number in segmentation.refusals.items()})
    with clock("plan"):
        variants = plan.plan(photo, regions, job.recipe)
    pictures, candidates = dict[str, Picture](), list[Candidate]()
    for variant in variants:
        with clock("distort"):
            rendered = distort.render(photo, image, areas(variant, regions, image), variant, job.recipe)
        refused.update(f"step_{finding.code}" for finding in rendered.redrawn)
        with clock("encode"):
            data = encode_png(rendered.image)
        name = sha256(data)
        if name in pictures:  # two variants that lost all their steps
            refused["picture_again"] += 1
            continue
        store.write_bytes(job.workspace.picture(variant.id), data)
        picture = _picture(photo, variant, rendered.regions, name)
        with clock("candidates"):
            found = [item for task in tasks.all() for item in task.candidates(picture, job.recipe)]
        pictures[name] = picture
        candidates += [item for item in found if isinstance(item, Candidate)]
        refused.update(item.code for item in found if isinstance(item, Finding))
    return RenderRecord(
        photo=photo.sha256,
        pictures=tuple(pictures.values()),
        candidates=tuple(candidates),
        refused=tuple(Count(code=code, number=number) for code, number in sorted(refused.items())),
        milliseconds=clock.counts(),
    )


def _picture(photo: Photo, variant: Variant, regions: tuple[RegionState, ...], image_sha256: str) -> Picture:
    return Picture(
        id=variant.id,
        source=photo.sha256,
        source_name=photo.name,
        source_licence=photo.licence,
        split=photo.split,
        variant=variant.number,
        width=photo.width,
        height=photo.height,
        image_sha256=image_sha256,
        regions=regions,
    )


def _is_whole(picture: Picture) -> bool:
    """Whether it was distorted all over: it has no region that a teacher could name."""
    return any(region.covers_picture for region in picture.regions)


@dataclass(frozen=True)
class StoredPixels:
    """Shows a teacher the rendered pictures of a run and its photos."""

    workspace: Workspace
    recipe: Recipe

    def picture(self, picture: Picture) -> bytes:
        """The PNG file of a rendered picture."""
        return self.workspace.picture(picture.id).read_bytes()

    def photo(self, photo: Photo) -> NDArray[np.uint8]:
        """A pristine photo, uint8 RGB H x W x 3."""
        return source.load(photo, self.recipe.photos)


def text_requests(job: TextJob) -> list[TextRequest]:
    """What a teacher must write for a job's questions."""
    asked = (tasks.get(item.task).request(item, job.pictures[item.picture]) for item in job.candidates)
    return [request for request in asked if request is not None]


def labels_for(
    jobs: Sequence[TextJob],
    photos: Mapping[str, Photo],
    report: DescribeReport,
    note: Callable[[str], None] = lambda _: None,
) -> Labels:
    """Refined labels, by photo, from a teacher that can see; photos without them keep what they have."""
    if not jobs:
        return {}
    first = jobs[0]
    pixels = StoredPixels(first.workspace, first.recipe)
    named = photos_of(jobs, photos)
    found: dict[str, tuple[str, ...]] = {}
    given = label.label(named, pixels, first.recipe.teacher, first.workspace.folder, report.money)
    for count, (photo, labels) in enumerate(given, 1):
        if not isinstance(labels, Quarantined):
            found[photo] = labels
        note(f"{count}/{len(named)} photos labelled, {report.line()}")
    return found


def photos_of(jobs: Sequence[TextJob], photos: Mapping[str, Photo]) -> list[Named]:
    """The photos that jobs ask about, each with its regions."""
    pictures = [picture for job in jobs for picture in job.pictures.values()]
    regions = {picture.source: picture.regions for picture in pictures if not _is_whole(picture)}
    return [Named(photos[photo], found) for photo, found in sorted(regions.items())]


def text_chunk(job: TextJob) -> TextReport:
    """Describes, assembles and verifies the rows of a chunk and commits them, one file for each task."""
    report = DescribeReport()
    answers = job.answers if job.answers is not None else _answers_here(job, report)
    rows: list[Row] = []
    left_out: list[Quarantined] = []
    for candidate in job.candidates:
        item = _row(candidate, job, answers)
        if isinstance(item, Quarantined):
            left_out.append(item)
        else:
            rows.append(item)
    problems: dict[str, Finding] = {}
    for finding in verify.verify_rows(rows, job.recipe):
        problems.setdefault(finding.subject, finding)
    left_out += [
        Quarantined(stage="verify", subject=name, code=finding.code, reason=finding.message) for name, finding in problems.items()
    ]
    kept = [row for row in rows if row.id not in problems]
    store.write_folder(job.place, lambda folder: _write_rows(folder, kept, left_out))
    return TextReport(job.place, len(kept), tuple(left_out), report)


def answers_to(
    requests: Sequence[TextRequest],
    recipe: Recipe,
    workspace: Workspace,
    report: DescribeReport,
    note: Callable[[str], None] = lambda _: None,
) -> Answers:
    """Checked answers, or why there is none, by request id; ``note`` is told how far it is and what it cost."""
    answers: dict[str, Answer | Quarantined] = {}
    for item in describe(requests, StoredPixels(workspace, recipe), recipe.teacher, workspace.folder, report=report):
        answers[item.request if isinstance(item, Answer) else item.subject] = item
        note(report.line())
    note(report.line())
    return answers


def _answers_here(job: TextJob, report: DescribeReport) -> Answers:
    requests = text_requests(job)
    try:
        return answers_to(requests, job.recipe, job.workspace, report)
    except Exception as error:
        if _stops_the_run(error):
            raise
    answers: dict[str, Answer | Quarantined] = {}
    for request in requests:  # one of them crashed the teacher: the others are asked for on their own
        try:
            answers |= answers_to([request], job.recipe, job.workspace, report)
        except Exception as error:  # noqa: BLE001
            answers[request.id] = _crashed("describe", request.id, error)
    return answers


def _stops_the_run(error: Exception) -> bool:
    """A wrong setting, no memory or a disk that refuses is no item's own fault."""
    ours = isinstance(error, AnnotateError) and not isinstance(error, PhotoError)
    return ours or isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _STOPS)


def _crashed(stage: str, subject: str, error: Exception) -> Quarantined:
    """Whatever it was, it is kept with its reason and stops nothing else."""
    if _stops_the_run(error):
        raise error
    return Quarantined(stage=stage, subject=subject, code="crashed", reason=f"{type(error).__name__}: {error}")


def _row(candidate: Candidate, job: TextJob, answers: Answers) -> Row | Quarantined:
    answer = answers.get(candidate.id)
    if isinstance(answer, Quarantined):
        return answer
    try:
        return _assembled(candidate, job, answer)
    except Exception as error:  # noqa: BLE001
        return _crashed("assemble", candidate.id, error)


def _assembled(candidate: Candidate, job: TextJob, answer: Answer | None) -> Row:
    picture, provenance = job.pictures[candidate.picture], job.provenance
    told: dict[str, str | int] = {"variant": picture.variant}
    if answer:
        told |= {
            "teacher": answer.teacher,
            "prompt": answer.prompt,
            "attempts": answer.attempts,
            "checked": ",".join(checks.names()),
        }
    return tasks.get(candidate.task).assemble(candidate, picture, answer, provenance.model_copy(update=told))


def _write_rows(folder: Path, rows: Sequence[Row], left_out: Sequence[Quarantined]) -> None:
    for task in tasks.all():
        mine = [row for row in rows if type(row) is task.row]
        store.write_values(folder / f"{task.name}.parquet", mine, task.row)
    store.write_values(folder / f"{LEFT_OUT}.parquet", left_out, Quarantined)


def read_left_out(place: Path) -> list[Quarantined]:
    """The questions that a committed text chunk left out."""
    return store.read_values(place / f"{LEFT_OUT}.parquet", Quarantined)
