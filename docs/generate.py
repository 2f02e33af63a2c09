"""Writes the pages that come from code: run ``python docs/generate.py`` after a change of rows, settings or commands.

The test ``tests/test_docs.py`` fails when a page is stale.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from annotate.cli import annotate
from annotate.recipes import load_recipe
from annotate.tasks import tasks
from schemas.recipe import Recipe
from schemas.rows import Mention, Provenance, Row, Source, TypeSeverity
from schemas.tables import arrow_schema
from schemas.values import RegionState, Rle, Step, StepMeasure, Tones

ROOT = Path(__file__).parent.parent


def rows_page() -> str:
    """Columns of every task and of the structs in them."""
    lines = [
        "# Rows",
        "",
        "Generated from `schemas/rows.py` and `schemas/values.py`. Boxes are (x0, y0, x1, y1), exclusive at x1 and y1.",
        "",
    ]
    lines += _table("Every row", Row, set())
    for task in tasks.all():
        lines += _table(f"`{task.name}`", task.row, set(Row.model_fields))
    for title, model in (
        ("A region", RegionState), ("A step", Step), ("A step's measure", StepMeasure), ("Tones", Tones), ("A mask", Rle),
        ("A mention", Mention), ("A type", TypeSeverity), ("The source", Source), ("Provenance", Provenance),
    ):  # fmt: skip
        lines += _table(title, model, set())
    return "\n".join(lines)


def settings_page() -> str:
    """Every setting of a recipe."""
    lines = [
        "# Settings",
        "",
        "Generated from `schemas/recipe.py`. An environment variable `ANNOTATE_SECTION__KEY` sets any of them.",
        "",
    ]
    tables = {name: field for name, field in Recipe.model_fields.items() if _model(field)}
    lines += ["| setting | default | meaning |", "|---|---|---|"]
    lines += [_setting(name, field) for name, field in Recipe.model_fields.items() if name not in tables]
    for name, field in tables.items():
        lines += _section(name, _model(field))
    return "\n".join([*lines, ""])


def commands_page() -> str:
    """The help of every command."""
    lines = ["# Commands", "", "Generated from the command line's own help.", ""]
    for path, command in _commands(annotate, ("annotate",)):
        context = click.Context(
            command, info_name=" ".join(path), max_content_width=110, terminal_width=110, help_option_names=["-h", "--help"]
        )
        lines += [f"## {' '.join(path)}", "", "```", command.get_help(context), "```", ""]
    return "\n".join(lines)


def demo_recipe() -> str:
    """The demo recipe: its own values, with every setting's meaning above it."""
    recipe = load_recipe("demo", environment={}).recipe
    lines = [
        "# The default: a small but complete dataset. Every setting stands here with its meaning; copy what you want to change.",
        *_toml(recipe, ("name",), ""),
    ]
    return "\n".join([*lines, ""])


PAGES = {
    "docs/rows.md": rows_page,
    "docs/settings.md": settings_page,
    "docs/commands.md": commands_page,
    "recipes/demo.toml": demo_recipe,
}


def _toml(settings: BaseModel, without: tuple[str, ...], above: str) -> Iterator[str]:
    fields = {name: field for name, field in type(settings).model_fields.items() if name not in without}
    tables = [name for name, field in fields.items() if _model(field)]
    for name, field in fields.items():
        value = getattr(settings, name)
        if name not in tables:
            yield f"# {(field.description or name).replace(chr(10), ' ')}"
            shown = _inline(value) if value is not None else "..."
            yield f"{'# ' if value is None else ''}{name} = {shown}"
    for name in tables:
        sentence, _, _ = (type(getattr(settings, name)).__doc__ or "").partition("\n")[0].partition(". ")
        meaning = sentence.partition(": ")[2].rstrip(".")
        yield from ("", f"[{above}{name}]  # {fields[name].description or meaning}".rstrip(" #"))
        yield from _toml(getattr(settings, name), (), f"{above}{name}.")


def _inline(value: Any) -> str:
    """A value on one line of TOML."""
    if isinstance(value, dict):
        return " ".join(["{", ", ".join(f"{name} = {_inline(each)}" for name, each in value.items()), "}"]) if value else "{ }"
    return json.dumps(value, default=list, ensure_ascii=False)


def _table(title: str, model: type[BaseModel], without: set[str]) -> list[str]:
    schema = arrow_schema(model)
    rows = [
        f"| `{name}` | {_type(schema.field(name).type)} | {field.description or ''} |"
        for name, field in model.model_fields.items()
        if name not in without
    ]
    return [
        f"## {title}",
        "",
        (model.__doc__ or "").partition("\n")[0],
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _type(kind: Any) -> str:
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    return "struct" if pa.types.is_struct(kind) else str(kind)


def _model(field: FieldInfo) -> Any:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _section(name: str, model: type[BaseModel]) -> Iterator[str]:
    """A table of settings, then those of its own sections: models that say so in their first line."""
    yield from ("", f"## [{name}]", "", inspect.cleandoc(model.__doc__ or "").partition(": ")[2], "")
    yield from ("| setting | default | meaning |", "|---|---|---|")
    inner = {key: _model(field) for key, field in model.model_fields.items() if _model(field)}
    sections = {key: each for key, each in inner.items() if (each.__doc__ or "").startswith(f"[{name}.{key}]")}
    yield from (_setting(key, field) for key, field in model.model_fields.items() if key not in sections)
    for key, each in sections.items():
        yield from _section(f"{name}.{key}", each)


def _setting(name: str, field: FieldInfo) -> str:
    default = field.default
    shown = default.model_dump_json(exclude_none=True) if isinstance(default, BaseModel) else json.dumps(default, default=list)
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    meaning = (field.description or "") + (f" ({', '.join(choices)})" if choices else "")
    return f"| `{name}` | `{shown}` | {meaning.replace('|', '/')} |"


def _commands(group: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command:
                yield from _commands(command, (*path, name))


def main() -> None:
    """Writes every page; with ``--check`` only names those that are stale and fails if there are any."""
    stale = [page for page, make in PAGES.items() if (ROOT / page).read_text(encoding="utf-8") != make()]
    if "--check" in sys.argv:
        sys.exit(f"stale: {', '.join(stale)}; run: python docs/generate.py" if stale else 0)
    for page in stale:
        (ROOT / page).write_text(PAGES[page](), encoding="utf-8")


if __name__ == "__main__":
    main()
