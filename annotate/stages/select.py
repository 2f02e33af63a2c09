"""Select: the one global step. Quotas are filled exactly, evenly and in an order that depends on keys alone."""

from __future__ import annotations

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
    stratum) whose values were taken least so far. So asks, topics, positions and ranks stay as even as the questions allow,
    and the result depends neither on the order of ``candidates`` nor on how they were made.

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


class _Balance:
    """Counts how often each value of each part of a cell was taken and names the open cell whose values were taken least."""

    def __init__(self, cells: Sequence[tuple[str, ...]]) -> None:
        self.cells = cells
        self.place = {cell: index for index, cell in enumerate(cells)}
        parts = max((len(cell) for cell in cells), default=0)
        values = sorted({(part, cell[part]) for cell in cells for part in range(len(cell))})
        index = {value: number for number, value in enumerate(values)}
        self.ways = np.array([sum(part == one for one, _ in values) for part, _ in values] or [1], dtype=float)
        self.has = np.zeros((len(cells), len(values)))
        for row, cell in enumerate(cells):
            for part in range(min(parts, len(cell))):
                self.has[row, index[part, cell[part]]] = 1.0
        # A value's load is its count times the number of values of its part: equal when all parts are even.
        self.load = np.zeros(len(cells))
        self.step = self.has * self.ways @ self.has.T if len(cells) else np.zeros((0, 0))

    def next(self) -> tuple[str, ...]:
        """The open cell with the least load; the first of equal ones."""
        return self.cells[int(self.load.argmin())]

    def take(self, cell: tuple[str, ...]) -> None:
        """Counts one taken from a cell."""
        self.load += self.step[self.place[cell]]

    def close(self, cell: tuple[str, ...]) -> None:
        """No more can come from a cell."""
        self.load[self.place[cell]] = np.inf
