"""Prompt files: Jinja2 templates of this folder's ``prompts``, any of which a user's folder may replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, meta
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
        self._source, self._styles = cache(self._read), cache(self._style_file)

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

    def style(self, kind: str, *key: str) -> str:
        """One of the manners of writing a kind of text, drawn for a key."""
        styles = [line.strip() for line in self._source(self._styles(kind)).splitlines() if line.strip()]
        return styles[int(unit("style", *key) * len(styles))] if styles else ""

    def digest(self, kind: str, names: Sequence[str]) -> str:
        """sha256 over the sources of the prompt files of a kind of text, what they include and the styles with them."""
        files, waiting = {self._styles(kind): None}, [f"{name}.j2" for name in names]
        while waiting:
            file = waiting.pop(0)
            if file not in files:
                files[file] = None
                waiting += [name for name in meta.find_referenced_templates(self._templates.parse(self._source(file))) if name]
        return digest(*map(self._source, files))

    def _style_file(self, kind: str) -> str:
        """The file with the styles of a kind of text: one of its own, or that of all kinds."""
        own = f"styles_{kind}.txt"
        return own if own in self._loader.list_templates() else STYLES

    def _read(self, file: str) -> str:
        return self._loader.get_source(self._templates, file)[0]
