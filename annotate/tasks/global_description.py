"""Global quality description: prose about the whole picture, region by region."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.tasks._questions import asked, fill
from annotate.tasks._rows import (
    Question,
    columns,
    differs,
    faulty,
    offer,
    only_counted,
    prose,
    prove_answerable,
    prove_identity,
    prove_text,
)
from annotate.truth.facts import Refusal, distorted, types
from schemas.recipe import Recipe
from schemas.rows import GlobalDescriptionRow, Mention, Provenance, Row
from schemas.values import Answer, Candidate, Finding, Picture, RegionState, TextRequest

__all__ = ["PLUGIN", "GlobalDescription"]

_QUESTION = Question("global_description", "global_description", ())


class GlobalDescription:
    """One question for each picture with a distorted region; every step must be seen and every region have a name."""

    name = "global_description"
    kinds = ("global_description",)
    row: type[Row] = GlobalDescriptionRow

    def candidates(self, picture: Picture, recipe: Recipe) -> Iterator[Candidate | Finding]:
        """The picture's one question, or why it has none."""
        yield offer(_QUESTION, picture, _refusals(picture.regions, recipe))

    def request(self, candidate: Candidate, picture: Picture) -> TextRequest:
        """Prose of kind ``global``."""
        return TextRequest(id=candidate.id, kind="global", picture=picture, targets=())

    def assemble(self, candidate: Candidate, picture: Picture, answer: Answer | None, provenance: Provenance) -> Row:
        """The question, the teacher's prose and what it must mention."""
        return GlobalDescriptionRow(
            **columns(candidate, picture, provenance),
            question=fill(self.name, "whole", candidate.id),
            answer=prose(candidate, answer),
            mentions=_mentions(picture.regions),
        )

    def prove(self, row: Row, recipe: Recipe) -> Iterator[Finding]:
        """Identity, pool, mentions, visibility and the verdict on the prose."""
        assert isinstance(row, GlobalDescriptionRow)
        yield from prove_identity(row, _QUESTION)
        yield from prove_answerable(row, _refusals(row.regions, recipe))
        if not asked(row.question, self.name, "whole"):
            yield Finding(code="question_pool", message=f"question {row.question!r} is in no pool of {self.name}", subject=row.id)
        yield from differs(row, "structured_answer", "mentions", row.mentions, _mentions(row.regions))
        yield from prove_text(row, "global", (), row.answer)


def _refusals(regions: tuple[RegionState, ...], recipe: Recipe) -> Iterator[Refusal]:
    affected = distorted(regions)
    if not affected:
        yield Refusal("clean", "no region is distorted")
    yield from faulty(regions, affected, recipe)
    yield from only_counted(regions, range(len(regions)))


def _mentions(regions: tuple[RegionState, ...]) -> tuple[Mention, ...]:
    return tuple(Mention(region=i, types=types(region)) for i, region in enumerate(regions))


PLUGIN = GlobalDescription()
