"""Select: the one global step. Quotas are filled exactly, evenly and in an order that depends on keys alone."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.keys import digest
from schemas.recipe import Quotas
from schemas.values import Candidate

__all__ = ["Selection", "Shortfall", "select"]


@dataclass(frozen=True)
class Shortfall:
    """A quota that the questions cannot fill."""

    kind: str
    wanted: int
    found: int

    def __str__(self) -> str:
        missing = self.wanted - self.found
        return f"{self.kind}: {self.wanted} rows are wanted, {self.found} questions pass, {missing} are missing."


@dataclass(frozen=True)
class Selection:
    """What ships, what may take the place of a row that fails later, and what is missing."""

    chosen: tuple[Candidate, ...]
    """by kind, then in the order of selection"""
    reserve: tuple[Candidate, ...]
    """by kind, then in the order in which they are to be taken; the limits per picture still hold when they are"""
    shortfalls: tuple[Shortfall, ...]


def select(candidates: Iterable[Candidate], quotas: Quotas, limits: Quotas, seed: int) -> Selection:
    """Chooses questions of one split.

    Each kind is filled on its own: the next question is always the first, in key order, of the cell (way of asking, topic,
    stratum) that is farthest behind an even share. So asks, topics of an ask, and the targets' positions and ranks under
    each ask and topic stay as even as the questions allow. The result depends neither on the order of ``candidates`` nor on
    how they were made.

    Args:
        candidates: all questions that passed the rules.
        quotas: rows wanted of each kind; None takes all.
        limits: most rows of each kind from one picture; None sets no limit.
        seed: the recipe's seed; decides the key order.
    """
    kinds: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        kinds[candidate.kind].append(candidate)
    chosen: list[Candidate] = []
    reserve: list[Candidate] = []
    shortfalls = []
    for kind in Quotas.model_fields:
        wanted, limit = getattr(quotas, kind), getattr(limits, kind)
        order = _evenly(kinds.get(kind, []), limit, seed)
        count = len(order) if wanted is None else wanted
        chosen += order[:count]
        reserve += order[count:]
        if len(order) < count:
            shortfalls.append(Shortfall(kind, count, len(order)))
    return Selection(tuple(chosen), tuple(reserve), tuple(shortfalls))


def _evenly(candidates: Sequence[Candidate], limit: int | None, seed: int) -> list[Candidate]:
    cells: defaultdict[tuple[str, ...], deque[Candidate]] = defaultdict(deque)
    for candidate in sorted(candidates, key=lambda one: digest(seed, one.id)):
        cells[_cell(candidate)].append(candidate)
    balance = _Balance(sorted(cells))
    taken: Counter[str] = Counter()
    order: list[Candidate] = []
    for _ in candidates:
        cell = balance.next()
        candidate = cells[cell].popleft()
        if not cells[cell]:
            balance.close(cell)
        if limit is None or taken[candidate.picture] < limit:
            taken[candidate.picture] += 1
            balance.take(cell)
            order.append(candidate)
    return order


def _cell(candidate: Candidate) -> tuple[str, ...]:
    return (candidate.ask, " ".join(candidate.topic), *candidate.stratum)


def _parts(cell: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    """What is kept even, with its weight: asks, topics of each, and each part of the stratum over all, by ask and by topic.

    Where nothing is named, the distortion is what is asked for: it is kept even in each place and on each rank of area too.
    """
    ask, topic, *stratum = cell
    parts: dict[tuple[str, ...], float] = {("ask", ask): 1.0, ("ask", ask, topic): 1.0}
    for number, value in enumerate(stratum):
        parts |= {(f"stratum {number}", value): 1.0, (f"stratum {number} by ask", ask, value): 0.3}
    if stratum:
        parts["place by topic", ask, topic, stratum[0]] = 0.1
    if not ask and len(stratum) > 1:
        *others, answer = stratum
        parts |= {(f"stratum {number} by answer", answer, value): 0.3 for number, value in enumerate(others)}
    return parts


class _Balance:
    """Counts how often each part of a cell was taken and names the open cell whose parts are farthest behind an even share."""

    def __init__(self, cells: Sequence[tuple[str, ...]]) -> None:
        self.cells = cells
        self.place = {cell: index for index, cell in enumerate(cells)}
        self.parts = [_parts(cell) for cell in cells]
        rows: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, each in enumerate(self.parts):
            for part in each:
                rows[part].append(row)
        self.rows = {part: np.array(places) for part, places in rows.items()}
        self.shares = _even_shares(sorted(rows))
        self.load = np.zeros(len(cells))

    def next(self) -> tuple[str, ...]:
        """The open cell with the least load; the first of equal ones."""
        return self.cells[int(self.load.argmin())]

    def take(self, cell: tuple[str, ...]) -> None:
        """Counts one taken from a cell."""
        for part, weight in self.parts[self.place[cell]].items():
            # A part's load is its count over its even share, so loads are equal where everything is even.
            self.load[self.rows[part]] += weight / self.shares[part]

    def close(self, cell: tuple[str, ...]) -> None:
        """No more can come from a cell."""
        self.load[self.place[cell]] = np.inf


def _even_shares(parts: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], float]:
    """The share that each part (a path: name, value, value, ...) has if every branch has as many as its siblings."""
    paths = {part[:length] for part in parts for length in range(2, len(part) + 1)}
    siblings = Counter(path[:-1] for path in paths)
    return {part: math.prod(1 / siblings[part[:length]] for length in range(1, len(part))) for part in parts}
