"""Every row was made with the recipe beside the data: its digest is that of the file's settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from annotate.dataset import RECIPE, Dataset, Entry
from schemas.values import Finding

__all__ = ["PLUGIN", "OneRecipe"]


class OneRecipe:
    """Digests of rows against the recipe file."""

    name = "one_recipe"
    scope: Literal["dataset"] = "dataset"

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:
        """Looks at every row."""
        for entry in entries:
            if entry.recipe_digest != dataset.recipe_digest:
                message = f"the row was made with recipe {entry.recipe_digest[:12]}, {RECIPE} has {dataset.recipe_digest[:12]}"
                yield Finding(code="one_recipe", message=message, subject=entry.id)


PLUGIN = OneRecipe()
