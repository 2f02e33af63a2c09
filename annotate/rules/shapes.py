"""What is said of a region's form follows from its mask, and its phrase from its siblings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.regions.phrases import rephrase
from annotate.rules._geometry import geometry_of
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Shapes"]


class Shapes:
    """Numbering, components, holes, click, quarter facts and phrases; what no mask can tell is left to the rule ``masks``."""

    name = "shapes"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        phrases = [region.phrase for region in rephrase(row.regions)]
        for i, (region, form) in enumerate(zip(row.regions, geometry_of(row).forms, strict=True)):
            derived: dict[str, object] = {"index": i, "phrase": phrases[i]}
            if form:
                derived |= {"components": form.components, "holes": form.holes, "click": form.click}
                derived |= {name: getattr(form.quarter, name) for name in ("quadrant_share", "quarter_inside", "quarter_nearest")}
            for field, value in derived.items():
                if getattr(region, field) != value:
                    message = f"region {i}: {field} is {getattr(region, field)!r} but must be {value!r}"
                    yield Finding(code="shapes", message=message, subject=row.id)


PLUGIN = Shapes()
