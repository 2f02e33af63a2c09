"""Distortions that people take for one another: what else in a picture could answer a question about one of them.

Only likenesses in what is seen count, found by looking at finished pictures: the table is small on purpose, and each entry
says why. It names categories, or functions where others of the category do not look so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from schemas.values import RegionState, Step, StepMeasure

__all__ = ["LOOKALIKES", "looks_like", "rivals"]

LOOKALIKES: Final[Mapping[str, tuple[str, ...]]] = {
    # wavelets smear detail and leave no grid
    "blur": ("compression.jpeg_2000",),
    # sharpening brings out the grain of smooth areas
    "noise": ("oversharpen",),
    # squares; flat tones with hard steps between them
    "compression": ("pixelate", "quantization"),
    # the grid of coarse JPEG
    "pixelate": ("compression.jpeg",),
    # flat tones with hard steps between them
    "quantization": ("compression.jpeg",),
    # stretched channels are vivid, and vivid colours stand out
    "contrast_strengthen": ("saturate_strengthen", "quantization.hist"),
    "saturate_strengthen": ("contrast_strengthen", "quantization.hist"),
    # both fade to grey
    "contrast_weaken": ("saturate_weaken",),
    "saturate_weaken": ("contrast_weaken",),
}
"""for each category what may be taken for it"""


def looks_like(step: Step, category: str) -> bool:
    """Whether a step of another category may be taken for one of ``category``."""
    names = LOOKALIKES.get(category, ())
    return step.category != category and (step.category in names or step.function in names)


def rivals(regions: Sequence[RegionState], category: str, target: int) -> Iterator[tuple[int, StepMeasure]]:
    """The steps of regions other than ``target`` that may be taken for ``category``: number of the region, what it does there."""
    for index, region in enumerate(regions):
        if index != target:
            pairs = zip(region.steps, region.measures, strict=True)
            yield from ((index, measure) for step, measure in pairs if looks_like(step, category))
