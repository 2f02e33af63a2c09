"""Question pools: TOML files beside the tasks, one for each, drawn from by key and recognised again by ``asked``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import product

from schemas.keys import unit

__all__ = ["asked", "fill", "pool", "sizes"]


@cache
def _pools(task: str) -> dict[str, tuple[str, ...]]:
    text = (files("annotate.tasks") / "questions" / f"{task}.toml").read_text(encoding="utf-8")
    pools: dict[str, tuple[str, ...]] = {}
    for name, value in tomllib.loads(text).items():
        parts = value if isinstance(value, dict) else {"": value}
        pools.update({f"{name}.{part}".rstrip("."): tuple(questions) for part, questions in parts.items()})
    return pools


def pool(task: str, name: str) -> tuple[str, ...]:
    """The questions of one pool, for example ``pool("grounding", "hyd.most")``, placeholders in braces."""
    return _pools(task)[name]


def sizes(task: str) -> dict[str, int]:
    """How many questions each pool of a task holds."""
    return {name: len(questions) for name, questions in _pools(task).items()}


def fill(task: str, name: str, key: str, values: Mapping[str, Iterable[str]] | None = None) -> str:
    """One question of a pool, the same for the same ``key`` (the row's id), with its placeholders filled.

    Args:
        task: name of the task.
        name: name of the pool.
        key: what the draw depends on.
        values: for each placeholder the texts that may stand for it; one is drawn.
    """
    chosen = {placeholder: _draw(tuple(texts), name, placeholder, key) for placeholder, texts in (values or {}).items()}
    return _render(_draw(pool(task, name), name, "question", key), chosen)


def asked(question: str, task: str, name: str, values: Mapping[str, Iterable[str]] | None = None) -> bool:
    """Whether a question comes from a pool with its placeholders filled by one of their texts."""
    texts = {placeholder: tuple(choices) for placeholder, choices in (values or {}).items()}
    fillings = [dict(zip(texts, choice, strict=True)) for choice in product(*texts.values())]
    return any(_render(template, filling) == question for template in pool(task, name) for filling in fillings)


def _draw(choices: tuple[str, ...], *key: str) -> str:
    return choices[int(unit(*key) * len(choices))]


def _render(template: str, values: Mapping[str, str]) -> str:
    text = template.format(**values)
    return text[0].upper() + text[1:]
