"""Prompt files: Jinja2 templates of this folder's ``prompts``, any of which a user's folder may replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from schemas.errors import UsageError
from schemas.keys import digest, unit

__all__ = ["FOLDER", "Prompts"]

FOLDER = Path(__file__).with_name("prompts")
STYLES = "styles.txt"


class Prompts:
    """The built-in prompt files with those of ``folder`` before them.

    Raises:
        UsageError: the folder does not exist or a file of it is no valid template.
    """

    def __init__(self, folder: str = "") -> None:
        if folder and not Path(folder).is_dir():
            raise UsageError(
                f"teacher.prompts: there is no folder {folder}. Make it and copy the files to change from {FOLDER.name}/."
            )
        places = [Path(folder), FOLDER] if folder else [FOLDER]
        self._loader = ChoiceLoader([FileSystemLoader(place) for place in places])
        # The texts go to a model, not to a browser: nothing is to be escaped.
        self._templates = ImmutableSandboxedEnvironment(
            loader=self._loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )

    def render(self, name: str, facts: Mapping[str, Any]) -> str:
        """The text of one prompt file.

        Raises:
            UsageError: the template is wrong or asks for a fact that there is none of.
        """
        try:
            text: str = self._templates.get_template(f"{name}.j2").render(facts)
        except TemplateNotFound as error:
            raise UsageError(f"teacher.prompts: there is no prompt file {error.name}.") from error
        except TemplateError as error:
            raise UsageError(f"teacher.prompts: {name}.j2: {error}. See the built-in file for what it may use.") from error
        return text.strip("\n")

    def style(self, *key: str) -> str:
        """One of the manners of writing, drawn for a key."""
        return self._styles[int(unit("style", *key) * len(self._styles))] if self._styles else ""

    def digest(self, names: Sequence[str]) -> str:
        """sha256 over the sources of prompt files, includes and styles with them."""
        return digest(*(self._source(name) for name in (*(f"{name}.j2" for name in names), "_facts.j2", STYLES)))

    @cached_property
    def _styles(self) -> list[str]:
        return [line.strip() for line in self._source(STYLES).splitlines() if line.strip()]

    def _source(self, file: str) -> str:
        return self._loader.get_source(self._templates, file)[0]
