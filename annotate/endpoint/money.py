"""What a question will cost: usually, and at worst."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Self

from annotate.endpoint.ladder import response_format
from annotate.endpoint.outcomes import Usage
from annotate.endpoint.prices import Price, read_prices
from annotate.endpoint.question import Question
from schemas.errors import BudgetError
from schemas.keys import canonical_json
from schemas.recipe import TeacherSettings

__all__ = ["Money", "expected_tokens", "worst_tokens"]

CHARACTERS_PER_TOKEN = 4.0
"""of English text, for what is expected"""
FRAME_TOKENS = 20
"""roles and separators of a request"""
IMAGE_DOUBT = 1.5
"""documents and bills on image tokens have disagreed by about this much"""


def expected_tokens(question: Question, price: Price) -> tuple[int, int, int]:
    """(input, cached, output) tokens that a question usually takes."""
    letters = sum(map(len, question.texts)) + len(canonical_json(response_format("strict", question.form)))
    pictures = sum(price.image.tokens(image.width, image.height) for image in question.images)
    return ceil(letters / CHARACTERS_PER_TOKEN) + FRAME_TOKENS + pictures, 0, question.output_tokens


def worst_tokens(question: Question, price: Price, max_tokens: int) -> tuple[int, int, int]:
    """(input, cached, output) tokens that a question cannot exceed: a token is at least a byte, the answer has its limit."""
    letters = sum(len(text.encode()) for text in question.texts) + 2 * len(
        canonical_json(response_format("strict", question.form))
    )
    pictures = sum(price.image.tokens(image.width, image.height) for image in question.images)
    return letters + 200 + ceil(pictures * IMAGE_DOUBT), 0, max_tokens


@dataclass(frozen=True)
class Money:
    """Prices of one model; free of charge where they are unknown and no cap asks for them."""

    price: Price | None
    cap: float | None = None

    @classmethod
    def of(cls, settings: TeacherSettings) -> Self:
        """The money of a run.

        Raises:
            UsageError: the price file is wrong.
            BudgetError: there is a cap, but no price to hold it with.
        """
        price = read_prices(settings.prices).of(settings.model)
        if settings.budget_usd is not None and price is None:
            raise BudgetError(
                f"teacher.budget_usd is set, but the price of model {settings.model!r} is unknown, so the cap cannot be held. "
                "Name a price file with it in teacher.prices (zeros for a model of your own)."
            )
        return cls(price, settings.budget_usd)

    def expected(self, question: Question, tier: str = "") -> float:
        """Dollars that a question usually costs."""
        return self.price.cost(expected_tokens(question, self.price), tier) if self.price else 0.0

    def worst(self, question: Question, max_tokens: int, tier: str = "") -> float:
        """Dollars to reserve before sending; at the full price for online tiers, which are not always given when asked for."""
        return self.price.cost(worst_tokens(question, self.price, max_tokens), tier) if self.price else 0.0

    def real(self, usage: Usage, question: Question, max_tokens: int, tier: str = "") -> float:
        """Dollars that an answer cost by its usage; the worst where the server does not say."""
        if self.price is None:
            return 0.0
        if not usage.known:
            return self.worst(question, max_tokens)
        return self.price.cost((usage.input, usage.cached, usage.output), tier)

    def cap_reached(self, committed: float, worst: float) -> BudgetError:
        """The error that ends a run at its cap: ``committed`` dollars may have to be paid, ``worst`` more are asked for."""
        return BudgetError(
            f"The cap of ${self.cap:g} is reached: ${committed:.4f} is spent or may be billed, and the next request may cost "
            f"${worst:.4f}. What is paid for is kept: to go on, run the same command with a higher --budget-usd."
        )
