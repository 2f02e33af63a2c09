"""Rows of one picture say the same of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "OnePicture"]

_SHARED = ("split", "width", "height", "image_sha256", "source", "regions")


class OnePicture:
    """Common columns of the rows of one picture; across shards ``rows_agree`` looks at their digest."""

    name = "one_picture"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Compares every row with the first."""
        first = rows[0]
        for row in rows[1:]:
            for field in _SHARED:
                if getattr(row, field) != getattr(first, field):
                    message = f"{field} differs from that of row {first.id}, which shows the same picture"
                    yield Finding(code="one_picture", message=message, subject=row.id)


PLUGIN = OnePicture()
