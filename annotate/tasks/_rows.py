"""What the tasks share: the identity of a question, common columns of rows, refusals and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.checks import judge
from annotate.planning.strata import stratum
from annotate.tasks._questions import asked, fill
from annotate.truth.facts import Refusal, ambiguous, counted, named, picture_of, step_faults, telltale, types
from schemas.keys import digest
from schemas.recipe import Recipe
from schemas.rows import Image as StoredImage
from schemas.rows import LocalDescriptionRow, Provenance, ReferringRow, Row, Source, TypeSeverity
from schemas.values import Answer, Candidate, DescriptionKind, Finding, Picture, RegionState, TextRequest

__all__ = [
    "Question",
    "columns",
    "differs",
    "faulty",
    "named_columns",
    "nameless",
    "offer",
    "only_counted",
    "prose",
    "prove_answerable",
    "prove_identity",
    "prove_named",
    "prove_target",
    "prove_text",
]


@dataclass(frozen=True)
class Question:
    """What makes a question this question; fields as in ``Candidate``."""

    task: str
    kind: str
    targets: tuple[int, ...]
    ask: str = ""
    topic: tuple[str, ...] = ()

    def id(self, picture: str) -> str:
        """Identity of the question about a picture: 32 hexadecimal digits of the digest of everything above."""
        return digest("candidate", picture, self.task, self.kind, self.targets, self.ask, self.topic)[:32]


def offer(
    question: Question, picture: Picture, refusals: Iterator[Refusal], among: Sequence[int] | None = None
) -> Candidate | Finding:
    """The candidate, or the first reason why there is none; ``among`` as for ``annotate.planning.strata.stratum``."""
    refusal = next(refusals, None)
    if refusal:
        return Finding(code=refusal.code, message=refusal.message, subject=picture.id)
    return Candidate(
        id=question.id(picture.id),
        task=question.task,
        kind=question.kind,
        picture=picture.id,
        split=picture.split,
        targets=question.targets,
        ask=question.ask,
        topic=question.topic,
        stratum=stratum(picture.regions, question.targets, among),
    )


def columns(candidate: Candidate, picture: Picture, provenance: Provenance) -> dict[str, Any]:
    """The columns that every row has, question and answer aside."""
    return {
        "id": candidate.id,
        "image": StoredImage(path=f"{picture.id}.png"),
        "split": picture.split,
        "width": picture.width,
        "height": picture.height,
        "image_sha256": picture.image_sha256,
        "source": Source(sha256=picture.source, name=picture.source_name, licence=picture.source_licence),
        "regions": picture.regions,
        "provenance": provenance,
    }


def named_columns(candidate: Candidate, picture: Picture, provenance: Provenance, pool: str) -> dict[str, Any]:
    """``columns`` of a row about one region that its question, from ``pool``, names: question, target and types too."""
    (target,) = candidate.targets
    region = picture.regions[target]
    question = fill(candidate.task, pool, candidate.id, {"region": (named(region),)})
    return columns(candidate, picture, provenance) | {"question": question, "target": target, "types": types(region)}


def prose(candidate: Candidate, answer: Answer | None) -> str:
    """The teacher's text for a candidate that needs one.

    Raises:
        ValueError: there is none, or it answers another request.
    """
    if answer is None or answer.request != candidate.id:
        raise ValueError(f"row {candidate.id} needs the teacher's answer to its own request, not {answer and answer.request!r}")
    return answer.text


def faulty(regions: Sequence[RegionState], targets: Sequence[int], recipe: Recipe) -> Iterator[Refusal]:
    """A refusal for each step of one of the targets that cannot be seen, is unlike its name or whose severity word would lie."""
    says = {
        "unseen": "changes too little to be seen",
        "unlike": "does not look like its name",
        "word": "is not as strong as its severity word says",
    }
    for target in targets:
        region = regions[target]
        ends = region.tones, region.seen_tones
        for step, code in step_faults(region.steps, region.measures, region.texture, recipe.answerable, ends):
            yield Refusal(code, f"step {step} of region {target} {says[code]}")


def nameless(regions: Sequence[RegionState], target: int) -> Iterator[Refusal]:
    """A refusal if the target's phrase may mean something else in the picture, or says what colour a distortion gave it."""
    if ambiguous(regions, target):
        yield Refusal("phrase", f"{regions[target].phrase!r} fits more than one part of the picture")
    elif telltale(regions, target):
        yield Refusal("telltale", f"{regions[target].phrase!r} says what colour the region was given")


def only_counted(regions: Sequence[RegionState], targets: Sequence[int]) -> Iterator[Refusal]:
    """A refusal for each target that only counting tells from its siblings."""
    for target in targets:
        if counted(regions, target):
            yield Refusal("counted", f"{regions[target].phrase!r}: only counting tells this region from others")


def prove_target(row: Row, question: Question, proofs: Callable[[RegionState], Iterator[Finding]]) -> Iterator[Finding]:
    """Identity, and ``proofs`` of the one target; only that it is no region of the row if so: nothing else can be proved then."""
    (target,) = question.targets
    if not 0 <= target < len(row.regions):
        yield Finding(code="target", message=f"target {target} is none of the {len(row.regions)} regions", subject=row.id)
        return
    yield from prove_identity(row, question)
    yield from proofs(row.regions[target])


def prove_named(row: LocalDescriptionRow | ReferringRow, task: str, pool: str, refusals: Iterator[Refusal]) -> Iterator[Finding]:
    """What ``refusals`` have against a question that names its target, its pool, the name in it and the structured answer."""
    region = row.regions[row.target]
    yield from prove_answerable(row, refusals)
    if not asked(row.question, task, pool, {"region": (named(region),)}):
        message = f"question {row.question!r} is not of pool {pool} about region {row.target}"
        yield Finding(code="question_pool", message=message, subject=row.id)
    yield from differs(row, "structured_answer", "the structured answer", _plain(row.types), _plain(types(region)))


def differs(row: Row, code: str, what: str, stored: object, derived: object) -> Iterator[Finding]:
    """A finding if a stored value is not the derived one."""
    if stored != derived:
        yield Finding(code=code, message=f"{what} is {stored!r} but must be {derived!r}", subject=row.id)


def prove_identity(row: Row, question: Question) -> Iterator[Finding]:
    """The id must be that of the question."""
    yield from differs(row, "identity", "id", row.id, question.id(picture_of(row).id))


def prove_answerable(row: Row, refusals: Iterator[Refusal]) -> Iterator[Finding]:
    """What would have refused the question must not hold."""
    for refusal in refusals:
        yield Finding(code=refusal.code, message=refusal.message, subject=row.id)


def prove_text(row: Row, kind: DescriptionKind, targets: tuple[int, ...], text: str) -> Iterator[Finding]:
    """The prose must pass every check against the row's own facts."""
    request = TextRequest(id=row.id, kind=kind, picture=picture_of(row), targets=targets)
    for finding in judge(request, text):
        yield Finding(code="text", message=f"{finding.code}: {finding.message}", subject=row.id)


def _plain(answer: Sequence[TypeSeverity]) -> list[str]:
    return [f"{part.severity} {part.type}" for part in answer]
