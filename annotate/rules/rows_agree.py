"""Rows of one picture in different shards agree on regions, steps, measures, photo and stored file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.dataset import Dataset, Entry
from schemas.values import Finding

__all__ = ["PLUGIN", "RowsAgree"]


class RowsAgree:
    """Digests of what rows of one picture have in common."""

    name = "rows_agree"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:  # noqa: ARG002
        """Compares every row with the first of its picture."""
        first: dict[str, Entry] = {}
        for entry in entries:
            known = first.setdefault(entry.picture, entry)
            if entry.shared != known.shared:
                message = f"regions, photo or stored file differ from those of row {known.id}, which shows the same picture"
                yield Finding(code="rows_agree", message=message, subject=entry.id)


PLUGIN = RowsAgree()
