"""Options that several verbs share: which recipe, and settings that override it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from annotate.recipes import EffectiveRecipe, load_recipe

__all__ = ["effective_recipe", "overrides", "recipe_options"]

F = TypeVar("F", bound=Callable[..., Any])

_FLAGS = {
    "seed": "seed",
    "segmenter": "regions.segmenter",
    "sam_checkpoint": "regions.options.checkpoint",
    "teacher": "teacher.name",
    "teacher_url": "teacher.url",
    "teacher_model": "teacher.model",
    "budget_usd": "teacher.budget_usd",
    "batch": "teacher.batch",
}
_OPTIONS = (
    click.option("--recipe", default="demo", show_default=True, metavar="NAME|FILE", help="A recipe's name or a TOML file."),
    click.option("--seed", type=click.IntRange(0), help="Keys every random draw."),
    click.option("--segmenter", metavar="NAME", help="What proposes regions, for example region_merging or sam."),
    click.option("--sam-checkpoint", metavar="FILE", help="Weights for --segmenter sam."),
    click.option("--teacher", metavar="NAME", help="Who writes the prose: grammar (embedded) or openai."),
    click.option("--teacher-url", metavar="URL", help="Base URL of an OpenAI-compatible endpoint."),
    click.option("--teacher-model", metavar="MODEL", help="Model name at that endpoint."),
    click.option("--budget-usd", type=click.FloatRange(0), help="Spending cap of the run."),
    click.option(
        "--batch", flag_value="submit", default=None, help="Ask by the endpoint's batch API: half the price, within a day."
    ),
    click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any setting, for example --set plan.variants=2."),
)


def recipe_options(command: F) -> F:
    """Adds the shared options to a command; they arrive as keyword arguments for ``effective_recipe``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def effective_recipe(options: Mapping[str, Any]) -> EffectiveRecipe:
    """The recipe that the shared options name, with their overrides."""
    return load_recipe(options["recipe"], overrides(options))


def overrides(options: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted settings that the shared options override."""
    flags = {setting: options[flag] for flag, setting in _FLAGS.items() if options.get(flag) is not None}
    for text in options["settings"]:
        setting, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} is not of the form KEY=VALUE", param_hint="--set")
        flags[setting.strip()] = _value(value.strip())
    return flags


def _value(text: str) -> Any:
    """A TOML value, or the text itself where it is none: names need no quotes on the command line."""
    import tomllib  # noqa: PLC0415

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
