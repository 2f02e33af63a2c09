"""unreferenced: a text about one region names neither an object nor a position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import read
from annotate.language.reading.references import without_place
from annotate.language.reading.words import words_of
from schemas.values import Finding, TextRequest


class Unreferenced:
    """A reader must know which region is meant."""

    name = "unreferenced"
    codes: ClassVar[tuple[str, ...]] = ("unreferenced",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """At most one finding."""
        if request.kind == "global" or not request.targets:
            return
        reading = read(request, text)
        region = request.picture.regions[request.targets[0]]
        naming = set(words_of(f"{region.label} {without_place(region)} {region.colour}")) - lexicon().words["weak"]
        said = {word.removesuffix("s") for word in reading.words}
        if region.index in reading.named or reading.spots or naming.intersection(reading.words) or naming.intersection(said):
            return
        if not any(place.role == region.where for _, place in lexicon().places.scan(reading.words)):
            message = f"The text does not say which region it is about: name it as {region.phrase}."
            yield Finding(code="unreferenced", message=message, subject=request.id)


PLUGIN = Unreferenced()
