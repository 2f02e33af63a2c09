"""Segment Anything (Kirillov et al. 2023) through the ``segment-anything`` package, with our own automatic mask generation.

Settings of the paper: 32 points per side, predicted IoU above 0.86, stability 0.92, least area 100 pixels.
torch is imported when a session is opened, not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from annotate.segmenters._options import validated
from annotate.segmenters._sam_options import SamOptions
from schemas.errors import PluginError

if TYPE_CHECKING:
    from annotate.segmenters import Session

__all__ = ["PLUGIN"]


class _Sam:
    name = "sam"

    def open(self, options: Mapping[str, str | int | float | bool]) -> Session:
        """Loads the checkpoint.

        Raises:
            RecipeError: an unknown option or a value out of range.
            UsageError: a checkpoint that is missing, truncated or of another architecture; a device that is not there.
            PluginError: torch or segment-anything is not installed.
        """
        settings = validated(SamOptions, options, self.name)
        try:
            from annotate.segmenters._sam_open import open_package_model  # noqa: PLC0415 - torch
        except ImportError as error:
            raise PluginError(f"segmenter 'sam' needs torch: {error}. Install annotate-quality[sam].") from error
        return open_package_model(settings)


PLUGIN = _Sam()
