"""What a finished dataset must obey. One file is one rule; ``annotate.rules`` is also the entry-point group.

What a rule looks at is its ``scope``: the rows of one picture, a stored picture, a stored picture with its photo (only if
the photos are given), all photos together, or the dataset as a whole. Rules trust nothing that is stored: they derive it again
and name what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.recipe import Recipe
from schemas.registry import Registry
from schemas.rows import Row
from schemas.values import Finding, Photo

if TYPE_CHECKING:
    from annotate.dataset import Dataset, Entry

__all__ = ["DatasetRule", "PixelsRule", "RowsRule", "Rule", "StoredPicture", "rules"]


@dataclass(frozen=True)
class StoredPicture:
    """A picture as it lies in a shard."""

    row: Row
    """the first row that shows it"""
    file: bytes | None
    """the stored PNG file, None if the row holds none"""
    photo: NDArray[np.uint8] | None = None
    """the pristine photo, uint8 RGB H x W x 3, as the source stage loads it; None in scope ``pixels``"""


class RowsRule(Protocol):
    """Looks at rows alone, also before they are written."""

    name: str
    scope: Literal["rows"]

    def find(self, rows: Sequence[Row], recipe: Recipe) -> Iterator[Finding]:
        """What the rule has against the rows of one picture (of one task or of several); ``subject`` is a row's id."""
        ...


class PixelsRule(Protocol):
    """Looks at a stored picture: in scope ``photos`` once for each picture, with its photo."""

    name: str
    scope: Literal["pixels", "photos"]

    def find(self, picture: StoredPicture, recipe: Recipe) -> Iterator[Finding]:
        """What the rule has against the picture; ``subject`` is the id of its first row."""
        ...


class SourcesRule(Protocol):
    """Looks at all photos of the dataset at once, if they are given."""

    name: str
    scope: Literal["sources"]

    def find(self, photos: Sequence[Photo], entries: Sequence[Entry], recipe: Recipe) -> Iterator[Finding]:
        """What the rule has against the photos, scanned anew (their ``split`` means nothing), and the rows made from them."""
        ...


class DatasetRule(Protocol):
    """Looks at files, counts and the index of all rows."""

    name: str
    scope: Literal["dataset"]

    def find(self, dataset: Dataset, entries: Sequence[Entry]) -> Iterator[Finding]:
        """What the rule has against the dataset and its rows, in file order; ``subject`` is a row's id or a file."""
        ...


Rule = RowsRule | PixelsRule | SourcesRule | DatasetRule

rules: Registry[Rule] = Registry("rule", __name__)
