"""The labelled sentences of tests/data/sentences, as requests; run as a script it prints how well the validator does on them.

python tests/sentences.py [development|held-out] [--faults]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.checks import checks, judge
from schemas.keys import digest
from schemas.masks import full
from schemas.values import Picture, RegionState, Severity, Step, StepMeasure, TextRequest

FOLDER = Path(__file__).parent / "data" / "sentences"
HALVES = ("development", "held-out")
SIDE = 300
_LEVELS: dict[Severity, int] = {"mild": 1, "moderate": 3, "severe": 5}
_COLUMNS = {"left": (10, 90), "right": (210, 290), "middle": (110, 190)}
_ROWS = {"top": (10, 90), "bottom": (210, 290), "middle": (110, 190)}
_PLACES = {
    "left": ("left", "middle", "on the left"),
    "right": ("right", "middle", "on the right"),
    "top": ("middle", "top", "at the top"),
    "bottom": ("middle", "bottom", "at the bottom"),
    "centre": ("middle", "middle", "in the centre"),
    "upper left": ("left", "top", "in the upper left"),
    "upper right": ("right", "top", "in the upper right"),
    "lower left": ("left", "bottom", "in the lower left"),
    "lower right": ("right", "bottom", "in the lower right"),
}


@dataclass(frozen=True)
class Sentence:
    """A labelled text."""

    half: str
    style: str
    request: TextRequest
    codes: frozenset[str]
    text: str


def sentences(half: str = "") -> list[Sentence]:
    """All labelled sentences, or those of one half."""
    return [sentence for file in sorted(FOLDER.glob(f"{half or '*'}/*.txt")) for sentence in _read(file)]


def _read(file: Path) -> Iterator[Sentence]:
    for line in file.read_text(encoding="utf-8").splitlines():
        kind, regions, codes, text = (part.strip() for part in line.split(" | ", 3))
        states = tuple(region_state(index, spec) for index, spec in enumerate(regions.split(";")))
        request = TextRequest(id=digest(text), kind=kind, picture=picture(states), targets=() if kind == "global" else (0,))  # type: ignore[arg-type]
        yield Sentence(file.parent.name, file.stem, request, frozenset() if codes == "-" else frozenset(codes.split(",")), text)


def picture(regions: tuple[RegionState, ...]) -> Picture:
    """A picture of SIDE x SIDE pixels with these regions."""
    return Picture(
        id=digest("picture", [region.phrase for region in regions]),
        source="0" * 64,
        source_name="test",
        source_licence="",
        split="train",
        variant=0,
        width=SIDE,
        height=SIDE,
        image_sha256="0" * 64,
        regions=regions,
    )


def region_state(index: int, spec: str) -> RegionState:
    """A region of a specification like ``bus @ left : blur severe, noise mild``."""
    name, _, damage = spec.partition(":")
    label, place = (part.strip() for part in name.split("@"))
    column, row, where = _PLACES[place]
    (x0, x1), (y0, y1) = _COLUMNS[column], _ROWS[row]
    steps = tuple(_step(*part.split()) for part in damage.split(",") if part.strip())
    return RegionState(
        index=index,
        label=label,
        raw_label=label,
        phrase=f"the {label} {where}",
        where=where,
        horizontal="left" if x0 + x1 < SIDE else "right",
        vertical="top" if y0 + y1 < SIDE else "bottom",
        bbox=(x0, y0, x1, y1),
        area=6400,
        mask=full(SIDE, SIDE),
        holes=0,
        components=1,
        click=((x0 + x1) // 2, (y0 + y1) // 2),
        quadrant_share=1.0,
        quarter_inside=True,
        quarter_nearest=True,
        colour="brown",
        brightness=0.5,
        texture=0.03,
        colourfulness=0.3,
        steps=steps,
        measures=tuple(StepMeasure(change=9.0, strength=0.3) for _ in steps),
        strength=0.3 if steps else 0.0,
        order_gap=0.0,
        seen_colour="brown",
        seen_texture=0.03,
    )


def whole_state(damage: str) -> RegionState:
    """The one region of a picture that was distorted all over, by damage like ``blur severe, noise mild``."""
    of_all = {
        "label": "whole picture",
        "raw_label": "whole picture",
        "phrase": "the whole picture",
        "where": "throughout the picture",
        "horizontal": "right",
        "vertical": "bottom",
        "bbox": (0, 0, SIDE, SIDE),
        "area": SIDE * SIDE,
    }
    return region_state(0, f"picture @ centre : {damage}").model_copy(update=of_all)


def _step(category: str, severity: Severity) -> Step:
    return Step(
        category=category, function=f"{category}.any", level=_LEVELS[severity], severity=severity, seed=1, parameters="{}"
    )


def found_codes(sentence: Sentence) -> frozenset[str]:
    """The codes that the checks find."""
    return frozenset(finding.code for finding in judge(sentence.request, sentence.text))


def scores(items: list[Sentence]) -> dict[str, tuple[int, int, int]]:
    """For each code (true positives, false positives, false negatives); "right" counts right texts passed and rejected."""
    found = {code: [0, 0, 0] for check in checks.all() for code in check.codes}
    passed = [0, 0, 0]
    for sentence in items:
        codes = found_codes(sentence)
        for code, counts in found.items():
            counts[0] += code in codes and code in sentence.codes
            counts[1] += code in codes and code not in sentence.codes
            counts[2] += code not in codes and code in sentence.codes
        if not sentence.codes:
            passed[1 if codes else 0] += 1
    return {code: (counts[0], counts[1], counts[2]) for code, counts in found.items()} | {"right": (passed[0], passed[1], 0)}


def main(arguments: list[str]) -> None:
    """Prints precision and recall for each code, and on demand the sentences that went wrong."""
    half = next((word for word in arguments if word in HALVES), "")
    items = sentences(half)
    print(f"{len(items)} sentences, {half or 'both halves'}")
    for code, (hits, false, missed) in scores(items).items():
        if code == "right":
            print(f"{'right texts':14} {hits + false:4} rejected {false} ({false / max(hits + false, 1):.1%})")
        else:
            precision, recall = hits / max(hits + false, 1), hits / max(hits + missed, 1)
            print(f"{code:14} {hits + missed:4} precision {precision:.3f} recall {recall:.3f}")
    if "--faults" in arguments:
        for sentence in items:
            codes = found_codes(sentence)
            if codes != sentence.codes:
                print(f"\n[{sentence.style}] expected {sorted(sentence.codes)} found {sorted(codes)}\n  {sentence.text[:400]}")
                for finding in judge(sentence.request, sentence.text):
                    print("   ", finding.code, finding.message)


if __name__ == "__main__":
    main(sys.argv[1:])
