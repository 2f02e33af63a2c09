"""Finds and reads recipes, and knows where each value of the effective one came from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.registry import nearest

__all__ = ["EffectiveRecipe", "leaves", "load_recipe", "named_recipes"]

_PREFIX = "ANNOTATE_"


@dataclass(frozen=True)
class EffectiveRecipe:
    """A recipe and, for each dotted setting that is not a default, where its value came from."""

    recipe: Recipe
    origins: Mapping[str, str]

    def origin(self, setting: str) -> str:
        """Where a setting's value came from: a file, an environment variable, a flag or 'default'."""
        parts = setting.split(".")
        names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((self.origins[name] for name in names if name in self.origins), "default")


def named_recipes() -> dict[str, Path]:
    """The recipes that come with the project, by name."""
    package = Path(__file__).parent
    folder = next((place for place in (package / "recipes", package.parent / "recipes") if place.is_dir()), None)
    return {path.stem: path for path in sorted(folder.glob("*.toml"))} if folder else {}


def load_recipe(
    name: str, flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> EffectiveRecipe:
    """The effective recipe: defaults, then the file, then environment variables, then flags.

    Args:
        name: a recipe's name or the path of a TOML file.
        flags: dotted settings given on the command line, for example ``{"teacher.url": "..."}``.
        environment: read instead of the process's own; ``ANNOTATE_TEACHER__URL`` sets ``teacher.url``.

    Raises:
        RecipeError: no such recipe, broken TOML, an unknown setting (the nearest is offered) or a value out of range.
    """
    path = _find(name)
    settings = _read(path)
    settings.setdefault("name", path.stem)
    origins = dict.fromkeys(leaves(settings), str(path.name))
    for place, source in (
        (_from_environment(os.environ if environment is None else environment), "environment"),
        (flags or {}, "flag"),
    ):
        for setting, value in place.items():
            _put(settings, setting, value)
            origins[setting] = source
    return EffectiveRecipe(_validate(settings, path), origins)


def leaves(settings: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Dotted names of all values in nested tables, in order."""
    for key, value in settings.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from leaves(value, f"{name}.")
        else:
            yield name


def _find(name: str) -> Path:
    known = named_recipes()
    if name in known:
        return known[name]
    path = Path(name)
    if path.is_file():
        return path
    if path.suffix == ".toml":
        raise RecipeError(f"--recipe {name}: there is no such file.")
    raise RecipeError(f"--recipe {name}: no recipe has this name.{nearest(name, list(known))} A file must end in .toml.")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: the recipe cannot be read: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    known = {name.upper().replace(".", "__"): name for name in _setting_names(Recipe)}
    for variable, value in sorted(environment.items()):
        setting = known.get(variable.removeprefix(_PREFIX))
        if variable.startswith(_PREFIX) and setting:
            settings[setting] = value
    return settings


def _setting_names(model: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _setting_names(field.annotation, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def _put(settings: dict[str, Any], setting: str, value: Any) -> None:
    *tables, key = setting.split(".")
    for table in tables:
        settings = settings.setdefault(table, {})
        if not isinstance(settings, dict):
            raise RecipeError(f"{setting}: {table} is a value, not a table.")
    settings[key] = value


def _validate(settings: dict[str, Any], path: Path) -> Recipe:
    try:
        return Recipe.model_validate(settings)
    except ValidationError as error:
        lines = [_sentence(dict(problem)) for problem in error.errors()]
        raise RecipeError(f"{path}: " + "; ".join(lines)) from error


def _sentence(problem: dict[str, Any]) -> str:
    setting = ".".join(str(part) for part in problem["loc"]) or "recipe"
    if problem["type"] == "extra_forbidden":
        return f"unknown setting {setting}.{nearest(setting, list(_setting_names(Recipe)))}"
    return f"{setting} = {problem['input']!r}: {problem['msg'].removeprefix('Value error, ')}"
