"""The label stage: a teacher that can see gives regions better names; their phrases are made anew from them.

It depends on the pristine photo and its regions alone, so one answer serves every variant and every row of a photo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from annotate.regions.phrases import rephrase
from annotate.stages._meter import Meter
from annotate.teachers import Labeller, Named, Pixels, teachers
from schemas.recipe import TeacherSettings
from schemas.values import Picture, Quarantined

__all__ = ["label", "relabelled"]


def label(
    photos: Sequence[Named], pixels: Pixels, settings: TeacherSettings, folder: Path, money: dict[str, float]
) -> Iterator[tuple[str, tuple[str, ...] | Quarantined]]:
    """(sha256 of the photo, a label for each of its regions, or why they keep theirs), in any order.

    Yields nothing where the teacher cannot see or the recipe does not want it (``teacher.refine_labels``). ``money`` is kept
    up to date with what the run spent, reserved and saved, in US dollars.

    Raises:
        TeacherError: the endpoint refuses to work.
        BudgetError: the spending cap was reached; everything paid for is kept.
    """
    if not settings.refine_labels:
        return
    writer = teachers.get(settings.name).open(settings, folder)
    meter = Meter(writer, money)
    try:
        if isinstance(writer, Labeller):
            for item in writer.label(photos, pixels):
                meter.read(least_s=0.2)
                yield item
    finally:
        meter.close()


def relabelled(picture: Picture, labels: Sequence[str]) -> Picture:
    """A picture whose regions carry ``labels``, one each in order, and phrases made anew from them."""
    regions = [region.model_copy(update={"label": name}) for region, name in zip(picture.regions, labels, strict=True)]
    return picture.model_copy(update={"regions": rephrase(regions)})
