"""The turn that names regions: one question for each photo, from the pristine picture and close-ups of its regions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from annotate.endpoint.question import Image, Question
from annotate.language.lexicon import lexicon
from annotate.language.reading.words import words_of
from annotate.teachers import Named, Pixels
from annotate.teachers._crops import around, close_up, encode, whole
from annotate.teachers._prompts import Prompts
from schemas.keys import digest
from schemas.recipe import TeacherSettings
from schemas.values import Region

__all__ = ["Labels", "accepted", "label_question"]

TOKENS_PER_LABEL: Final = 12
_LABEL: Final = re.compile(r"[a-z][a-z'-]*( [a-z][a-z'-]*){0,3}")
_ARTICLE: Final = re.compile(r"^(the|a|an) ")
_NO_LABEL: Final = frozenset(
    [
        "left",
        "right",
        "top",
        "bottom",
        "upper",
        "lower",
        "middle",
        "centre",
        "center",
        "corner",
        "side",
        "edge",
        "background",
        "foreground",
        "picture",
        "photo",
        "photograph",
        "image",
        "part",
        "region",
        "area",
        "object",
        "thing",
        "unknown",
        "mask",
        "segment",
        "it",
        "this",
        "that",
        "these",
        "those",
    ]
)
"""words that name a place or nothing at all"""


class Labels(BaseModel):
    """Names of regions."""

    labels: Annotated[list[str], Field(description="one noun phrase for each part, in the order given")]


def label_question(named: Named, pixels: Pixels, settings: TeacherSettings, prompts: Prompts) -> Question:
    """The question for the labels of a photo's regions. It depends on the pristine photo alone, so all variants share it."""
    photo, regions = named

    @cache
    def image() -> NDArray[np.uint8]:
        return pixels.photo(photo)

    identity = digest("pristine", photo.sha256, photo.width, photo.height)
    facts = {"regions": [{"phrase": region.phrase, "where": region.where, "colour": region.colour} for region in regions]}
    shown: list[str | Image] = ["The photograph:"]
    shown.append(whole(identity, (photo.width, photo.height), lambda: encode(image()), settings.detail))
    for region in regions:
        if (box := around(region.bbox, photo.width, photo.height)) is not None:
            shown += [f"Close-up of {region.phrase}:", close_up(identity, box, image, settings.detail)]
    return Question(
        kind="labels",
        model=settings.model,
        system=prompts.render("labels_system", facts),
        parts=(prompts.render("labels", facts), *shown),
        form=Labels,
        temperature=0.0,
        max_tokens=settings.max_tokens,
        seed=0,
        output_tokens=TOKENS_PER_LABEL * len(regions),
    )


def accepted(labels: Sequence[str], regions: Sequence[Region]) -> tuple[str, ...] | None:
    """One label for each region: the teacher's where it is a plain noun phrase, else the old one; None if the count is wrong."""
    if len(labels) != len(regions):
        return None
    return tuple(_label(label, region) for label, region in zip(labels, regions, strict=True))


def _label(said: str, region: Region) -> str:
    label = _ARTICLE.sub("", " ".join(said.lower().split()).rstrip("."))
    if not _LABEL.fullmatch(label) or _NO_LABEL.intersection(label.split()) or _speaks_of_quality(label):
        return region.raw_label
    return label


def _speaks_of_quality(label: str) -> bool:
    words = words_of(label)
    terms = (term for i in range(len(words)) for term in lexicon().index.at(words, i))
    return any(term.asserts or term.role not in ("", "benign") for term in terms)
