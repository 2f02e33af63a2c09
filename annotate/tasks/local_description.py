"""Local quality description: prose about one region that the question names."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.tasks._questions import asked, fill
from annotate.tasks._rows import (
    Question,
    columns,
    faulty,
    in_range,
    nameless,
    offer,
    prose,
    prove_answerable,
    prove_identity,
    prove_text,
    prove_types,
)
from annotate.truth.facts import Refusal, named, types
from schemas.recipe import Recipe
from schemas.rows import LocalDescriptionRow, Provenance, Row
from schemas.values import Answer, Candidate, Finding, Picture, RegionState, TextRequest

__all__ = ["PLUGIN", "LocalDescription"]


class LocalDescription:
    """One question for each region, clean ones too, whose phrase fits no sibling and whose steps are seen."""

    name = "local_description"
    kinds = ("local_description",)
    row: type[Row] = LocalDescriptionRow

    def candidates(self, picture: Picture, recipe: Recipe) -> Iterator[Candidate | Finding]:
        """A question for each region, or why there is none."""
        for target in range(len(picture.regions)):
            yield offer(_question(target), picture, _refusals(picture.regions, target, recipe))

    def request(self, candidate: Candidate, picture: Picture) -> TextRequest:
        """Prose of kind ``local``."""
        return TextRequest(id=candidate.id, kind="local", picture=picture, targets=candidate.targets)

    def assemble(self, candidate: Candidate, picture: Picture, answer: Answer | None, provenance: Provenance) -> Row:
        """The question with the region's name, the teacher's prose and the structured answer."""
        (target,) = candidate.targets
        region = picture.regions[target]
        return LocalDescriptionRow(
            **columns(candidate, picture, provenance),
            question=fill(self.name, _pool(region), candidate.id, {"region": (named(region),)}),
            answer=prose(candidate, answer),
            target=target,
            types=types(region),
        )

    def prove(self, row: Row, recipe: Recipe) -> Iterator[Finding]:
        """Identity, pool, region named, structured answer and the verdict on the prose."""
        assert isinstance(row, LocalDescriptionRow)
        missing = list(in_range(row, row.target))
        yield from missing
        if missing:
            return
        yield from prove_identity(row, _question(row.target))
        yield from prove_answerable(row, _refusals(row.regions, row.target, recipe))
        region = row.regions[row.target]
        if not asked(row.question, self.name, _pool(region), {"region": (named(region),)}):
            yield Finding(
                code="question_pool", message=f"question {row.question!r} does not ask for region {row.target}", subject=row.id
            )
        yield from prove_types(row, row.target, row.types)
        yield from prove_text(row, "local", (row.target,), row.answer)


def _question(target: int) -> Question:
    return Question(LocalDescription.name, LocalDescription.name, (target,))


def _pool(region: RegionState) -> str:
    return "whole" if region.covers_picture else "region"


def _refusals(regions: tuple[RegionState, ...], target: int, recipe: Recipe) -> Iterator[Refusal]:
    yield from nameless(regions, target)
    yield from faulty(regions, (target,), recipe)


PLUGIN = LocalDescription()
