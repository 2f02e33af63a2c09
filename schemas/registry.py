"""Plug-ins: one file in a folder is one plug-in; other packages add theirs by an entry point of the same group.

A plug-in module binds the name ``PLUGIN`` to an object with a ``name`` equal to the file's name. Modules are imported
when they are asked for, not before, so a heavy plug-in costs nothing to those who do not use it.
"""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Generic, TypeVar, cast

from schemas.errors import PluginError

__all__ = ["Registry", "nearest"]

T = TypeVar("T")


def nearest(name: str, known: list[str]) -> str:
    """The question whether the closest of ``known`` was meant, with a space before it; else a list of all of them."""
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(sorted(known)) or 'none'}."


def _modules(folder: Path) -> list[str]:
    return [module.name for module in pkgutil.iter_modules([str(folder)]) if not module.name.startswith("_")]


class Registry(Generic[T]):
    """The plug-ins of one kind, found in a package's folder and in the entry points of the same name.

    Args:
        kind: what one plug-in is called in messages, for example "segmenter".
        package: dotted name of the folder, also the entry-point group, for example "annotate.segmenters".
        nested: whether plug-ins lie one folder deeper and are called "folder.file", for example "blur.gaussian".
    """

    def __init__(self, kind: str, package: str, *, nested: bool = False) -> None:
        self.kind = kind
        self.package = package
        self.nested = nested
        self._loaded: dict[str, T] = {}

    @cached_property
    def _places(self) -> dict[str, str | EntryPoint]:
        places: dict[str, str | EntryPoint] = {name: f"{self.package}.{name}" for name in self._files()}
        for point in entry_points(group=self.package):
            if point.name in places:
                taken = f"{self.kind} {point.name!r} is offered twice: by {places[point.name]} and by {point.value}."
                raise PluginError(f"{taken} Uninstall one of them or rename it.")
            places[point.name] = point
        return places

    def names(self) -> list[str]:
        """All names, sorted; imports no plug-in."""
        return sorted(self._places)

    def get(self, name: str) -> T:
        """The plug-in called ``name``.

        Raises:
            PluginError: unknown name (the nearest is offered) or a package it needs is missing.
        """
        if name not in self._loaded:
            if name not in self._places:
                raise PluginError(f"No {self.kind} is called {name!r}.{nearest(name, self.names())}")
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def all(self) -> list[T]:
        """Every plug-in, by name order."""
        return [self.get(name) for name in self.names()]

    def _files(self) -> list[str]:
        folders = [Path(folder) for folder in importlib.import_module(self.package).__path__]
        if not self.nested:
            return [name for folder in folders for name in _modules(folder)]
        groups = [group for folder in folders for group in folder.iterdir() if group.is_dir() and group.name[0] not in "._"]
        return [f"{group.name}.{name}" for group in groups for name in _modules(group)]

    def _load(self, name: str) -> T:
        place = self._places[name]
        try:
            plugin = place.load() if isinstance(place, EntryPoint) else importlib.import_module(place).PLUGIN
        except ImportError as error:
            raise PluginError(f"{self.kind} {name!r} needs a package that is not installed: {error}.") from error
        return cast("T", plugin)
