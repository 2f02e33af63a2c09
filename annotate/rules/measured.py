"""With the photos: what was measured of every region, pristine and distorted, is measured again and equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from annotate.regions.finish import finish
from annotate.rules import StoredPicture
from annotate.rules._geometry import whole_masks
from annotate.segmenters import Proposal
from annotate.stages.distort import remeasure
from schemas.recipe import Recipe
from schemas.values import Finding

__all__ = ["PLUGIN", "Measured"]

_PRISTINE = ("where", "colour", "brightness", "texture", "colourfulness", "tones")
_DISTORTED = ("measures", "strength", "order_gap", "seen_colour", "seen_texture", "seen_tones")


class Measured:
    """Looks, places and strengths against the photo and the steps."""

    name = "measured"
    scope: Literal["photos"] = "photos"

    def find(self, picture: StoredPicture, recipe: Recipe) -> Iterator[Finding]:
        """Measures every region as the stages do."""
        row, photo = picture.row, picture.photo
        masks = None if photo is None else whole_masks(row.regions, photo.shape[:2])
        if photo is None or masks is None:
            return  # the rules ``masks`` and ``rendered`` say so
        looks = {region.mask: region for region in finish(photo, [Proposal(mask, 0.0, "area") for mask in masks])}
        for i, region in enumerate(row.regions):
            again = {field: getattr(looks.get(region.mask), field, None) for field in _PRISTINE}
            distorted = remeasure(photo, region, recipe)
            again |= {field: getattr(distorted, field) for field in _DISTORTED}
            for field, value in again.items():
                if getattr(region, field) != value:
                    message = f"region {i}: {field} is {getattr(region, field)!r} but measures as {value!r}"
                    yield Finding(code="measured", message=message, subject=row.id)


PLUGIN = Measured()
