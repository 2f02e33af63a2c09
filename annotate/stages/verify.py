"""Verification: rows before they are written, datasets after. Nothing stored is trusted, everything computed is derived again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from annotate.rules import RowsRule, rules
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["rows_rules", "verify_rows"]


def rows_rules() -> list[RowsRule]:
    """The rules that look at rows alone, by name."""
    return [rule for rule in rules.all() if rule.scope == "rows"]


def verify_rows(rows: Iterable[Row], recipe: Recipe) -> list[Finding]:
    """What all rules that need no file have against the rows; empty if all may be written.

    Args:
        rows: of any tasks; those of one picture are looked at together wherever they stand.
        recipe: the recipe they were made with (thresholds, seed).
    """
    return [finding for group in _pictures(rows) for rule in rows_rules() for finding in rule.find(group, recipe)]


def _pictures(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    ordered = sorted(rows, key=lambda row: row.image.path)
    for _, group in groupby(ordered, key=lambda row: row.image.path):
        yield tuple(group)
