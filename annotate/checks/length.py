"""length: the text is much shorter or longer than its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from annotate.language.reading.facts import subjects
from schemas.values import DescriptionKind, Finding, TextRequest

LIMITS: Final[Mapping[DescriptionKind, tuple[int, int]]] = {
    "global": (90, 175),
    "local": (22, 80),
    "long": (6, 90),
    "grounding": (6, 60),
}
"""Fewest and most words. The paper's global descriptions have 110 to 150 words and its local ones about 45; a teacher is
given some room on both sides, since a good text of 100 words is worth more than a padded one."""

_REGIONS: Final = 6
_MORE: Final = 16
"""Each region beyond six gives a global description this many more words to speak of it."""


class Length:
    """The number of words must fit the kind of text."""

    name = "length"
    codes: ClassVar[tuple[str, ...]] = ("length",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """At most one finding."""
        least, most = LIMITS[request.kind]
        most += _MORE * max(0, len(subjects(request)) - _REGIONS)
        count = len(text.split())
        if not least <= count <= most:
            message = f"The text has {count} words; it must have {least} to {most}."
            yield Finding(code="length", message=message, subject=request.id)


PLUGIN = Length()
