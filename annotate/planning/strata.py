"""What could give an answer away without a look at the pixels; select keeps these even."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.values import RegionState

__all__ = ["stratum"]


def stratum(regions: Sequence[RegionState], targets: Sequence[int], among: Sequence[int] | None = None) -> tuple[str, ...]:
    """Place, rank by area and first distortion of the region asked about; nothing for a question on the whole picture.

    Args:
        regions: all regions of the picture.
        targets: the regions asked about.
        among: the regions that could be asked about, where a rule bars some; the rank is that among them.
    """
    if len(targets) != 1:
        return ()
    (target,) = targets
    region = regions[target]
    first = region.steps[0].category if region.steps else "clean"
    if region.covers_picture:
        return ("whole", "1 of 1", first)
    areas = [regions[i].area for i in (range(len(regions)) if among is None else sorted({*among, target}))]
    # Every rank by itself: "largest, middle, smallest" would make the largest of six regions the target in a third of the rows.
    rank = sum(area > region.area for area in areas) + 1
    return (f"{region.vertical} {region.horizontal}", f"{rank} of {len(areas)}", first)
