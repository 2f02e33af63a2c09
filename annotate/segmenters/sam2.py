"""SAM 2 (Ravi et al. 2024) on single images, through ``Sam2Model`` of the ``transformers`` package.

The option ``checkpoint`` is a folder in the package's own format (config.json and model.safetensors), for example a download
of facebook/sam2.1-hiera-tiny. The model is the package's; grid, filters and suppression are those of the segmenter sam.
Tested with small random weights in that format, not with trained ones (docs/sam.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from annotate.segmenters._options import validated
from annotate.segmenters._sam_options import MaskOptions
from schemas.errors import PluginError

if TYPE_CHECKING:
    from annotate.segmenters import Session

__all__ = ["PLUGIN"]


class _Sam2:
    name = "sam2"

    def open(self, options: Mapping[str, str | int | float | bool]) -> Session:
        """Loads the folder.

        Raises:
            RecipeError: an unknown option or a value out of range.
            UsageError: a folder that is missing or holds another kind of model.
            PluginError: torch or transformers is not installed.
        """
        settings = validated(MaskOptions, options, self.name)
        try:
            from annotate.segmenters._sam2_model import open_transformers_model  # noqa: PLC0415 - torch
        except ImportError as error:
            how = "Install torch and transformers"
            raise PluginError(f"segmenter 'sam2' needs a package that is not installed: {error}. {how}.") from error
        return open_transformers_model(settings)


PLUGIN = _Sam2()
