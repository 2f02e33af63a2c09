"""Every box is the smallest that holds its mask; position words, where stored for a region, come from its centre."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.regions.positions import position_words
from annotate.rules._masks import decoded
from schemas.masks import bounding_box
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Boxes"]


class Boxes:
    """Boxes and position words against masks."""

    name = "boxes"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        for i, region in enumerate(row.regions):
            mask = decoded(region.mask)
            if mask is None or not mask.any():
                continue  # the rule ``masks`` says so
            box = bounding_box(mask)
            if box != region.bbox:
                yield Finding(
                    code="boxes", message=f"the box of region {i} is {region.bbox}, its mask's is {box}", subject=row.id
                )
            words = position_words(box, row.width, row.height)
            if words != (region.horizontal, region.vertical):
                stored = f"{region.vertical} {region.horizontal}"
                yield Finding(
                    code="boxes", message=f"region {i} is called {stored} but lies {words[1]} {words[0]}", subject=row.id
                )


PLUGIN = Boxes()
