"""Price files: what a million tokens cost and how pictures are counted, by model."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from math import ceil
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.errors import UsageError

__all__ = ["ImageRule", "Price", "Prices", "read_prices"]

MILLION = 1_000_000
Dollars = Annotated[float, Field(ge=0)]
_DATED = re.compile(r"-\d{4}(-\d{2}-\d{2})?$")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ImageRule(_Entry):
    """How a picture is counted in tokens; exactly one rule is given."""

    tiles: Annotated[
        tuple[int, int] | None, Field(description="base and each 512-pixel tile, after scaling to 2048 and short side 768")
    ] = None
    patches: Annotated[float | None, Field(gt=0, description="tokens for each patch of 32 x 32 pixels")] = None
    most: Annotated[int, Field(ge=1, description="patches that a picture is shrunk to")] = 1536
    flat: Annotated[int | None, Field(ge=0, description="tokens for any picture")] = None

    @model_validator(mode="after")
    def _one(self) -> ImageRule:
        if sum(rule is not None for rule in (self.tiles, self.patches, self.flat)) != 1:
            raise ValueError("give exactly one of tiles, patches and flat")
        return self

    def tokens(self, width: int, height: int) -> int:
        """Tokens of a picture of that many pixels at high detail."""
        if self.flat is not None:
            return self.flat
        if self.tiles is not None:
            return _tiles(width, height, *self.tiles)
        patches = ceil(width / 32) * ceil(height / 32)
        return ceil(min(patches, self.most) * (self.patches or 1.0))


def _tiles(width: int, height: int, base: int, tile: int) -> int:
    scale = min(1.0, 2048 / max(width, height))
    scale *= min(1.0, 768 / (min(width, height) * scale))
    return base + tile * ceil(width * scale / 512) * ceil(height * scale / 512)


UNKNOWN_IMAGES = ImageRule(patches=1.62, most=4096)
"""for a priced model whose entry says nothing of pictures"""


class Price(_Entry):
    """US dollars for a million tokens of one model."""

    input: Dollars
    output: Dollars
    cached: Dollars | None = None
    image: ImageRule = UNKNOWN_IMAGES
    tiers: dict[str, Dollars] = {}

    def cost(self, tokens: tuple[int, int, int], tier: str = "") -> float:
        """Dollars for (input, cached input among it, output) tokens at a service tier."""
        fresh, cached, output = tokens[0] - tokens[1], tokens[1], tokens[2]
        cheap = self.input if self.cached is None else self.cached
        return (fresh * self.input + cached * cheap + output * self.output) * self.tiers.get(tier, 1.0) / MILLION


class Prices(_Entry):
    """A price file."""

    checked: str = ""
    tiers: dict[str, Dollars] = {}
    models: dict[str, Price] = {}

    def of(self, model: str) -> Price | None:
        """The price of a model, by its name or its name without a date at the end; None if unknown."""
        found = self.models.get(model) or self.models.get(_DATED.sub("", model))
        return found and found.model_copy(update={"tiers": {**self.tiers, **found.tiers}})


def read_prices(extra: str = "") -> Prices:
    """The built-in prices, with those of a file of the user before them.

    Raises:
        UsageError: the file cannot be read or is not in the form.
    """
    built_in = Prices.model_validate(tomllib.loads((files(__package__) / "prices.toml").read_text(encoding="utf-8")))
    if not extra:
        return built_in
    own = _read(Path(extra))
    return Prices(checked=own.checked or built_in.checked, tiers=built_in.tiers | own.tiers, models=built_in.models | own.models)


def _read(file: Path) -> Prices:
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return Prices.model_validate(content)
    except OSError as error:
        raise UsageError(f"teacher.prices: {file} cannot be read: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"teacher.prices: {file} is no TOML file: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"teacher.prices: {file}: {place}: {first['msg']}. See the built-in prices.toml for the form."
        ) from error
