"""One file is one family: the distortions of another package. ``distortions.families`` is also the entry-point group."""

from __future__ import annotations

from typing import Protocol

from distortions.model import Distortion
from schemas.registry import Registry

__all__ = ["Family", "families"]


class Family(Protocol):
    """Distortions of another package, called "family.name"; the package is imported when one is asked for, not before."""

    name: str

    def names(self) -> list[str]:
        """Names without the family's own, sorted; needs no import of the package."""
        ...

    def get(self, name: str) -> Distortion:
        """The distortion "family.name", by the part after the dot.

        Raises:
            PluginError: the package it needs is not installed.
        """
        ...


families: Registry[Family] = Registry("distortion family", __name__)
