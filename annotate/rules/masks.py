"""Every mask decodes, has the picture's size, holds as many pixels as stored and shares none with a sibling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.rules._geometry import geometry_of
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Masks"]


class Masks:
    """Masks against size, area and siblings."""

    name = "masks"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        yield from (Finding(code="masks", message=problem, subject=row.id) for problem in _problems(row))


def _problems(row: Row) -> Iterator[str]:
    geometry = geometry_of(row)
    for i, (region, form) in enumerate(zip(row.regions, geometry.forms, strict=True)):
        if form is None:
            size = "x".join(map(str, region.mask.size))
            yield f"the mask of region {i} ({size}) is corrupt, empty or not of a {row.height}x{row.width} picture"
        elif form.area != region.area:
            yield f"region {i} has {form.area} pixels, not {region.area}"
    if geometry.overlap:
        yield f"regions overlap in {geometry.overlap} pixels"


PLUGIN = Masks()
