"""The paper's measures of a model's predictions: IoU of grounding, accuracy of referring, with bootstrap intervals.

Grounding: gIoU is the mean of the rows' IoU, cIoU the sum of intersections over the sum of unions, per sub-task and as the mean
of the sub-tasks. Predicted points have no IoU: their share inside the target is given. Position words are read from answers.
Texts: mean marks of a judge (``annotate.scoring.judge``), if there is one.
Referring: exact (set of types with severities), partial (hits / max(len) of the same), and both for types alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotate.dataset import Dataset
from annotate.scoring.judge import Marked
from annotate.scoring.predictions import Prediction, said
from schemas.errors import UsageError
from schemas.keys import generator
from schemas.masks import decode
from schemas.rows import GroundingRow, ReferringRow, Row

__all__ = ["Figure", "Score", "joined", "score"]

_TASKS = ("grounding", "referring", "global_description", "local_description")
_ROUNDS = 1000  # bootstrap resamples


@dataclass(frozen=True)
class Figure:
    """A measure with its 95 % bootstrap interval over rows."""

    value: float
    low: float
    high: float
    rows: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass
class Score:
    """Measures by group ("grounding.hyd", "referring.short", ...) and name ("gIoU", ...)."""

    figures: dict[str, dict[str, Figure]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    """rows without a prediction, by task; they count as wrong"""
    unjudged: dict[str, int] = field(default_factory=dict)
    """texts that no judge marked, by kind"""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        figures = {group: {name: vars(figure) for name, figure in part.items()} for group, part in self.figures.items()}
        return {"figures": figures, "missing": self.missing, "unjudged": self.unjudged}


def joined(dataset: Dataset, predictions: Mapping[str, Prediction], split: str, *, allow_missing: bool) -> dict[str, list[Row]]:
    """The rows to score, by task: all rows of the split of each task that has a prediction.

    Raises:
        UsageError: a prediction about a row that is not there or has nothing to score, or rows without a prediction.
    """
    ids = {task: dataset.ids(task, split) for task in _TASKS}
    known = {name: task for task, part in ids.items() for name in part}
    strange = [name for name in predictions if name not in known]
    if strange:
        raise UsageError(
            f"{len(strange)} predictions fit no row of the {split} split, the first is {strange[0]!r}. "
            "Give the dataset and the split that were predicted."
        )
    wanted = [task for task in _TASKS if any(known[name] == task for name in predictions)]
    missing = [name for task in wanted for name in ids[task] if name not in predictions]
    if missing and not allow_missing:
        raise UsageError(
            f"{len(missing)} rows have no prediction, the first is {missing[0]!r}. Predict them, or let them count as wrong "
            "with --allow-missing."
        )
    return {task: list(dataset.rows(task, split)) for task in wanted}


def score(rows: Mapping[str, Sequence[Row]], predictions: Mapping[str, Prediction], marked: Sequence[Marked] = ()) -> Score:
    """Scores predictions against rows; rows without one count as wrong.

    Args:
        rows: by task, as ``joined`` gives them.
        predictions: by row id.
        marked: what a judge gave for their texts.
    """
    result = Score()
    for task, part in rows.items():
        count = sum(row.id not in predictions for row in part)
        if count:
            result.missing[task] = count
        if task in _MEASURES:
            _MEASURES[task](result, [(row, predictions.get(row.id, Prediction(id=row.id))) for row in part])
        elif not marked:
            result.unjudged[task] = len(part)
    _texts(result, marked)
    return result


# --- grounding ------------------------------------------------------------------------------------------------------------


def _grounding(result: Score, pairs: Iterable[tuple[Row, Prediction]]) -> None:
    overlaps: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    hits: defaultdict[str, list[float]] = defaultdict(list)
    words: defaultdict[str, list[float]] = defaultdict(list)
    for row, prediction in pairs:
        assert isinstance(row, GroundingRow)
        if prediction.point is not None and prediction.mask is None and prediction.bbox is None:
            hits[row.subtask].append(_inside(row, prediction.point))
        else:
            overlaps[row.subtask].append(_overlap(row, prediction))
        if prediction.answer:
            words[row.subtask].append(float(_place(prediction.answer) == (row.vertical, row.horizontal)))
    areas = {group: np.array(part) for group, part in sorted(overlaps.items())}
    for group, part in areas.items():
        figures = result.figures.setdefault(f"grounding.{group}", {})
        figures["gIoU"] = _figure(part, _giou)
        figures["cIoU"] = _figure(part, _ciou)
    if len(areas) > 1:
        result.figures["grounding"] = {"gIoU": _mean_figure(areas, _giou), "cIoU": _mean_figure(areas, _ciou)}
    for name, found in (("point inside", hits), ("position words", words)):
        for group, values in sorted(found.items()):
            result.figures.setdefault(f"grounding.{group}", {})[name] = _figure(np.array(values), _mean)


def _overlap(row: GroundingRow, prediction: Prediction) -> tuple[float, float]:
    """(intersection, union) in pixels; nothing predicted has no intersection."""
    truth = decode(row.mask)
    guess = _drawn(prediction, truth.shape, row.id)
    return float(np.count_nonzero(truth & guess)), float(np.count_nonzero(truth | guess))


def _drawn(prediction: Prediction, shape: tuple[int, ...], row: str) -> NDArray[np.bool_]:
    if prediction.mask is not None:
        try:
            mask = decode(prediction.mask)
        except ValueError as error:
            raise UsageError(f"prediction of row {row}: {error}") from error
        if mask.shape != shape:
            raise UsageError(
                f"prediction of row {row}: the mask is {mask.shape}, the picture {shape} (height, width); give pixels as stored."
            )
        return mask
    canvas = np.zeros(shape, dtype=bool)
    if prediction.bbox is not None:
        x0, y0, x1, y1 = (max(0, round(value)) for value in prediction.bbox)
        canvas[y0:y1, x0:x1] = True
    return canvas


def _inside(row: GroundingRow, point: tuple[float, float]) -> float:
    truth = decode(row.mask)
    x, y = int(point[0]), int(point[1])
    return float(0 <= y < truth.shape[0] and 0 <= x < truth.shape[1] and bool(truth[y, x]))


def _place(answer: str) -> tuple[str, str]:
    """The first (vertical, horizontal) words of an answer; empty where it has none."""
    found = re.search(r"\b(top|bottom|upper|lower)[ -]+(left|right)\b", answer.lower())
    return ({"upper": "top", "lower": "bottom"}.get(found[1], found[1]), found[2]) if found else ("", "")


def _giou(part: NDArray[np.float64]) -> float:
    return float(np.mean(part[:, 0] / part[:, 1]))


def _ciou(part: NDArray[np.float64]) -> float:
    return float(part[:, 0].sum() / part[:, 1].sum())


# --- referring ------------------------------------------------------------------------------------------------------------


def _referring(result: Score, pairs: Iterable[tuple[Row, Prediction]]) -> None:
    groups: defaultdict[str, list[list[float]]] = defaultdict(list)
    for row, prediction in pairs:
        assert isinstance(row, ReferringRow)
        guesses = said(prediction, row)
        full = _agreement([(part.type, part.severity) for part in row.types], [(guess.type, guess.severity) for guess in guesses])
        alone = _agreement([part.type for part in row.types], [guess.type for guess in guesses])
        groups[row.form].append([*full, *alone])
    for form, rows in sorted(groups.items()):
        table = np.array(rows)
        names = ("exact", "partial", "types exact", "types partial")
        result.figures[f"referring.{form}"] = {name: _figure(table[:, column], _mean) for column, name in enumerate(names)}


def _agreement(truth: Sequence[object], guess: Sequence[object]) -> tuple[float, float]:
    """(same set, hits / max(len))."""
    hits = sum((Counter(truth) & Counter(guess)).values())
    return float(Counter(truth) == Counter(guess)), hits / max(len(truth), len(guess), 1)


_MEASURES = {"grounding": _grounding, "referring": _referring}


def _texts(result: Score, marked: Sequence[Marked]) -> None:
    kinds: defaultdict[str, list[Marked]] = defaultdict(list)
    for each in marked:
        kinds[each.kind].append(each)
    for kind, part in sorted(kinds.items()):
        means = np.array([np.mean(each.marks) for each in part if each.marks])
        if len(means):
            result.figures.setdefault(kind, {})[f"judge (0-{part[0].highest})"] = _figure(means, _mean)
        if len(means) < len(part):
            result.unjudged[kind] = len(part) - len(means)


# --- intervals ------------------------------------------------------------------------------------------------------------

Statistic = Callable[[NDArray[np.float64]], float]


def _mean(part: NDArray[np.float64]) -> float:
    return float(part.mean())


def _figure(part: NDArray[np.float64], statistic: Statistic) -> Figure:
    draws = generator(0, "bootstrap", len(part)).integers(len(part), size=(_ROUNDS, len(part)))
    low, high = np.percentile([statistic(part[draw]) for draw in draws], [2.5, 97.5])
    return Figure(statistic(part), float(low), float(high), len(part))


def _mean_figure(parts: Mapping[str, NDArray[np.float64]], statistic: Statistic) -> Figure:
    """The mean over groups; every group is resampled by itself."""
    rounds = []
    for name, part in parts.items():
        draws = generator(0, "bootstrap", name, len(part)).integers(len(part), size=(_ROUNDS, len(part)))
        rounds.append([statistic(part[draw]) for draw in draws])
    low, high = np.percentile(np.mean(rounds, axis=0), [2.5, 97.5])
    value = float(np.mean([statistic(part) for part in parts.values()]))
    return Figure(value, float(low), float(high), sum(len(part) for part in parts.values()))
