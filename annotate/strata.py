"""What could give an answer away without a look at the pixels; select keeps these even."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.values import RegionState

__all__ = ["stratum"]


def stratum(regions: Sequence[RegionState], targets: Sequence[int]) -> tuple[str, ...]:
    """Place, rank by area and first distortion of the region asked about; nothing for a question on the whole picture."""
    if len(targets) != 1:
        return ()
    (target,) = targets
    region = regions[target]
    first = region.steps[0].category if region.steps else "clean"
    return (f"{region.vertical} {region.horizontal}", _rank(regions, target), first)


def _rank(regions: Sequence[RegionState], target: int) -> str:
    larger = sum(other.area > regions[target].area for other in regions)
    return f"{larger + 1} of {len(regions)}"
