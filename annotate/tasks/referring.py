"""Visual quality referring: which distortions a named region has, in short (computed) or with their effects (prose)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from annotate.tasks._rows import (
    Question,
    differs,
    faulty,
    named_columns,
    nameless,
    offer,
    prose,
    prove_named,
    prove_target,
    prove_text,
)
from annotate.truth.facts import Refusal, short_answer, types
from schemas.recipe import Recipe
from schemas.rows import Provenance, ReferringRow, Row
from schemas.values import Answer, Candidate, Finding, Picture, RegionState, TextRequest

__all__ = ["PLUGIN", "Referring"]


class Referring:
    """A short and a long question for each distorted region whose phrase fits no sibling and whose steps are seen."""

    name = "referring"
    kinds = ("short", "long")
    row: type[Row] = ReferringRow

    def candidates(self, picture: Picture, recipe: Recipe) -> Iterator[Candidate | Finding]:
        """Two questions for each distorted region, or why there are none."""
        for target, region in enumerate(picture.regions):
            for form in self.kinds if region.steps else ():
                yield offer(_question(form, target), picture, _refusals(picture.regions, target, recipe))

    def request(self, candidate: Candidate, picture: Picture) -> TextRequest | None:
        """Prose of kind ``long``; a short answer is computed."""
        if candidate.kind == "short":
            return None
        return TextRequest(id=candidate.id, kind="long", picture=picture, targets=candidate.targets)

    def assemble(self, candidate: Candidate, picture: Picture, answer: Answer | None, provenance: Provenance) -> Row:
        """The question from the pool for the region's number of distortions, the answer and the structured answer."""
        region, short = picture.regions[candidate.targets[0]], candidate.kind == "short"
        return ReferringRow(
            **named_columns(candidate, picture, provenance, _pool(candidate.kind, region)),
            answer=short_answer(types(region)) if short else prose(candidate, answer),
            form="short" if short else "long",
        )

    def prove(self, row: Row, recipe: Recipe) -> Iterator[Finding]:
        """Identity, pool, region named, structured answer, and the short answer or the verdict on the long one."""
        assert isinstance(row, ReferringRow)
        yield from prove_target(row, _question(row.form, row.target), partial(_proofs, row, recipe))


def _proofs(row: ReferringRow, recipe: Recipe, region: RegionState) -> Iterator[Finding]:
    yield from prove_named(row, Referring.name, _pool(row.form, region), _refusals(row.regions, row.target, recipe))
    if row.form == "short":
        yield from differs(row, "short_answer", "the short answer", row.answer, short_answer(types(region)))
    else:
        yield from prove_text(row, "long", (row.target,), row.answer)


def _question(form: str, target: int) -> Question:
    return Question(Referring.name, form, (target,))


def _refusals(regions: tuple[RegionState, ...], target: int, recipe: Recipe) -> Iterator[Refusal]:
    if len(regions[target].steps) not in (1, 2):
        yield Refusal("referring_steps", f"region {target} has {len(regions[target].steps)} distortions, not one or two")
    yield from nameless(regions, target)
    yield from faulty(regions, (target,), recipe)


def _pool(form: str, region: RegionState) -> str:
    number = "one" if len(region.steps) == 1 else "two"
    return f"{form}.{number}_whole" if region.covers_picture else f"{form}.{number}"


PLUGIN = Referring()
