"""Level tables for people: TOML that a recipe can take over and change, and the description of one distortion."""

from __future__ import annotations

import json
from collections.abc import Iterable

from distortions.catalogue import get
from distortions.categories import category
from distortions.model import Distortion, Parameters, Support
from schemas.values import severity_word

__all__ = ["as_toml", "describe"]


def as_toml(functions: Iterable[Distortion]) -> str:
    """The levels of distortions as a TOML table ``[plan.levels]``: one array of five inline tables for each name."""
    lines = ["[plan.levels]"]
    for function in functions:
        lines.append(f'"{function.name}" = [')
        lines.extend(f"    {_inline(level)}," for level in function.levels)
        lines.append("]")
    return "\n".join(lines) + "\n"


def _inline(level: Parameters) -> str:
    # JSON's numbers, texts, booleans and lists are TOML as well.
    return "{" + ", ".join(f"{name} = {json.dumps(value)}" for name, value in level.items()) + "}"


def describe(name: str) -> str:
    """What a person wants to know of a distortion, in lines.

    Raises:
        ValueError: unknown name.
    """
    function = get(name)
    kind = category(function.category)
    lines = [
        f"{function.name}: {function.sentence}",
        f"  category   {kind.key} ({kind.noun}), taxonomy {function.taxonomy}",
        f"  random     {'yes, by the seed' if function.random else 'no'}",
        f"  statistics {'of the whole picture' if function.needs_statistics else 'none'}",
        f"  source     {function.source}",
    ]
    lines.extend(f"  level {number}    {_level(function, number)}" for number in range(1, len(function.levels) + 1))
    return "\n".join([*lines, *([f"  note       {function.kept}"] if function.kept else [])]) + "\n"


def _level(function: Distortion, number: int) -> str:
    values = ", ".join(f"{name} {value}" for name, value in function.levels[number - 1].items())
    word = severity_word(number) if number in function.sound_levels else "no severity"
    return f"{values}; {word}; {_reads(function.support(number))}"


def _reads(support: Support) -> str:
    if support.whole:
        return "reads the whole picture"
    grid = f" on a grid of {support.grid}" if support.grid > 1 else ""
    return f"reads {support.radius} px around{grid}"
