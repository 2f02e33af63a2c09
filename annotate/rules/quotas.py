"""Every quota of the recipe is met exactly or its shortfall is stated; no picture gives more rows of a kind than allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.dataset import Dataset, Entry
from schemas.recipe import Quotas
from schemas.values import Finding

__all__ = ["PLUGIN", "QuotaRule"]


class QuotaRule:
    """Counts against ``select.train``, ``select.test`` and ``select.per_picture``."""

    name = "quotas"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:
        """Looks at each split and each picture."""
        settings = dataset.recipe.select
        for split, part in dataset.manifest.splits.items():
            counts = Counter(entry.kind for entry in entries if entry.shard_split == split)
            short = {item.kind: item for item in part.shortfalls}
            for kind, wanted in _numbers(getattr(settings, split)):
                stated = short[kind].got if kind in short and short[kind].wanted == wanted else wanted
                if counts[kind] != stated:
                    yield _finding(
                        split, f"{split} has {counts[kind]} {kind} rows, the recipe and its stated shortfall say {stated}"
                    )
            for kind, got in ((item.kind, item.got) for item in part.shortfalls):
                if counts[kind] != got:
                    yield _finding(split, f"{split} states a shortfall with {got} {kind} rows but has {counts[kind]}")
        each = Counter((entry.picture, entry.kind) for entry in entries)
        limits = dict(_numbers(settings.per_picture))
        for (picture, kind), count in each.items():
            if count > limits.get(kind, count):
                yield _finding(picture, f"picture {picture} has {count} {kind} rows, at most {limits[kind]} are allowed")


def _numbers(quotas: Quotas) -> list[tuple[str, int]]:
    return [(kind, number) for kind, number in quotas.model_dump().items() if number is not None]


def _finding(subject: str, message: str) -> Finding:
    return Finding(code="quotas", message=message, subject=subject)


PLUGIN = QuotaRule()
