"""What a text must pass. One file is one check; ``annotate.checks`` is also the entry-point group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from schemas.registry import Registry
from schemas.values import Finding, TextRequest

__all__ = ["Check", "checks", "judge"]


class Check(Protocol):
    """Compares a text with the facts of its request. Model-free, stateless, below half a millisecond all together."""

    name: str
    codes: tuple[str, ...]
    """the codes its findings can have"""

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """What the check has against the text; nothing if it passes."""
        ...


checks: Registry[Check] = Registry("check", __name__)


def judge(request: TextRequest, text: str) -> tuple[Finding, ...]:
    """What all checks have against a text, by check name; empty if it may enter a row."""
    return tuple(finding for check in checks.all() for finding in check.find(request, text))
