"""docs/distortions.md says what the library does: ``python -m tests.distortions.test_distortions_page`` prints its tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distortions import Distortion, pool

PAGE = Path(__file__).parents[2] / "docs" / "distortions.md"
HEAD = "| name | category | parameters of levels 1 to 5 | reads, px | random | sound levels |\n|---|---|---|---|---|---|"


def values(entry: Distortion) -> str:
    names = list(entry.levels[0])
    return "; ".join(f"{name} {', '.join(json.dumps(level[name]) for level in entry.levels)}" for name in names)


def reach(entry: Distortion) -> str:
    if any(entry.support(level).whole for level in range(1, 6)):
        return "all"
    radii = [entry.support(level).radius for level in range(1, 6)]
    farthest = str(radii[0]) if len(set(radii)) == 1 else ", ".join(map(str, radii))
    return farthest + (" + statistics" if entry.needs_statistics else "")


def row(entry: Distortion) -> str:
    sound = ", ".join(map(str, entry.sound_levels)) or "none"
    drawn = "yes" if entry.random else ""
    return f"| `{entry.name}` | {entry.category} | {values(entry)} | {reach(entry)} | {drawn} | {sound} |"


@pytest.mark.parametrize("taxonomy", ["dq495k", "kadid25"])
def test_the_page_shows_every_function_with_the_numbers_it_has(taxonomy):
    text = PAGE.read_text()
    stale = [entry.name for entry in pool(taxonomy) if row(entry) not in text]
    assert stale == [], "run: python -m tests.distortions.test_distortions_page and paste the rows"


@pytest.mark.parametrize("family", ["albumentations"])
def test_the_page_names_every_member_of_a_family(family):
    text = PAGE.read_text()
    assert [entry.name for entry in pool(family) if f"`{entry.name.partition('.')[2]}`" not in text] == []


if __name__ == "__main__":
    for name in ("dq495k", "kadid25"):
        print(f"\n{name}\n\n{HEAD}")
        for one in pool(name):
            print(row(one))
