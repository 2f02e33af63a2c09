"""No photo and no picture is in two splits, and every row lies in the shards of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.dataset import Dataset, Entry
from schemas.values import Finding

__all__ = ["PLUGIN", "Splits"]


class Splits:
    """Separation of the splits."""

    name = "splits"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:  # noqa: ARG002
        """Compares rows, shards, photos and stored pictures."""
        for entry in entries:
            if entry.split != entry.shard_split:
                message = f"the row says {entry.split} but lies among the {entry.shard_split} shards"
                yield Finding(code="splits", message=message, subject=entry.id)
        for field in ("source", "picture", "image_sha256"):
            seen: defaultdict[str, set[str]] = defaultdict(set)
            for entry in entries:
                seen[getattr(entry, field)] |= {entry.split, entry.shard_split}
            for value, splits in seen.items():
                if len(splits) > 1:
                    yield Finding(code="splits", message=f"{field} {value} is in {' and '.join(sorted(splits))}", subject=value)


PLUGIN = Splits()
