"""With the photos: every picture renders again bit for bit, and every pixel outside the regions is the photo's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from annotate.rules import StoredPicture
from annotate.rules._geometry import whole_masks
from distortions import UnknownDistortionError, paste
from schemas.recipe import Recipe
from schemas.values import Finding

__all__ = ["PLUGIN", "Rendered", "stored_pixels"]


class Rendered:
    """Stored pixels against the photo, the masks and the steps."""

    name = "rendered"
    scope: Literal["photos"] = "photos"

    def find(self, picture: StoredPicture, recipe: Recipe) -> Iterator[Finding]:
        """Renders the picture from its row and the photo."""
        yield from (Finding(code="rendered", message=line, subject=picture.row.id) for line in _compare(picture, recipe))


def _compare(picture: StoredPicture, recipe: Recipe) -> Iterator[str]:
    row, photo = picture.row, picture.photo
    stored, masks = stored_pixels(picture.file or b""), whole_masks(row.regions, (row.height, row.width))
    if stored is None or photo is None or masks is None or not stored.shape == photo.shape == (row.height, row.width, 3):
        yield "picture, photo and masks do not fit together"
        return
    try:
        again = paste(photo, masks, [region.steps for region in row.regions], feather=recipe.plan.feather)
    except (UnknownDistortionError, ValueError, TypeError, KeyError) as error:
        yield f"the steps cannot be rendered: {error}"
        return
    different = np.any(again != stored, axis=-1)
    if different.any():
        yield f"{np.count_nonzero(different)} pixels differ from what the steps render"
    if recipe.plan.feather == 0:
        yield from _outside(stored, photo, masks)


def _outside(stored: NDArray[np.uint8], photo: NDArray[np.uint8], masks: list[NDArray[np.bool_]]) -> Iterator[str]:
    outside = ~np.any(masks, axis=0)
    changed = int(np.count_nonzero(np.any(stored != photo, axis=-1) & outside))
    if changed:
        yield f"{changed} pixels outside all regions differ from the photo"


def stored_pixels(file: bytes) -> NDArray[np.uint8] | None:
    """The pixels of a stored PNG file, uint8 RGB H x W x 3; None if it cannot be read."""
    decoded_file = cv2.imdecode(np.frombuffer(file, dtype=np.uint8), cv2.IMREAD_COLOR) if file else None
    return None if decoded_file is None else cv2.cvtColor(decoded_file, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


PLUGIN = Rendered()
