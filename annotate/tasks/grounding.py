"""Visual quality grounding: the region that answers a question about intensity or order, in words and as a mask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal, cast

from annotate.regions.positions import position_words
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
    prove_target,
    prove_text,
)
from annotate.truth.facts import Refusal, names
from annotate.truth.winners import asks, misled, topics, winner
from schemas.recipe import Recipe
from schemas.rows import GroundingRow, Provenance, Row
from schemas.values import Answer, Candidate, Finding, Horizontal, Picture, RegionState, TextRequest, Vertical

__all__ = ["PLUGIN", "Grounding"]


class Grounding:
    """Every question of the three sub-tasks whose one answer can be seen (``annotate.truth.winners``)."""

    name = "grounding"
    kinds = ("hyd", "sid", "dao")
    row: type[Row] = GroundingRow

    def candidates(self, picture: Picture, recipe: Recipe) -> Iterator[Candidate | Finding]:
        """One question for each sub-task, way of asking and topic with a single answer; the others as refusals.

        A picture that is distorted as a whole has none: there is nothing to find.
        """
        if any(region.covers_picture for region in picture.regions):
            return
        if refusal := next(faulty(picture.regions, range(len(picture.regions)), recipe), None):
            yield Finding(code=refusal.code, message=refusal.message, subject=picture.id)
            return
        barred = [list(misled(region, picture.width, picture.height, recipe.answerable)) for region in picture.regions]
        askable = [i for i, refusals in enumerate(barred) if not refusals]
        for subtask in self.kinds:
            for ask in asks(subtask, recipe.answerable):
                for topic in topics(subtask, picture.regions, ask):
                    target = winner(subtask, picture.regions, ask, topic, recipe.answerable)
                    if isinstance(target, Refusal):
                        yield Finding(code=target.code, message=target.message, subject=picture.id)
                    else:
                        refusals = [*barred[target], *_narrowed(subtask, (picture.regions[i] for i in askable))]
                        refusals += only_counted(picture.regions, (target,))
                        yield offer(Question(self.name, subtask, (target,), ask, topic), picture, iter(refusals), askable)

    def request(self, candidate: Candidate, picture: Picture) -> TextRequest:
        """Prose of kind ``grounding`` about the target: the semantic part."""
        return TextRequest(id=candidate.id, kind="grounding", picture=picture, targets=candidate.targets)

    def assemble(self, candidate: Candidate, picture: Picture, answer: Answer | None, provenance: Provenance) -> Row:
        """The question, the computed spatial part, the teacher's semantic part and the mask."""
        (target,) = candidate.targets
        region = picture.regions[target]
        horizontal, vertical = position_words(region.bbox, picture.width, picture.height)
        spatial = fill(self.name, "spatial.part", candidate.id, _place(horizontal, vertical))
        semantic = prose(candidate, answer)
        pool, called = f"{candidate.kind}.{candidate.ask}", _called(candidate.ask, candidate.topic)
        return GroundingRow(
            **columns(candidate, picture, provenance),
            question=fill(self.name, pool, candidate.id, called),
            answer=f"{spatial} {semantic}",
            subtask=cast("Literal['hyd', 'sid', 'dao']", candidate.kind),
            ask=candidate.ask,
            topic=candidate.topic,
            target=target,
            horizontal=horizontal,
            vertical=vertical,
            spatial=spatial,
            semantic=semantic,
            mask=region.mask,
        )

    def prove(self, row: Row, recipe: Recipe) -> Iterator[Finding]:
        """Identity, winner, pool, position words, mask and both parts of the answer."""
        assert isinstance(row, GroundingRow)
        question = Question(self.name, row.subtask, (row.target,), row.ask, row.topic)
        yield from prove_target(row, question, partial(_proofs, row, recipe))


def _narrowed(subtask: str, askable: Iterable[RegionState]) -> Iterator[Refusal]:
    """A refusal of an order if one of the regions that might be asked for is black: no two distortions show there."""
    if subtask == "dao" and any(region.colour == "black" for region in askable):
        yield Refusal("dao_black", "a region is black in the photo, where no two distortions show: it can never be the answer")


def _proofs(row: GroundingRow, recipe: Recipe, region: RegionState) -> Iterator[Finding]:
    yield from prove_answerable(row, faulty(row.regions, range(len(row.regions)), recipe))
    yield from prove_answerable(row, misled(region, row.width, row.height, recipe.answerable))
    yield from prove_answerable(row, only_counted(row.regions, (row.target,)))
    size, limits = (row.width, row.height), recipe.answerable
    askable = (one for one in row.regions if not any(misled(one, *size, limits)))
    yield from prove_answerable(row, _narrowed(row.subtask, askable))
    refused = list(_prove_winner(row, recipe))
    yield from refused or _prove_question(row)
    yield from _prove_place(row)
    yield from differs(row, "target_mask", "mask", row.mask, region.mask)
    yield from differs(row, "answer_parts", "answer", row.answer, f"{row.spatial} {row.semantic}")
    yield from prove_text(row, "grounding", (row.target,), row.semantic)


def _prove_winner(row: GroundingRow, recipe: Recipe) -> Iterator[Finding]:
    target = winner(row.subtask, row.regions, row.ask, row.topic, recipe.answerable)
    if isinstance(target, Refusal):
        yield Finding(code=target.code, message=target.message, subject=row.id)
    else:
        yield from differs(row, "winner", "target", row.target, target)


def _prove_question(row: GroundingRow) -> Iterator[Finding]:
    if not asked(row.question, Grounding.name, f"{row.subtask}.{row.ask}", _called(row.ask, row.topic)):
        wanted = f"{row.subtask} {row.ask} {' > '.join(row.topic)}".strip()
        yield Finding(code="question_pool", message=f"question {row.question!r} does not ask for {wanted}", subject=row.id)


def _prove_place(row: GroundingRow) -> Iterator[Finding]:
    horizontal, vertical = position_words(row.regions[row.target].bbox, row.width, row.height)
    yield from differs(row, "position", "position", (row.horizontal, row.vertical), (horizontal, vertical))
    if not asked(row.spatial, Grounding.name, "spatial.part", _place(horizontal, vertical)):
        message = f"spatial part {row.spatial!r} does not say {vertical} {horizontal}"
        yield Finding(code="position", message=message, subject=row.id)


def _place(horizontal: Horizontal, vertical: Vertical) -> dict[str, tuple[str, ...]]:
    return {"horizontal": (horizontal,), "vertical": (vertical,)}


def _called(ask: str, topic: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    placeholders = {"pair": ("first", "second"), "first": ("first",), "last": ("last",)}.get(ask, ("distortion",))
    return {placeholder: names(category) for placeholder, category in zip(placeholders, topic, strict=False)}


PLUGIN = Grounding()
