"""What is said of a region's form and place follows from its mask, and its phrase from its siblings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.regions.phrases import rephrase
from annotate.regions.positions import quarter_facts
from annotate.regions.shapes import count_components, count_holes, inscribed_circle
from annotate.rules._masks import decoded
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Shapes"]


class Shapes:
    """Numbering, components, holes, click, quarter facts and phrases."""

    name = "shapes"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        masks = [mask for region in row.regions if (mask := decoded(region.mask)) is not None and mask.any()]
        if len(masks) < len(row.regions) or any(mask.shape != (row.height, row.width) for mask in masks):
            return  # the rule ``masks`` says so
        quarters = quarter_facts(masks, [(region.horizontal, region.vertical) for region in row.regions])
        phrases = rephrase(row.regions)
        for i, (region, mask, quarter) in enumerate(zip(row.regions, masks, quarters, strict=True)):
            derived = {
                "index": i,
                "components": count_components(mask),
                "holes": count_holes(mask),
                "click": inscribed_circle(mask)[0],
                "quadrant_share": quarter.quadrant_share,
                "quarter_inside": quarter.quarter_inside,
                "quarter_nearest": quarter.quarter_nearest,
                "phrase": phrases[i].phrase,
            }
            for field, value in derived.items():
                if getattr(region, field) != value:
                    message = f"region {i}: {field} is {getattr(region, field)!r} but must be {value!r}"
                    yield Finding(code="shapes", message=message, subject=row.id)


PLUGIN = Shapes()
