"""Every box is the smallest that holds its mask, and the position words stored for a region come from the box's centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.rules._geometry import geometry_of
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Boxes"]


class Boxes:
    """Boxes and position words against masks; what no mask can tell is left to the rule ``masks``."""

    name = "boxes"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        for i, (region, form) in enumerate(zip(row.regions, geometry_of(row).forms, strict=True)):
            if form and form.bbox != region.bbox:
                message = f"the box of region {i} is {region.bbox}, its mask's is {form.bbox}"
                yield Finding(code="boxes", message=message, subject=row.id)
            if form and form.words != (region.horizontal, region.vertical):
                words = f"{region.vertical} {region.horizontal} but lies {form.words[1]} {form.words[0]}"
                yield Finding(code="boxes", message=f"region {i} is called {words}", subject=row.id)


PLUGIN = Boxes()
