"""What is asked of a model, and the key that tells whether it was asked before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from annotate.endpoint.ladder import schema
from schemas.keys import canonical_json, sha256

__all__ = ["KEY_VERSION", "Image", "Question"]

KEY_VERSION = 1
"""raise it and no stored answer is found any more"""


@dataclass(frozen=True)
class Image:
    """A lossless picture inside a question, loaded only when it is sent."""

    identity: str
    """digest that decides the pixels, for example of (picture's sha256, box): no file is read to find a stored answer"""
    width: int
    height: int
    load: Callable[[], bytes] = field(compare=False, repr=False)
    """the file's bytes"""
    media_type: str = "image/png"
    detail: str = "high"

    def described(self) -> dict[str, str]:
        """What stands for the picture in the key."""
        return {"image": self.identity, "detail": self.detail, "media_type": self.media_type}


@dataclass(frozen=True)
class Question:
    """One chat completion to be had: a system text, a user message of texts and pictures, and the form of the answer."""

    kind: str
    model: str
    system: str
    parts: tuple[str | Image, ...]
    form: type[BaseModel]
    """the JSON object asked for: flat, all fields required"""
    temperature: float
    max_tokens: int
    seed: int | None = None
    sample: int = 0
    """counts fresh samples of the same question"""
    neutral: str = field(default="", compare=False)
    """a plainer system text, sent once after a refusal"""
    output_tokens: int = field(default=150, compare=False)
    """tokens that an answer usually has, for estimates"""

    def stated(self) -> dict[str, Any]:
        """Everything that makes this question a different one from others, as JSON values.

        The API key, address, timeouts, service tier, batch or not, and what a server made of the response format stay out.
        """
        return {
            "version": KEY_VERSION,
            "kind": self.kind,
            "model": self.model,
            "system": self.system,
            "user": [part if isinstance(part, str) else part.described() for part in self.parts],
            "form": schema(self.form),
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "sample": self.sample,
        }

    @cached_property
    def body(self) -> str:
        """Canonical JSON of ``stated``: stored beside the answer, and what the key is made of."""
        return canonical_json(self.stated())

    @cached_property
    def key(self) -> str:
        """sha256 of ``body``, hexadecimal."""
        return sha256(self.body.encode())

    @property
    def images(self) -> tuple[Image, ...]:
        """The pictures among the parts."""
        return tuple(part for part in self.parts if isinstance(part, Image))

    @property
    def texts(self) -> tuple[str, ...]:
        """The system text and the texts among the parts."""
        return (self.system, *(part for part in self.parts if isinstance(part, str)))

    def plainer(self) -> Question:
        """The question with its neutral system text; its answers are still stored under this question's key."""
        return replace(self, system=self.neutral or self.system)
