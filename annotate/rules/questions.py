"""Every row is proved by its own task: question, pool, target, structured answer, computed words, verdict on the prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

from annotate.tasks import Task, tasks
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Questions"]


class Questions:
    """Rows against their tasks; codes of the findings are the tasks' own."""

    name = "questions"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:
        """Asks the task whose row model each row is."""
        for row in rows:
            yield from _task(type(row)).prove(row, recipe)


@cache
def _task(model: type[Row]) -> Task:
    return next(task for task in tasks.all() if task.row is model)


PLUGIN = Questions()
