"""A picture is distorted all over exactly where the recipe plans it: one region, the full mask, the name of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.regions.whole import WHOLE_LABEL
from annotate.rules._geometry import geometry_of
from annotate.stages.plan import aim_of
from schemas.recipe import Recipe
from schemas.rows import Row
from schemas.values import Finding

__all__ = ["PLUGIN", "Whole"]


class Whole:
    """The plan of a photo's variant, drawn again, against the masks and names of its picture."""

    name = "whole"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:
        """Looks at the first row: the rule ``one_picture`` makes the others equal."""
        row = rows[0]
        planned = aim_of(row.source.sha256, row.provenance.variant, recipe.plan) == "whole"
        yield from (Finding(code="whole", message=problem, subject=row.id) for problem in _problems(row, planned=planned))


def _problems(row: Row, *, planned: bool) -> Iterator[str]:
    full = [form is not None and form.area == row.height * row.width for form in geometry_of(row).forms]
    if planned and full != [True]:
        yield f"the plan distorts the whole picture, but {len(full)} regions are stored, {sum(full)} of them with the full mask"
    if not planned and any(full):
        yield f"region {full.index(True)} has the full mask, but the plan distorts regions"
    for i, (region, everything) in enumerate(zip(row.regions, full, strict=True)):
        if {region.label, region.raw_label} != {WHOLE_LABEL} and everything:
            yield f"region {i} is the whole picture, but is labelled {region.raw_label!r}, {region.label!r}"
        if WHOLE_LABEL in (region.label, region.raw_label) and not everything:
            yield f"region {i} is labelled {WHOLE_LABEL!r}, but its mask is not the full one"


PLUGIN = Whole()
