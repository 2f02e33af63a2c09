"""Sheets: sampled rows drawn for people, each with its picture, outlined regions, question and answer."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import binary_dilation, binary_erosion

from annotate.dataset import Dataset, RowGroup, pictures_of, plain_rows, row_ids
from annotate.tasks import tasks
from schemas.keys import unit
from schemas.masks import decode
from schemas.rows import Row

__all__ = ["Shown", "about_one_picture", "draw_picture", "draw_row", "sample", "sheet"]

Pixels = NDArray[np.uint8]

_WIDTH = 560  # of one row on the sheet, pixels
_PICTURE, _BESIDE = 640, 760  # of one picture and of the rows beside it, pixels
_FONT = 15
_LINE = 19
_CHARACTERS = 72  # in a line of that width
_TARGET, _OTHER, _SHADE = (255, 214, 0), (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True)
class Shown:
    """A row and the PNG file of its picture."""

    task: str
    row: Row
    file: bytes


def sample(dataset: Dataset, task: str, count: int, split: str = "") -> Iterator[Shown]:
    """Up to ``count`` rows of a task, the same ones every time, spread over its shards by the hash of their ids."""
    groups = [group for name, shard in dataset.shards(task, split) for group in dataset.row_groups(name, shard)]
    keyed = sorted((unit("show", name), place, name) for place, group in enumerate(groups) for name in row_ids(group))[:count]
    for place in sorted({place for _, place, _ in keyed}):
        yield from _with_pictures(groups[place], {name for _, other, name in keyed if other == place})


def about_one_picture(dataset: Dataset, split: str = "") -> list[Shown]:
    """One row of each task about the first picture, by the hash of its name, that has all of them."""
    rows: dict[str, dict[str, tuple[RowGroup, dict[str, object]]]] = {}
    for task in tasks.names():
        for group in (found for name, shard in dataset.shards(task, split) for found in dataset.row_groups(name, shard)):
            for row in plain_rows(group):
                rows.setdefault(str(row["image_sha256"]), {}).setdefault(task, (group, row))
    whole = [picture for picture, found in rows.items() if len(found) == len(tasks.names())]
    if not whole:
        return []
    chosen = rows[min(whole, key=lambda picture: unit("show", picture))]
    return [shown for group, row in chosen.values() for shown in _with_pictures(group, {str(row["id"])})]


def _with_pictures(group: RowGroup, ids: set[str]) -> Iterator[Shown]:
    rows = [tasks.get(group.task).row.model_validate(row) for row in plain_rows(group) if row["id"] in ids]
    files = {path: file for path, file in pictures_of(group) if path in {row.image.path for row in rows}}
    for row in rows:
        yield Shown(group.task, row, files[row.image.path] or b"")


def sheet(shown: Sequence[Shown], columns: int = 3) -> Image.Image:
    """Rows side by side, row by row."""
    drawn = [draw_row(each) for each in shown]
    lines = [drawn[start : start + columns] for start in range(0, len(drawn), columns)]
    heights = [max(part.height for part in line) for line in lines]
    page = Image.new("RGB", (columns * _WIDTH, sum(heights)), "white")
    top = 0
    for line, height in zip(lines, heights, strict=True):
        for column, part in enumerate(line):
            page.paste(part, (column * _WIDTH, top))
        top += height
    return page


def draw_row(shown: Shown) -> Image.Image:
    """One row: the picture with its regions outlined (the target thick and yellow), then what was asked and answered."""
    row = shown.row
    target = int(getattr(row, "target", -1))
    picture = Image.fromarray(_outlined(np.array(Image.open(io.BytesIO(shown.file)).convert("RGB")), row, target))
    picture = picture.resize((_WIDTH - 20, round(picture.height * (_WIDTH - 20) / picture.width)), Image.Resampling.LANCZOS)
    texts = list(_texts(shown, target))
    card = Image.new("RGB", (_WIDTH, picture.height + 20 + _LINE * len(texts) + 15), "white")
    card.paste(picture, (10, 10))
    _write(card, (10, picture.height + 16), texts)
    return card


def draw_picture(shown: Sequence[Shown]) -> Image.Image:
    """One picture with numbered regions on the left, and rows about it on the right."""
    row = shown[0].row
    picture = Image.fromarray(_outlined(np.array(Image.open(io.BytesIO(shown[0].file)).convert("RGB")), row, -1))
    picture = picture.resize((_PICTURE, round(picture.height * _PICTURE / picture.width)), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(picture)
    for number, region in enumerate(row.regions):
        x, y = (round(value * _PICTURE / row.width) for value in region.click)
        pen.ellipse((x - 13, y - 13, x + 13, y + 13), fill=_SHADE, outline=_TARGET)
        pen.text((x, y), str(number), fill="white", font=_font(), anchor="mm")
    below = [line for each in _states(row) for line in wrap(each, _PICTURE * _CHARACTERS // _WIDTH)]
    beside = [line for each in shown for line in _row_lines(each)]
    height = max(picture.height + 20 + _LINE * len(below), _LINE * len(beside)) + 30
    card = Image.new("RGB", (_PICTURE + _BESIDE, height), "white")
    card.paste(picture, (10, 10))
    _write(card, (10, picture.height + 20), [(line, "grey") for line in below])
    _write(card, (_PICTURE + 35, 10), beside)
    return card


def _row_lines(shown: Shown) -> Iterator[tuple[str, str]]:
    wide = _BESIDE * _CHARACTERS // _WIDTH
    yield f"{shown.task} {_kind(shown.row)}".rstrip(), "darkred"
    for text, colour in ((shown.row.question, "navy"), (shown.row.answer, "black")):
        yield from ((line, colour) for line in wrap(text, wide))
    yield "", "black"


def _write(card: Image.Image, place: tuple[int, int], lines: Sequence[tuple[str, str]]) -> None:
    pen = ImageDraw.Draw(card)
    for number, (text, colour) in enumerate(lines):
        pen.text((place[0], place[1] + number * _LINE), text, fill=colour, font=_font())


def _kind(row: Row) -> str:
    return " ".join(str(getattr(row, field)) for field in ("subtask", "ask", "form") if hasattr(row, field))


def _states(row: Row) -> Iterator[str]:
    for number, region in enumerate(row.regions):
        done = ", ".join(f"{step.function} {step.level} ({step.severity})" for step in region.steps) or "clean"
        gap = f", order gap {region.order_gap:.2f}" if len(region.steps) > 1 else ""
        yield f"{number} {region.phrase}: {done}; strength {region.strength:.2f}{gap}"


def _outlined(pixels: Pixels, row: Row, target: int) -> Pixels:
    canvas = pixels.copy()
    thick = max(1, round(max(pixels.shape) / 300))
    order = [i for i in range(len(row.regions)) if i != target] + ([target] if target >= 0 else [])
    for i in order:
        mask = decode(row.regions[i].mask)
        border = mask & ~binary_erosion(mask, iterations=thick * (2 if i == target else 1))
        canvas[binary_dilation(border) & ~mask] = _SHADE
        canvas[border] = _TARGET if i == target else _OTHER
    return canvas


def _texts(shown: Shown, target: int) -> Iterator[tuple[str, str]]:
    row = shown.row
    yield f"{shown.task} {_kind(row)} · {row.split} · {row.id[:12]}", "grey"
    for text, colour in ((f"Q: {row.question}", "navy"), (f"A: {row.answer}", "black")):
        yield from ((line, colour) for line in wrap(text, _CHARACTERS))
    for number, state in enumerate(_states(row)):
        mark, colour = (">", "darkgreen") if number == target else (" ", "grey")
        yield from ((line, colour) for line in wrap(f"{mark} {state}", _CHARACTERS))


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_FONT)
