"""grammar: the embedded teacher. It writes English from the facts alone, without a model, a network or a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import ClassVar, Literal

from annotate.language.grammar.plans import compose
from annotate.teachers import Pixels, Writer
from schemas.keys import sha256
from schemas.recipe import TeacherSettings
from schemas.values import Answer, Ask, Quarantined


class GrammarWriter:
    """Writes one text for each ask: the same text for the same request and attempt, whatever was asked before."""

    def write(self, asks: Sequence[Ask], pixels: Pixels) -> Iterator[Answer | Quarantined]:  # noqa: ARG002 - facts are enough
        """The texts, in the order of the asks."""
        for ask in asks:
            text = compose(ask.request, ask.attempt)
            yield Answer(request=ask.request.id, text=text, teacher="grammar", prompt=grammar_digest(), attempts=ask.attempt)


@cache
def grammar_digest() -> str:
    """sha256 over the files of ``annotate.language.grammar``: code, frames and banks, by name."""
    folder = files("annotate.language.grammar")
    parts = [part for place in (folder, folder / "banks") for part in place.iterdir() if part.name.endswith((".py", ".toml"))]
    return sha256(b"".join(part.name.encode() + part.read_bytes() for part in sorted(parts, key=lambda part: part.name)))


class GrammarTeacher:
    """The kind of teacher that needs nothing."""

    name = "grammar"
    runs: ClassVar[Literal["workers", "main"]] = "workers"

    def check(self, settings: TeacherSettings) -> None:
        """Nothing can be wrong."""

    def open(self, settings: TeacherSettings, folder: Path) -> Writer:  # noqa: ARG002 - it has no settings and stores nothing
        """A writer."""
        return GrammarWriter()


PLUGIN = GrammarTeacher()
