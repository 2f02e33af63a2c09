"""Blind baselines: how well answers can be guessed from everything but the pixels.

A guesser that beats chance has found a habit of the plan (the largest region is the most degraded, blur is always on skies).
Guessers vote among the nearest rows of other photos: by the words of the question, by those of the region's phrase (for targets,
which no question names, by its label and place in the photo), or by area and position. They know the rules on position words:
only regions that these allow are guessed, and chance for a target is one in so many. Chance for position words is the share of
the picture's regions that lie there, for types the most common answer (given how many distortions the question says there are).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial.distance import cdist

from annotate.dataset import Dataset
from annotate.truth.winners import middle_margin
from schemas.keys import unit
from schemas.recipe import AnswerableSettings

__all__ = ["Blind", "blind_baselines"]

_NEIGHBOURS = 15
_BLOCK = 256
_MOST = 4000  # rows of one kind that are looked at; a sample by hash of their ids beyond that
_FEWEST = 30  # rows below which a share says nothing
_COLUMNS = ("id", "question", "source.sha256", "width", "height", "target", "subtask", "ask", "horizontal", "vertical")
_REGION = ("phrase", "label", "where", "bbox", "area", "horizontal", "vertical", "quadrant_share", "steps.list.element.category")

Floats = NDArray[np.float64]
Similar = Callable[[slice], Floats]
"""similarities of some rows (a slice of all) to all rows"""


@dataclass(frozen=True)
class Blind:
    """How often a guesser is right about one kind of answer."""

    answer: str
    guesser: str
    rows: int
    accuracy: float
    chance: float

    @property
    def lead(self) -> float:
        """Percentage points above chance; the noise of a share of so many rows is ``noise``."""
        return 100 * (self.accuracy - self.chance)

    @property
    def noise(self) -> float:
        """Two standard errors of the accuracy, percentage points."""
        return float(200 * np.sqrt(max(self.chance * (1 - self.chance), 1e-9) / self.rows))

    def as_json(self) -> dict[str, str | int | float]:
        """For programs."""
        return {**vars(self), "lead": self.lead, "noise": self.noise}


def blind_baselines(dataset: Dataset, split: str = "") -> tuple[Blind, ...]:
    """All guessers on grounding targets, position words and referring types; kinds with too few rows are left out."""
    grounding, referring = _read(dataset, "grounding", split), _read(dataset, "referring", split)
    found: list[Blind] = []
    for subtask in ("hyd", "sid", "dao"):
        rows = _sample(row for row in grounding if row["subtask"] == subtask)
        if len(rows) >= _FEWEST:
            found += _targets(f"{subtask} target", rows, dataset.recipe.answerable)
            found += _positions(f"{subtask} position words", rows)
    for number, word in ((1, "one"), (2, "two")):
        rows = _sample(row for row in referring if len(_types(row)) == number)
        if len(rows) >= _FEWEST:
            found += _referring(f"referring types ({word})", rows)
    return tuple(found)


def _read(dataset: Dataset, task: str, split: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for _, shard in dataset.shards(task, split):
        file = pq.ParquetFile(dataset.path(shard))
        columns = [name for name in _COLUMNS if name.partition(".")[0] in file.schema_arrow.names]
        rows += file.read(columns=[*columns, *(f"regions.list.element.{name}" for name in _REGION)]).to_pylist()
    return rows


def _sample(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=_draw)[:_MOST]


def _draw(row: dict[str, Any]) -> float:
    return unit("blind", row["id"])


def _targets(answer: str, rows: Sequence[dict[str, Any]], settings: AnswerableSettings) -> Iterator[Blind]:
    eligible = [_eligible(row, settings) for row in rows]
    chance = float(np.mean([1 / len(part) for part in eligible]))
    photos = _photos(rows)
    regions = [(number, i) for number, part in enumerate(eligible) for i in part]
    owner = np.array([number for number, _ in regions])
    is_target = np.array([float(i == rows[number]["target"]) for number, i in regions])
    areas = np.array([float(rows[number]["regions"][i]["area"]) for number, i in regions])
    places = _places([(rows[number], i) for number, i in regions])
    # A region's phrase tells what its colour looks like now, and no grounding question says it: what the photo alone tells.
    names = _words(f"{rows[number]['regions'][i]['label']} {rows[number]['regions'][i]['where']}" for number, i in regions)
    for guesser, votes in (
        ("largest region", areas),
        ("smallest region", -areas),
        ("area and position", _shares(is_target, places, photos[owner])),
        ("label and place", _shares(is_target, names, photos[owner])),
    ):
        hits = [is_target[owner == number][_best(votes[owner == number])] for number in range(len(rows))]
        yield Blind(answer, guesser, len(rows), float(np.mean(hits)), chance)


def _shares(is_target: Floats, similar: Similar, photos: NDArray[np.int64]) -> Floats:
    """For each region the share of targets among the most similar ones."""
    return np.array([is_target[near].mean() for near in _neighbours(similar, photos)])


def _eligible(row: dict[str, Any], settings: AnswerableSettings) -> list[int]:
    """The regions that the position rules let be a target; the target always."""
    return [
        i
        for i, region in enumerate(row["regions"])
        if i == row["target"]
        or (
            region["quadrant_share"] >= settings.words_share
            and middle_margin(region["bbox"], row["width"], row["height"]) >= settings.words_margin
        )
    ]


def _positions(answer: str, rows: Sequence[dict[str, Any]]) -> Iterator[Blind]:
    truth = [f"{row['vertical']} {row['horizontal']}" for row in rows]
    there = [[f"{region['vertical']} {region['horizontal']}" for region in row["regions"]] for row in rows]
    chance = float(np.mean([places.count(said) / len(places) for said, places in zip(truth, there, strict=True)]))
    yield Blind(
        answer, "most common", len(rows), _majority(truth), max(chance, _majority([place for part in there for place in part]))
    )
    features = _words(row["question"] for row in rows)
    yield Blind(answer, "question", len(rows), _vote(truth, features, _photos(rows)), max(chance, _majority(truth)))


def _referring(answer: str, rows: Sequence[dict[str, Any]]) -> Iterator[Blind]:
    truth = [" + ".join(sorted(_types(row))) for row in rows]
    photos, prior = _photos(rows), _majority(truth)
    for guesser, features in (
        ("question", _words(row["question"] for row in rows)),
        ("phrase", _words(row["regions"][row["target"]]["phrase"] for row in rows)),
        ("area and position", _places([(row, row["target"]) for row in rows])),
    ):
        yield Blind(answer, guesser, len(rows), _vote(truth, features, photos), prior)


def _types(row: dict[str, Any]) -> list[str]:
    return [step["category"] for step in row["regions"][row["target"]]["steps"]]


def _majority(answers: Sequence[str]) -> float:
    return max(Counter(answers).values()) / len(answers)


def _best(votes: Floats) -> int:
    """The largest; a tie says nothing and is broken away from the first region, which is the largest."""
    return int(len(votes) - 1 - votes[::-1].argmax())


def _vote(truth: Sequence[str], features: Similar, photos: NDArray[np.int64]) -> float:
    guesses = [Counter(truth[i] for i in near).most_common(1)[0][0] for near in _neighbours(features, photos)]
    return float(np.mean([guess == answer for guess, answer in zip(guesses, truth, strict=True)]))


def _photos(rows: Sequence[dict[str, Any]]) -> NDArray[np.int64]:
    return np.unique([row["source"]["sha256"] for row in rows], return_inverse=True)[1]


def _neighbours(similar: Similar, photos: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """For each row the indices of the most similar rows of other photos."""
    for start in range(0, len(photos), _BLOCK):
        block = similar(slice(start, start + _BLOCK))
        block[photos[start : start + _BLOCK, None] == photos[None, :]] = -np.inf
        count = min(_NEIGHBOURS, block.shape[1])
        yield from np.argpartition(-block, count - 1, axis=1)[:, :count]


def _words(texts: Iterable[str]) -> Similar:
    """Cosine of how often each word and pair of words occurs, rare ones weighing more."""
    grams = [Counter(_grams(text)) for text in texts]
    place = {gram: number for number, gram in enumerate(sorted({gram for counts in grams for gram in counts}))}
    entries = [(row, place[gram], count) for row, counts in enumerate(grams) for gram, count in counts.items()]
    row, column, count = np.array(entries or [(0, 0, 0)]).T
    rare = np.log(len(grams) / np.maximum(np.bincount(column, minlength=len(place)), 1)) + 1
    values = count * rare[column]
    length = np.sqrt(np.bincount(row, weights=values**2, minlength=len(grams)))
    table = sparse.csr_matrix((values / length[row], (row, column)), shape=(len(grams), len(place)))
    return lambda rows: (table[rows] @ table.T).toarray()


def _grams(text: str) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]


def _places(regions: Sequence[tuple[dict[str, Any], int]]) -> Similar:
    """Nearness in area, rank by area, number of regions and centre, each in units of its own spread."""
    table = np.array([_place(row, i) for row, i in regions])
    table = (table - table.mean(axis=0)) / np.maximum(table.std(axis=0), 1e-9)
    return lambda rows: -cdist(table[rows], table)


def _place(row: dict[str, Any], index: int) -> list[float]:
    region = row["regions"][index]
    x0, y0, x1, y1 = region["bbox"]
    larger = sum(other["area"] > region["area"] for other in row["regions"])
    area = region["area"] / (row["width"] * row["height"])
    return [np.sqrt(area), larger, len(row["regions"]), (x0 + x1) / 2 / row["width"], (y0 + y1) / 2 / row["height"]]
