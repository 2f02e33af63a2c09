"""Finding distortions by name, category or taxonomy. Nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from distortions.families import families
from distortions.model import Distortion, Parameters
from schemas.errors import PluginError
from schemas.registry import Registry, nearest

__all__ = ["UnknownDistortionError", "get", "level_table", "list_distortions", "pool"]

LevelTable = Mapping[str, Sequence[Parameters]]

_library: Registry[Distortion] = Registry("distortion", "distortions.library", nested=True)


class UnknownDistortionError(PluginError, ValueError):
    """A name that no distortion, taxonomy or family has; the nearest one is offered."""


def _names() -> list[str]:
    members = [f"{family.name}.{name}" for family in families.all() for name in family.names()]
    return sorted([*_library.names(), *members])


def get(name: str | Distortion) -> Distortion:
    """The distortion with this name; a Distortion is handed back as it is.

    Raises:
        UnknownDistortionError: no such name (a ValueError and a PluginError).
        TypeError: not a name.
    """
    if isinstance(name, Distortion):
        return name
    if not isinstance(name, str):
        raise TypeError(f"name must be a distortion's name, got {name!r}")
    if name in _library.names():
        return _library.get(name)
    group, _, member = name.partition(".")
    if group in families.names() and member in families.get(group).names():
        return families.get(group).get(member)
    raise UnknownDistortionError(f"name: no distortion is called {name!r}.{nearest(name, _names())}")


def list_distortions(taxonomy: str | None = None, category: str | None = None) -> tuple[str, ...]:
    """Names, sorted; of one taxonomy or one category if given. Without either, nothing is imported.

    Families that need a package which is not installed are left out when a taxonomy or category is asked for.
    """
    if taxonomy is None and category is None:
        return tuple(_names())
    return tuple(
        entry.name
        for entry in _all()
        if (taxonomy is None or entry.taxonomy == taxonomy) and (category is None or entry.category == category)
    )


@lru_cache(maxsize=1)
def _all() -> tuple[Distortion, ...]:
    entries = _library.all()
    for family in families.all():
        try:
            entries.extend(family.get(name) for name in family.names())
        except PluginError:
            continue
    return tuple(sorted(entries, key=lambda entry: entry.name))


def pool(functions: str | Sequence[str], levels: LevelTable | None = None) -> tuple[Distortion, ...]:
    """The distortions that a recipe draws from.

    Args:
        functions: a taxonomy ("dq495k", "kadid25"), one name, or a list of names.
        levels: other numbers than the taxonomy's, by name: five mappings each.

    Raises:
        UnknownDistortionError: no such taxonomy or name.
        ValueError: ``levels`` names a distortion outside the pool or has other parameters than it.
    """
    chosen = _of_taxonomy(functions) if isinstance(functions, str) else tuple(get(name) for name in functions)
    if not chosen:
        raise ValueError("functions is empty: name a taxonomy or at least one distortion")
    override = dict(levels or {})
    stray = sorted(set(override) - {entry.name for entry in chosen})
    if stray:
        raise ValueError(f"levels names {stray[0]!r}, which is not in functions.{nearest(stray[0], [e.name for e in chosen])}")
    return tuple(entry.with_levels(tuple(override[entry.name])) if entry.name in override else entry for entry in chosen)


def _of_taxonomy(name: str) -> tuple[Distortion, ...]:
    if name in _names():
        return (get(name),)
    if name in families.names():
        family = families.get(name)
        return tuple(family.get(member) for member in family.names())
    members = tuple(entry for entry in _library.all() if entry.taxonomy == name)
    if not members:
        known = sorted({entry.taxonomy for entry in _library.all()} | set(families.names()) | set(_names()))
        raise UnknownDistortionError(f"functions: no taxonomy or distortion is called {name!r}.{nearest(name, known)}")
    return members


def level_table(functions: str | Sequence[str]) -> dict[str, tuple[dict[str, object], ...]]:
    """The level values of a taxonomy or some distortions, by name: what a recipe's ``plan.levels`` may override."""
    return {entry.name: tuple(dict(level) for level in entry.levels) for entry in pool(functions)}
