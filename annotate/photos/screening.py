"""A look at what screening refuses: every photo of a folder measured, the unclean ones drawn on one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from annotate.photos.cleanliness import Cleanliness, measure, objections
from annotate.sources import PhotoFile
from annotate.stages.source import pixels
from schemas.errors import PhotoError
from schemas.recipe import PhotoSettings, ScreenSettings

__all__ = ["Screened", "screen", "sheet"]

_COLUMNS = 4
_WIDTH, _HEIGHT, _LINE, _GAP = 300, 200, 15, 10
_PAPER, _INK, _RED = (255, 255, 255), (40, 40, 40), (170, 20, 20)


@dataclass(frozen=True)
class Screened:
    """A photo as screening sees it."""

    name: str
    measures: Cleanliness | None
    """None for a file that is no usable photo"""
    reasons: tuple[str, ...]
    """why it would be refused; empty if it would be kept"""
    thumbnail: NDArray[np.uint8] | None
    """uint8 RGB, kept for refused photos only"""


def screen(file: PhotoFile, photos: PhotoSettings, limits: ScreenSettings) -> Screened:
    """Measures a photo as a build with these settings would see it."""
    try:
        image = pixels(file.path.read_bytes(), photos)
    except (PhotoError, OSError) as error:
        return Screened(file.name, None, (str(error),), None)
    found = measure(image)
    reasons = tuple(objection.reason for objection in objections(found, limits))
    return Screened(file.name, found, reasons, _small(image) if reasons else None)


def sheet(photos: Sequence[Screened]) -> Image.Image:
    """The refused photos side by side, each with its name, reasons and measures."""
    refused = [photo for photo in photos if photo.reasons]
    lines = 3 + max((len(photo.reasons) for photo in refused), default=0)
    cell = (_WIDTH + _GAP, _HEIGHT + lines * _LINE + 2 * _GAP)
    rows = max(1, -(-len(refused) // _COLUMNS))
    paper = Image.new("RGB", (_COLUMNS * cell[0] + _GAP, rows * cell[1] + _GAP), _PAPER)
    for number, photo in enumerate(refused):
        row, column = divmod(number, _COLUMNS)
        _draw(paper, photo, (_GAP + column * cell[0], _GAP + row * cell[1]))
    return paper


def _small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture = Image.fromarray(image)
    picture.thumbnail((_WIDTH, _HEIGHT))
    return np.asarray(picture)


def _draw(paper: Image.Image, photo: Screened, corner: tuple[int, int]) -> None:
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(11)
    left, top = corner
    if photo.thumbnail is not None:
        paper.paste(Image.fromarray(photo.thumbnail), corner)
    measured = [f"{name} {value:g}" for name, value in photo.measures._asdict().items()] if photo.measures else []
    notes = [", ".join(measured[:2]), ", ".join(measured[2:])]
    texts = [(photo.name[:46], _INK), *((_short(reason), _RED) for reason in photo.reasons), *((note, _INK) for note in notes)]
    for number, (text, colour) in enumerate(texts):
        pen.text((left, top + _HEIGHT + 4 + number * _LINE), text, fill=colour, font=font)


def _short(reason: str) -> str:
    return reason if len(reason) <= 52 else f"{reason[:49]}..."
