"""A picture's id is that of its photo, variant and seed, and its file is named after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal

from annotate.truth.facts import picture_of
from schemas.keys import digest
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Identity"]


class Identity:
    """Ids of pictures; ids of rows are proved by their tasks."""

    name = "identity"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at every row: each stands alone."""
        for row in rows:
            derived = digest(row.source.sha256, row.provenance.variant, row.provenance.seed)
            if picture_of(row).id != derived or PurePosixPath(row.image.path).name != f"{derived}.png":
                message = f"picture {row.image.path!r} is not named after its photo, variant and seed ({derived})"
                yield Finding(code="picture_id", message=message, subject=row.id)


PLUGIN = Identity()
