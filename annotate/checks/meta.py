"""meta: the text tells how the dataset was made, or is no plain prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import read
from schemas.values import Finding, TextRequest

_FORMS: Final = {
    "a level or number": re.compile(
        r"\b(?:level|region|area|id|step|severity|index|no\.?)\s*[:#=]?\s*\d|#\d|\b\d+\s*/\s*\d+|\d\s?%|\b\d+\.\d+|[(\[]\s*\d+\s*[,)\]]",
        re.IGNORECASE,
    ),
    "markup": re.compile(r"```|[{}<>|]|\*\*|^\s*(?:[-*•]|\d+[.)]|#+)\s", re.MULTILINE),
    "a name from code": re.compile(r"\b[a-z]+_[a-z_]+\b"),
}

_WORN: Final = frozenset({"mask", "the mask", "a mask", "its mask"})
"""No leaks in a text about somebody who wears one."""
_SUSPECT: Final = "0123456789`{}<>|*_#•\n"
"""Characters without one of which no form can match, unless the text begins with a dash; most texts have none."""


class Meta:
    """No leak of references, masks, levels, ids, prompts; no markup; no refusal."""

    name = "meta"
    codes: ClassVar[tuple[str, ...]] = ("meta",)

    def find(self, request: TextRequest, text: str) -> Iterator[Finding]:
        """One finding for each leak."""
        reading = read(request, text)
        worn = not lexicon().words["wearing"].isdisjoint(reading.words)
        for leak in reading.leaks:
            if worn and leak in _WORN:
                continue
            message = f"The text must speak only of what is seen in the picture, so it must not say {leak!r}."
            yield Finding(code="meta", message=message, subject=request.id)
        for what, form in _FORMS.items() if _is_suspect(text) else ():
            found = form.search(text)
            if found:
                message = f"The text must be plain prose; it holds {what}: {found[0].strip()!r}."
                yield Finding(code="meta", message=message, subject=request.id)


def _is_suspect(text: str) -> bool:
    return any(letter in text for letter in _SUSPECT) or text.lstrip().startswith("-")


PLUGIN = Meta()
