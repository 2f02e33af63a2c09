"""With the photos: what else in a stored picture looks like a region is looked for again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from annotate.regions.doubles import with_doubles
from annotate.rules import StoredPicture
from annotate.rules._geometry import whole_masks
from annotate.rules.rendered import stored_pixels
from schemas.recipe import Recipe
from schemas.values import Finding

__all__ = ["PLUGIN", "Doubles"]


class Doubles:
    """``double`` and ``double_there`` of every region against the stored pixels: slow, so only with the photos."""

    name = "doubles"
    scope: Literal["photos"] = "photos"

    def find(self, picture: StoredPicture, recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the picture's regions; what does not fit the picture is left to the rules ``masks`` and ``rendered``."""
        row, stored = picture.row, stored_pixels(picture.file or b"")
        if stored is None or stored.shape[:2] != (row.height, row.width) or whole_masks(row.regions, stored.shape[:2]) is None:
            return
        for region, again in zip(row.regions, with_doubles(stored, row.regions), strict=True):
            for field in ("double", "double_there"):
                if getattr(region, field) != getattr(again, field):
                    message = (
                        f"region {region.index}: {field} is {getattr(region, field)} but measures as {getattr(again, field)}"
                    )
                    yield Finding(code="doubles", message=message, subject=row.id)


PLUGIN = Doubles()
