"""The forecast of a build's cost: everything up to the describe stage, then questions that are counted instead of sent."""

from __future__ import annotations

from dataclasses import replace

from annotate.chunks import StoredPixels, photos_of, text_requests
from annotate.endpoint.estimate import Estimate
from annotate.mapping import Mapper
from annotate.pipeline import BuildOrder, planned
from annotate.teachers import teachers
from annotate.watch import Watch
from schemas.errors import UsageError
from schemas.values import Ask

__all__ = ["forecast"]


def forecast(order: BuildOrder, mapper: Mapper, watch: Watch) -> Estimate:
    """The estimate of all splits of an order together.

    Raises:
        UsageError: the teacher costs nothing.
    """
    from annotate.teachers._openai_writer import OpenAIWriter  # noqa: PLC0415 - the openai package is heavy

    settings = order.recipe.teacher
    # Without a price the tokens are still worth knowing, whatever the cap.
    teachers.get(settings.name).check(settings.model_copy(update={"budget_usd": None}))
    total = Estimate(0, 0, 0, 0)
    for jobs, photos in planned(order, mapper, watch):
        if not jobs:
            continue
        writer = teachers.get(settings.name).open(settings, jobs[0].workspace.folder)
        if not isinstance(writer, OpenAIWriter):
            raise UsageError(f"teacher.name: {settings.name} costs nothing; estimate is for --teacher openai.")
        pixels = StoredPixels(jobs[0].workspace, order.recipe)
        named = photos_of(jobs, photos) if settings.refine_labels else []
        labels = writer.stored_labels(named, pixels)
        asks = [Ask(request=request) for job in jobs for request in text_requests(job.with_labels(labels))]
        total = _sum(total, writer.estimate(named, asks, pixels))
        writer.close()
    return total


def _sum(one: Estimate, other: Estimate) -> Estimate:
    """Adds up; dollars of a first, empty estimate count as none, not as unknown."""
    if not one.questions:
        return other
    return replace(
        other,
        questions=one.questions + other.questions,
        stored=one.stored + other.stored,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        low_usd=_add(one.low_usd, other.low_usd),
        expected_usd=_add(one.expected_usd, other.expected_usd),
        high_usd=_add(one.high_usd, other.high_usd),
    )


def _add(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
