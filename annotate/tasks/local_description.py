"""Local quality description: prose about one region that the question names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from annotate.tasks._rows import Question, faulty, named_columns, nameless, offer, prose, prove_named, prove_target, prove_text
from annotate.truth.facts import Refusal
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
        pool = _pool(picture.regions[candidate.targets[0]])
        return LocalDescriptionRow(**named_columns(candidate, picture, provenance, pool), answer=prose(candidate, answer))

    def prove(self, row: Row, recipe: Recipe) -> Iterator[Finding]:
        """Identity, pool, region named, structured answer and the verdict on the prose."""
        assert isinstance(row, LocalDescriptionRow)
        yield from prove_target(row, _question(row.target), partial(_proofs, row, recipe))


def _proofs(row: LocalDescriptionRow, recipe: Recipe, region: RegionState) -> Iterator[Finding]:
    yield from prove_named(row, LocalDescription.name, _pool(region), _refusals(row.regions, row.target, recipe))
    yield from prove_text(row, "local", (row.target,), row.answer)


def _question(target: int) -> Question:
    return Question(LocalDescription.name, LocalDescription.name, (target,))


def _pool(region: RegionState) -> str:
    return "whole" if region.covers_picture else "region"


def _refusals(regions: tuple[RegionState, ...], target: int, recipe: Recipe) -> Iterator[Refusal]:
    yield from nameless(regions, target)
    yield from faulty(regions, (target,), recipe)


PLUGIN = LocalDescription()
