"""No id twice, no question twice about one region of one picture, no picture under two names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import Literal

from annotate.dataset import Dataset, Entry
from schemas.values import Finding

__all__ = ["PLUGIN", "Duplicates"]


class Duplicates:
    """Ids, questions and pictures."""

    name = "duplicates"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:  # noqa: ARG002
        """Counts what must be unique."""
        yield from _repeated("id", ((entry.id, entry.id) for entry in entries))
        asked = (((entry.picture, entry.kind, entry.target, entry.question), entry.id) for entry in entries)
        yield from _repeated("question", asked)
        names: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            names[entry.image_sha256].add(entry.picture)
        for value, pictures in names.items():
            if len(pictures) > 1:
                message = f"one picture has the names {', '.join(sorted(pictures))}"
                yield Finding(code="duplicates", message=message, subject=value)


def _repeated(what: str, keyed: Iterator[tuple[Hashable, str]]) -> Iterator[Finding]:
    seen: set[Hashable] = set()
    for key, row in keyed:
        if key in seen:
            yield Finding(code="duplicates", message=f"the {what} of row {row} stands in another row too", subject=row)
        seen.add(key)


PLUGIN = Duplicates()
