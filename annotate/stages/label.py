"""The label stage: a teacher that can see gives regions better names; their phrases are made anew from them.

It depends on the pristine photo and its regions alone, so one answer serves every variant and every row of a photo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from annotate.regions.phrases import rephrase
from annotate.teachers import Labeller, Metered, Named, Pixels, teachers
from schemas.recipe import TeacherSettings
from schemas.values import Picture, Quarantined, Region, RegionState

__all__ = ["label", "relabelled"]


def label(
    photos: Sequence[Named], pixels: Pixels, settings: TeacherSettings, folder: Path
) -> Iterator[tuple[str, tuple[Region, ...] | Quarantined]]:
    """(sha256 of the photo, its regions with refined labels and new phrases, or why they keep theirs), in any order.

    Yields nothing where the teacher cannot see or the recipe does not want it (``teacher.refine_labels``).

    Raises:
        TeacherError: the endpoint refuses to work.
        BudgetError: the spending cap was reached; everything paid for is kept.
    """
    if not settings.refine_labels:
        return
    writer = teachers.get(settings.name).open(settings, folder)
    try:
        if isinstance(writer, Labeller):
            regions = {named.photo.sha256: named.regions for named in photos}
            for photo, labels in writer.label(photos, pixels):
                yield photo, labels if isinstance(labels, Quarantined) else _named(regions[photo], labels)
    finally:
        if isinstance(writer, Metered):
            writer.close()


def relabelled(picture: Picture, regions: Sequence[Region]) -> Picture:
    """A picture whose regions carry the labels and phrases of ``regions``, those of its photo, in the same order."""
    return picture.model_copy(update={"regions": tuple(map(_renamed, picture.regions, regions))})


def _named(regions: Sequence[Region], labels: Sequence[str]) -> tuple[Region, ...]:
    return rephrase([region.model_copy(update={"label": name}) for region, name in zip(regions, labels, strict=True)])


def _renamed(state: RegionState, region: Region) -> RegionState:
    return state.model_copy(update={"label": region.label, "phrase": region.phrase})
