"""Provenance fits the recipe beside the data, and prose says who wrote and who checked it; ``one_recipe`` compares digests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.stages.segment import IDENTITY
from schemas.recipe import Recipe
from schemas.rows import SCHEMA_VERSION, ReferringRow, Row
from schemas.values import Finding

__all__ = ["PLUGIN", "ProvenanceRule"]


class ProvenanceRule:
    """Recipe name and seed, segmenter, schema version, and whether a computed answer is called computed."""

    name = "provenance"
    scope: Literal["rows"] = "rows"

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:
        """Looks at every row."""
        wanted = {"recipe": recipe.name, "seed": recipe.seed}
        segmenter = re.compile(rf"{re.escape(recipe.regions.segmenter)} [0-9a-f]{{{IDENTITY}}}")
        for row in rows:
            for field, value in wanted.items():
                stored = getattr(row.provenance, field)
                if stored != value:
                    yield _finding(row, f"{field} is {stored!r} but the recipe beside the data says {value!r}")
            if not segmenter.fullmatch(row.provenance.segmenter):
                said = f"not {recipe.regions.segmenter!r} and {IDENTITY} digits of its identity"
                yield _finding(row, f"segmenter is {row.provenance.segmenter!r}, {said}")
            if row.provenance.schema_version != SCHEMA_VERSION:
                yield _finding(row, f"schema version {row.provenance.schema_version}, not {SCHEMA_VERSION}")
            yield from _author(row)


def _author(row: Row) -> Iterator[Finding]:
    computed = isinstance(row, ReferringRow) and row.form == "short"
    told = row.provenance
    if computed != (told.teacher == "computed") or computed != (told.attempts == 0) or computed != (told.checked == "computed"):
        kind = "computed" if computed else "prose"
        yield _finding(
            row, f"the answer is {kind}, but teacher {told.teacher!r}, checks {told.checked!r}, {told.attempts} attempts"
        )


def _finding(row: Row, message: str) -> Finding:
    return Finding(code="provenance", message=message, subject=row.id)


PLUGIN = ProvenanceRule()
