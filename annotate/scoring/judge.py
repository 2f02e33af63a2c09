"""An LMM as judge of predicted texts: how well each says what the reference says, in several rounds.

It is asked through the teacher's client. Descriptions and long answers are marked 0 to 10, the text of grounding answers 0 to 5,
as readers of such datasets do. Answers are kept in a teacher's store, so a judgement is paid once; the budget holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from annotate.scoring.predictions import Prediction
from schemas.errors import UsageError
from schemas.recipe import TeacherSettings
from schemas.rows import ReferringRow, Row

if TYPE_CHECKING:
    from annotate.endpoint.question import Question

__all__ = ["Mark", "Marked", "highest", "judge_texts"]

_TOKENS = 200


class Mark(BaseModel):
    """What the judge is asked for."""

    reason: Annotated[str, Field(description="one sentence: what the answer gets right and wrong")]
    mark: Annotated[int, Field(description="whole number within the stated range")]


@dataclass(frozen=True)
class Marked:
    """The judge's marks for one text; none if no round gave a usable one."""

    row: str
    kind: str
    highest: int
    marks: tuple[int, ...]


@dataclass(frozen=True)
class _Text:
    row: Row
    kind: str
    answer: str
    round: int


def highest(kind: str) -> int:
    """The best mark of a kind of text."""
    return 5 if kind == "grounding" else 10


def judge_texts(
    rows: Mapping[str, Sequence[Row]], predictions: Mapping[str, Prediction], settings: TeacherSettings, folder: Path, rounds: int
) -> list[Marked]:
    """Marks every predicted text against its row's answer; short referring answers are scored without a judge.

    Args:
        rows: by task.
        predictions: by row id; an empty or missing text gets 0 without being asked about.
        settings: endpoint, model, concurrency, budget, as for a teacher.
        folder: where answers are kept unless ``settings.store`` names a file.
        rounds: how often each text is judged.

    Raises:
        UsageError: no model is named.
        TeacherError, BudgetError: the endpoint refuses to work, or the cap was reached; what was paid for is kept.
    """
    if not settings.model:
        raise UsageError("--judge-model: a judge needs a model name; see /models of the endpoint.")
    from annotate.endpoint.client import Client  # noqa: PLC0415 - the openai package is heavy
    from annotate.endpoint.store import open_store  # noqa: PLC0415
    from annotate.endpoint.stream import stream  # noqa: PLC0415

    texts = list(_texts(rows, predictions))
    marks: defaultdict[str, list[int]] = defaultdict(list)
    asked = [text for text in texts if text.answer]
    items = [_Text(text.row, text.kind, text.answer, number) for text in asked for number in range(rounds)]
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.store, folder)
    try:
        for item, _, outcome in stream(Client(settings, store), items, lambda item: _question(item, settings)):
            if isinstance(outcome.value, Mark) and 0 <= outcome.value.mark <= highest(item.kind):
                marks[item.row.id].append(outcome.value.mark)
    finally:
        store.close()
    return [_marked(text, marks[text.row.id]) for text in texts]


def _marked(text: _Text, marks: Sequence[int]) -> Marked:
    return Marked(text.row.id, text.kind, highest(text.kind), tuple(sorted(marks)) if text.answer else (0,))


def _texts(rows: Mapping[str, Sequence[Row]], predictions: Mapping[str, Prediction]) -> Iterator[_Text]:
    for task, part in rows.items():
        for row in _judged(part):
            kind = "referring.long" if task == "referring" else task
            said = predictions.get(row.id)
            yield _Text(row, kind, " ".join(said.answer.split()) if said else "", 0)


def _judged(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if not (isinstance(row, ReferringRow) and row.form == "short"))


def _question(text: _Text, settings: TeacherSettings) -> Question:
    from annotate.endpoint.question import Question  # noqa: PLC0415

    facts = {
        "question": text.row.question,
        "reference": text.row.answer,
        "answer": text.answer,
        "highest": str(highest(text.kind)),
    }
    return Question(
        kind="judge",
        model=settings.model,
        system=_prompt("judge_system").substitute(facts),
        parts=(_prompt("judge").substitute(facts),),
        form=Mark,
        temperature=settings.temperature,
        max_tokens=max(settings.max_tokens, _TOKENS),
        sample=text.round,
        output_tokens=40,
    )


@cache
def _prompt(name: str) -> Template:
    return Template((files("annotate.scoring") / "prompts" / f"{name}.txt").read_text(encoding="utf-8"))
