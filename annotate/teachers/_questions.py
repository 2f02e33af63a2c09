"""From an ask to a question: facts in plain words, prompts, pictures, and a manner of writing drawn for each item."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from annotate.checks.length import LIMITS
from annotate.endpoint.question import Image, Question
from annotate.teachers import Pixels
from annotate.teachers._crops import around, close_up, decode, whole
from annotate.teachers._prompts import Prompts
from annotate.truth.facts import noun
from distortions.categories import CATEGORIES
from schemas.keys import unit
from schemas.recipe import TeacherSettings
from schemas.values import Ask, DescriptionKind, Picture, RegionState, Step, TextRequest

__all__ = ["Description", "prompt_names", "question_of"]

SPREAD = 0.15
"""temperature of an item differs by at most this from the setting"""
AIMS: dict[DescriptionKind, tuple[int, int]] = {"global": (110, 150), "local": (35, 55), "long": (20, 60), "grounding": (15, 40)}
"""fewest and most words asked for, inside what the length check lets pass"""
TOKENS_PER_WORD = 1.4
FORM_TOKENS = 12


class Description(BaseModel):
    """What a description is asked for as."""

    description: Annotated[str, Field(description="the text, one paragraph of plain prose")]


def prompt_names(kind: DescriptionKind, *, labelled: bool) -> tuple[str, ...]:
    """The prompt files that decide a text of that kind; those for labels too where a teacher names the regions."""
    return ("system", kind, "again", "neutral", *(("labels_system", "labels") if labelled else ()))


def question_of(ask: Ask, pixels: Pixels, settings: TeacherSettings, prompts: Prompts) -> Question:
    """The question that an ask stands for. The same ask gives the same key, whatever was asked before."""
    request = ask.request
    least, most = AIMS[request.kind]
    shown = _subjects(request)
    facts = {
        "regions": [_facts(region) for region in shown],
        "least": max(least, LIMITS[request.kind][0]),
        "most": min(most, LIMITS[request.kind][1]),
        "style": prompts.style(request.kind, request.id, str(ask.attempt)),
        "whole": shown[0].covers_picture,
    }
    text = prompts.render(request.kind, facts)
    if ask.findings:
        reasons = [finding.message for finding in ask.findings]
        text += "\n\n" + prompts.render("again", {"rejected": ask.rejected, "findings": reasons})
    return Question(
        kind=request.kind,
        model=settings.model,
        system=prompts.render("system", facts),
        parts=(text, *_shown(request.picture, shown, pixels, settings.detail)),
        form=Description,
        temperature=_temperature(settings, request.id),
        max_tokens=settings.max_tokens,
        seed=int(unit("seed", request.id, str(ask.attempt)) * 2**31),
        sample=ask.attempt - 1,
        neutral=prompts.render("neutral", facts),
        output_tokens=round((least + most) / 2 * TOKENS_PER_WORD) + FORM_TOKENS,
    )


def _subjects(request: TextRequest) -> tuple[RegionState, ...]:
    regions = request.picture.regions
    return regions if request.kind == "global" else tuple(regions[i] for i in request.targets)


def _facts(region: RegionState) -> dict[str, Any]:
    return {
        "phrase": region.phrase,
        "label": region.label,
        "where": "" if region.covers_picture else region.where,
        "colour": "" if region.covers_picture or region.seen_colour != region.colour else region.colour,
        "distortions": [_distortion(step) for step in region.steps],
    }


def _distortion(step: Step) -> dict[str, str]:
    known = CATEGORIES.get(step.category)
    return {
        "severity": step.severity,
        "noun": noun(step.category),
        "category": step.category,
        "function": step.function.rpartition(".")[2],
        "effect": known.effect if known else "",
    }


def _shown(picture: Picture, regions: tuple[RegionState, ...], pixels: Pixels, detail: str) -> list[str | Image]:
    def load() -> bytes:
        return pixels.picture(picture)

    image = decode(load)
    parts: list[str | Image] = ["The picture:", whole(picture.image_sha256, (picture.width, picture.height), load, detail)]
    for region in regions:
        if (box := around(region.bbox, picture.width, picture.height)) is not None:
            parts += [f"Close-up of {region.phrase}:", close_up(picture.image_sha256, box, image, detail)]
    return parts


def _temperature(settings: TeacherSettings, key: str) -> float:
    if settings.temperature == 0:
        return 0.0
    varied = settings.temperature + SPREAD * (2 * unit("temperature", key) - 1)
    return round(min(2.0, max(0.0, varied)), 2)
