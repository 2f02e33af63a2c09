"""What the manifest counts is what the files hold, and it was made from the recipe beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.dataset import MANIFEST, Dataset, Entry
from schemas.manifest import SplitManifest
from schemas.rows import SCHEMA_VERSION
from schemas.values import Finding

__all__ = ["PLUGIN", "Counts"]


class Counts:
    """Manifest against rows, quarantine and recipe."""

    name = "counts"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:
        """Compares every number of the manifest with what is there."""
        manifest, recipe = dataset.manifest, dataset.recipe
        wanted = {
            "schema_version": (manifest.schema_version, SCHEMA_VERSION),
            "recipe": (manifest.recipe, recipe.name),
            "recipe_digest": (manifest.recipe_digest, dataset.recipe_digest),
            "seed": (manifest.seed, recipe.seed),
        }
        for split, part in manifest.splits.items():
            mine = [entry for entry in entries if entry.shard_split == split]
            wanted[f"{split}.split"] = (part.split, split)
            wanted |= {f"{split}.{name}": pair for name, pair in _split(dataset, part, mine).items()}
        for name, (stored, derived) in wanted.items():
            if stored != derived:
                yield Finding(
                    code="counts", message=f"{MANIFEST}: {name} is {stored!r} but must be {derived!r}", subject=MANIFEST
                )


def _split(dataset: Dataset, part: SplitManifest, entries: Sequence[Entry]) -> dict[str, tuple[object, object]]:
    table = dataset.quarantined.get(part.split)
    left_out = (
        None if table is None or "code" not in table.column_names else dict(sorted(Counter(table["code"].to_pylist()).items()))
    )
    return {
        "rows": (part.rows, dict(sorted(Counter(entry.kind for entry in entries).items()))),
        "pictures": (part.pictures, len({entry.picture for entry in entries})),
        "photos": (part.photos, len({entry.source for entry in entries})),
        "quarantined": (part.quarantined, left_out),
    }


PLUGIN = Counts()
