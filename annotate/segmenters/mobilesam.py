"""MobileSAM (Zhang et al. 2023): SAM's decoder behind a small TinyViT encoder, through the ``mobile_sam`` package.

The package is not on the package index: install it from its repository (ChaoningZhang/MobileSAM), with timm. Its prompt
encoder and mask decoder are those of segment-anything, so everything after the encoder is shared with the segmenter sam.
Tested with a stand-in for the package only, neither with the package itself nor with its weights (docs/sam.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from annotate.segmenters._options import validated
from annotate.segmenters._sam_options import MaskOptions
from schemas.errors import PluginError, UsageError

if TYPE_CHECKING:
    from annotate.segmenters import Session

__all__ = ["PLUGIN"]


class _MobileSam:
    name = "mobilesam"

    def open(self, options: Mapping[str, str | int | float | bool]) -> Session:
        """Loads the checkpoint; errors as those of the segmenter sam."""
        settings = validated(MaskOptions, options, self.name)
        try:
            return _opened(settings)
        except ImportError as error:
            how = "Install torch, timm and mobile_sam (from the repository ChaoningZhang/MobileSAM)"
            raise PluginError(f"segmenter 'mobilesam' needs a package that is not installed: {error}. {how}.") from error


def _opened(settings: MaskOptions) -> Session:
    from mobile_sam import sam_model_registry  # noqa: PLC0415 - torch

    from annotate.segmenters._sam_checkpoint import locate, read  # noqa: PLC0415
    from annotate.segmenters._sam_model import PackageModel  # noqa: PLC0415
    from annotate.segmenters._sam_session import SamSession, chosen_device, chosen_dtype  # noqa: PLC0415

    device = chosen_device(settings.device)
    checkpoint = read(locate(settings.checkpoint, "mobilesam"))
    sam: Any = sam_model_registry["vit_t"]()
    try:
        sam.load_state_dict(checkpoint.tensors)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:300]
        raise UsageError(f"checkpoint {checkpoint.path} (sha256 {checkpoint.sha256}) does not fit MobileSAM: {first}") from error
    model = PackageModel(sam.float().eval().requires_grad_(requires_grad=False), device, chosen_dtype(settings.dtype))
    return SamSession(model, settings, (checkpoint.sha256, checkpoint.path.name), "mobilesam")


PLUGIN = _MobileSam()
