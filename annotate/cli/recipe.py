"""``annotate recipe``: which settings a build would use."""

from __future__ import annotations

from typing import Any

import click

from annotate.cli._recipe_options import effective_recipe, recipe_options

__all__ = ["COMMAND"]


@click.group("recipe", short_help="List recipes, show the effective one.")
def COMMAND() -> None:  # noqa: N802
    """Lists the recipes and shows the settings a build would use."""


@COMMAND.command("list")
def list_recipes() -> None:
    """Lists the recipes that come with the project.

    \b
    Example:
      annotate recipe list
    """  # noqa: D301
    from annotate.recipes import named_recipes  # noqa: PLC0415

    for name, path in named_recipes().items():
        first = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        click.echo(f"{name:<18} {first}")


@COMMAND.command("show")
@recipe_options
def show(**options: Any) -> None:
    """Prints the effective recipe as TOML, and where each value came from (file, environment, flag, default).

    \b
    Examples:
      annotate recipe show
      annotate recipe show --recipe my.toml --seed 7 --set plan.variants=2
    """  # noqa: D301
    effective = effective_recipe(options)
    for line in _lines(effective.recipe.model_dump(mode="json"), effective.origin, ""):
        click.echo(line)


def _lines(settings: dict[str, Any], origin: Any, above: str) -> list[str]:
    import json  # noqa: PLC0415

    values, tables = [], []
    for key, value in settings.items():
        name = f"{above}{key}"
        if isinstance(value, dict) and value:
            tables += ["", f"[{name}]", *_lines(value, origin, f"{name}.")]
        elif value is None:
            values.append(f"# {key} = not set{'':<27}# {origin(name)}")
        elif value != {}:
            values.append(f"{f'{key} = {json.dumps(value, ensure_ascii=False)}':<44} # {origin(name)}")
    return values + tables
