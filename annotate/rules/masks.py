"""Every mask decodes, has the picture's size, holds as many pixels as stored and shares none with a sibling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from annotate.rules._masks import decoded
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
        covered = np.zeros((row.height, row.width), dtype=np.uint8)
        for i, region in enumerate(row.regions):
            mask = decoded(region.mask)
            if mask is None or mask.shape != covered.shape:
                size = "x".join(map(str, region.mask.size))
                yield _finding(row, f"the mask of region {i} ({size}) does not fit a {row.height}x{row.width} picture")
                continue
            if np.count_nonzero(mask) != region.area:
                yield _finding(row, f"region {i} has {np.count_nonzero(mask)} pixels, not {region.area}")
            covered += mask
        if covered.max(initial=0) > 1:
            yield _finding(row, f"regions overlap in {np.count_nonzero(covered > 1)} pixels")


def _finding(row: Row, message: str) -> Finding:
    return Finding(code="masks", message=message, subject=row.id)


PLUGIN = Masks()
