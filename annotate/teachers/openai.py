"""openai: any LMM behind an OpenAI-compatible endpoint. Every raw answer is on disk before it is read."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from annotate.teachers import Writer
from schemas.errors import UsageError
from schemas.recipe import TeacherSettings

__all__ = ["PLUGIN", "OpenAITeacher"]


class OpenAITeacher:
    """The kind of teacher that is asked over the network, by one event loop in the main process."""

    name = "openai"
    runs: ClassVar[Literal["workers", "main"]] = "main"

    def check(self, settings: TeacherSettings) -> None:
        """Refuses what can be seen to be wrong before any work.

        Raises:
            UsageError: no model is named, or the prompts or the price file are wrong.
            BudgetError: there is a cap, but no price to hold it with.
        """
        if not settings.model:
            raise UsageError(
                "teacher.model: the openai teacher needs a model name (--teacher-model NAME); see /models of the endpoint."
            )
        from annotate.endpoint.money import Money  # noqa: PLC0415 - the openai package is heavy
        from annotate.teachers._prompts import Prompts  # noqa: PLC0415

        Money.of(settings)
        Prompts(settings.prompts)

    def open(self, settings: TeacherSettings, folder: Path) -> Writer:
        """A writer with its answer store.

        Raises:
            UsageError: the prompts are wrong.
            StorageError: the answer store cannot be opened.
        """
        from annotate.teachers._openai_writer import OpenAIWriter  # noqa: PLC0415 - the openai package is heavy

        return OpenAIWriter(settings, folder)


PLUGIN = OpenAITeacher()
