"""Predictions of a model: one JSON object a line, joined to the rows of a dataset by id.

{"id": ROW, "answer": TEXT}                                   any task
{"id": ROW, "mask": {"size": [h, w], "counts": RLE}}          grounding; or "bbox": [x0, y0, x1, y1], or "point": [x, y]
{"id": ROW, "types": [{"type": "blur", "severity": "mild"}]}  referring; read from "answer" if left out
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from annotate.language.reading.claims import Claim, read
from annotate.truth.facts import picture_of
from schemas.errors import UsageError
from schemas.rows import ReferringRow
from schemas.values import Rle, TextRequest, Value

__all__ = ["Guess", "Prediction", "read_predictions", "said"]


class Guess(Value):
    """A distortion type with its severity word, as a model says it: unknown words are kept and count as wrong."""

    type: str
    severity: str = ""


class Prediction(Value):
    """What a model said about one row."""

    id: Annotated[str, Field(description="the row's id")]
    answer: Annotated[str, Field(description="the model's text")] = ""
    mask: Annotated[Rle | None, Field(description="predicted mask, COCO compressed RLE")] = None
    bbox: Annotated[tuple[float, float, float, float] | None, Field(description="predicted box, pixels, x1 and y1 exclusive")] = (
        None
    )
    point: Annotated[tuple[float, float] | None, Field(description="predicted point (x, y), pixels")] = None
    types: Annotated[tuple[Guess, ...] | None, Field(description="distortions, in any order")] = None


def read_predictions(file: Path) -> dict[str, Prediction]:
    """Predictions by row id.

    Raises:
        UsageError: the file cannot be read, a line is no prediction, or an id stands twice; the line is named.
    """
    found: dict[str, Prediction] = {}
    lines: dict[str, int] = {}
    for number, text in _lines(file):
        prediction = _prediction(text, f"{file}, line {number}")
        if prediction.id in found:
            raise UsageError(
                f"{file}, line {number}: id {prediction.id!r} stands in line {lines[prediction.id]} already; "
                "give each row one prediction."
            )
        found[prediction.id], lines[prediction.id] = prediction, number
    if not found:
        raise UsageError(f"{file}: holds no prediction; write one JSON object with an id on each line.")
    return found


def said(prediction: Prediction, row: ReferringRow) -> tuple[Guess, ...]:
    """The distortions a prediction names: its ``types``, else those that its answer asserts of the row's region.

    An answer is read as the validator reads a teacher's text (``annotate.language.reading``). Words that may mean several
    distortions ("washed out") count as the one that another part of the answer names, else as one that the region has,
    else as the first.
    """
    if prediction.types is not None:
        return prediction.types
    request = TextRequest(id=row.id, kind="long", picture=picture_of(row), targets=(row.target,))
    claims = [
        claim for claim in read(request, prediction.answer).claims if claim.polarity == "asserted" and _is_about(claim, row)
    ]
    sure = {next(iter(claim.categories)) for claim in claims if len(claim.categories) == 1}
    had = {part.type for part in row.types}
    found: dict[str, str] = {}
    for claim in claims:
        category = min(claim.categories & sure or claim.categories & had or claim.categories)
        severity = next(iter(claim.severity)) if len(claim.severity) == 1 else ""
        found[category] = found.get(category) or severity
    return tuple(Guess(type=category, severity=severity) for category, severity in found.items())


def _is_about(claim: Claim, row: ReferringRow) -> bool:
    return bool(claim.categories) and (claim.place == row.target or not 0 <= claim.place < len(row.regions))


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        with file.open(encoding="utf-8") as opened:
            yield from ((number, text) for number, text in enumerate(opened, start=1) if text.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error


def _prediction(text: str, place: str) -> Prediction:
    try:
        return Prediction.model_validate(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{place}: {'.'.join(map(str, first['loc'])) or 'line'}: {first['msg']}") from error
    except ValueError as error:
        raise UsageError(f"{place}: is no JSON: {error}") from error
