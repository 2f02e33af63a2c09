"""Every error this project raises on purpose, and the exit code each one ends the command line with.

AnnotateError                 1
├── UsageError                2   a flag, setting, folder or file the user named is wrong
│   ├── RecipeError           2   a recipe that does not validate
│   └── PluginError           2   an unknown, doubled or unusable plug-in
├── VerificationError         3   a dataset contradicts itself
├── ShortageError             4   the photos cannot fill the quotas
├── BudgetError               5   the spending cap was reached
├── TeacherError              6   the teacher endpoint refuses to work (key, quota, model)
├── StorageError              7   a disk that is full or a folder that cannot be written
└── RunConflictError          8   the output folder belongs to a different run

PhotoError, RegionError: one photo cannot be used; caught by the stages and quarantined with its reason.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AnnotateError",
    "BudgetError",
    "PhotoError",
    "PluginError",
    "RecipeError",
    "RegionError",
    "RunConflictError",
    "ShortageError",
    "StorageError",
    "TeacherError",
    "UsageError",
    "VerificationError",
]


class AnnotateError(Exception):
    """Base of all errors raised on purpose; the message says what, where and what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(AnnotateError):
    """A flag, setting, folder or file named by the user is wrong."""

    exit_code = 2


class RecipeError(UsageError):
    """A recipe that cannot be read or does not validate."""


class PluginError(UsageError):
    """A plug-in name that is unknown, taken twice, or whose package is not installed."""


class VerificationError(AnnotateError):
    """A dataset contradicts itself or its photos."""

    exit_code = 3


class ShortageError(AnnotateError):
    """The photos cannot fill the recipe's quotas."""

    exit_code = 4


class BudgetError(AnnotateError):
    """The spending cap was reached; what was paid for is kept."""

    exit_code = 5


class TeacherError(AnnotateError):
    """The teacher endpoint refuses to work at all (key, quota, model name)."""

    exit_code = 6


class StorageError(AnnotateError):
    """The disk is full or a folder cannot be written."""

    exit_code = 7


class RunConflictError(AnnotateError):
    """The output folder holds a run made with another recipe, seed or set of photos."""

    exit_code = 8


class PhotoError(AnnotateError):
    """One photo cannot be used: it goes to quarantine with this reason.

    Args:
        message: the reason in a sentence.
        code: a short reason that can be counted.
    """

    def __init__(self, message: str, code: str = "unreadable") -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (str(self), self.code)


class RegionError(PhotoError):
    """A photo that leaves too few usable regions."""
