"""What a set of questions will cost, before anything is sent: requests after stored answers, tokens, a range of dollars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from annotate.endpoint.money import IMAGE_DOUBT, expected_tokens
from annotate.endpoint.outcomes import TABLE, Event
from annotate.endpoint.prices import ImageRule, Price
from annotate.endpoint.question import Question
from annotate.endpoint.store import AnswerStore
from schemas.recipe import TeacherSettings

__all__ = ["Estimate", "estimate"]

REASKED = 0.15
"""share of texts that are expected to be asked for once more"""
TERSE = 0.8
"""output of a terse model, share of the usual"""
UNPRICED = Price(input=0, output=0, image=ImageRule(patches=1.2, most=4096))
"""for token counts of a model without a price"""


@dataclass(frozen=True)
class Estimate:
    """A forecast. Dollars are None where the model has no price."""

    questions: int
    stored: int
    """questions whose answers are in the store already"""
    input_tokens: int
    output_tokens: int
    low_usd: float | None = None
    """every text passes at once, fixed prompts are read from the provider's cache, answers are terse"""
    expected_usd: float | None = None
    """some texts are asked again; corrected by what this run's answers have really cost so far"""
    high_usd: float | None = None
    """every text takes all attempts with answers at the token limit, and pictures count half as much again"""
    correction: float = 1.0
    """real over expected cost of this run's answers so far; 1 if there are none"""

    @property
    def requests(self) -> int:
        """Questions that will be sent at least once."""
        return self.questions - self.stored


def estimate(questions: Iterable[Question], store: AnswerStore, settings: TeacherSettings, price: Price | None) -> Estimate:
    """Forecasts what asking ``questions`` would take. Sends nothing."""
    unique = {question.key: question for question in questions}
    known = store.answers(unique)
    new = [question for key, question in unique.items() if key not in known]
    tokens = [expected_tokens(question, price or UNPRICED) for question in new]
    total = (sum(count[0] for count in tokens), sum(count[2] for count in tokens))
    if price is None:
        return Estimate(len(unique), len(unique) - len(new), *total)
    tier = "batch" if settings.batch != "no" else settings.tier
    answers, expected, real = store.overrun()
    correction = real / expected if answers and expected else 1.0
    usual = sum(price.cost(count, tier) for count in tokens) * correction
    return Estimate(
        len(unique),
        len(unique) - len(new),
        *total,
        low_usd=sum(price.cost(_low(question, count), tier) for question, count in zip(new, tokens, strict=True))
        * min(1.0, correction),
        expected_usd=usual * (1 + REASKED),
        high_usd=sum(price.cost(_high(question, price), tier) for question in new) * settings.attempts * max(1.0, correction),
        correction=correction,
    )


def as_mapping(forecast: Estimate) -> Mapping[str, float | int | None]:
    """For programs."""
    return {**forecast.__dict__, "requests": forecast.requests}


def _low(question: Question, usual: tuple[int, int, int]) -> tuple[int, int, int]:
    return usual[0], min(usual[0], len(question.system) // 4), ceil(usual[2] * TERSE)


def _high(question: Question, price: Price) -> tuple[int, int, int]:
    given, _, _ = expected_tokens(question, price)
    pictures = sum(price.image.tokens(image.width, image.height) for image in question.images)
    limit = question.max_tokens * (1 + TABLE[Event.CUT].resend)
    return ceil(1.3 * (given - pictures) + IMAGE_DOUBT * pictures), 0, limit
