"""Pictures with regions laid out as a grid, made by hand so that each test states exactly what is true of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from annotate.regions.positions import position_words
from schemas.masks import encode
from schemas.rows import Provenance
from schemas.values import Picture, RegionState, Step, StepMeasure, severity_word

WIDTH, HEIGHT = 120, 80
CELLS = ((0, 0), (60, 0), (0, 40), (60, 40))
PHRASES = ("the dark area", "the bright sky", "the grey road on the left", "the green field")
WHERES = ("in the upper left", "in the upper right", "in the lower left", "in the lower right")


def step(category: str, level: int) -> Step:
    return Step(
        category=category, function=f"{category}.any", level=level, severity=severity_word(level), seed=1, parameters="{}"
    )


def region(index: int, steps: Sequence[tuple[str, int]], strengths: Sequence[float], order_gap: float) -> RegionState:
    x, y = CELLS[index]
    box = (x + 5, y + 5, x + 45, y + 35)
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    horizontal, vertical = position_words(box, WIDTH, HEIGHT)
    return RegionState(
        index=index,
        label="area",
        raw_label="area",
        phrase=PHRASES[index],
        where=WHERES[index],
        horizontal=horizontal,
        vertical=vertical,
        bbox=box,
        area=int(mask.sum()),
        mask=encode(mask),
        holes=0,
        components=1,
        click=(x + 25, y + 20),
        click_iou=None,
        words_iou=None,
        quadrant_share=1.0,
        quarter_inside=True,
        quarter_nearest=True,
        colour="grey",
        brightness=0.5,
        texture=0.05,
        colourfulness=0.2,
        steps=tuple(step(*each) for each in steps),
        measures=tuple(StepMeasure(change=10.0 + 30.0 * strength, strength=strength) for strength in strengths),
        strength=min(1.0, sum(strengths)),
        order_gap=order_gap if len(steps) > 1 else 0.0,
        seen_colour="grey",
        seen_texture=0.05,
    )


Plan = Sequence[tuple[str, int]]


@pytest.fixture(scope="session")
def picture() -> Callable[..., Picture]:
    """``picture([("blur", 5)], [])``: one argument a region; a step is 0.15 + 0.15 level strong unless ``strengths`` differs."""

    def make(*plans: Plan, strengths: dict[int, tuple[float, ...]] | None = None, order_gap: float = 0.4) -> Picture:
        regions = [
            region(i, plan, (strengths or {}).get(i, tuple(0.15 + 0.15 * level for _, level in plan)), order_gap)
            for i, plan in enumerate(plans)
        ]
        return Picture(
            id="c0ffee",
            source="ab" * 32,
            source_name="photo.jpg",
            source_licence="CC0",
            split="train",
            variant=0,
            width=WIDTH,
            height=HEIGHT,
            image_sha256="cd" * 32,
            regions=tuple(regions),
        )

    return make


@pytest.fixture
def provenance() -> Provenance:
    return Provenance(
        recipe="demo",
        recipe_digest="0" * 64,
        seed=0,
        variant=0,
        versions="{}",
        segmenter="none",
        teacher="grammar",
        prompt="p",
        checked="facts",
        attempts=1,
    )
