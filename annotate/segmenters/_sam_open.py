"""From settings to a session with a loaded ``segment_anything`` model."""

from __future__ import annotations

from annotate.segmenters._sam_checkpoint import build, locate, read
from annotate.segmenters._sam_model import PackageModel
from annotate.segmenters._sam_options import SamOptions
from annotate.segmenters._sam_session import SamSession, chosen_device, chosen_dtype

__all__ = ["open_package_model"]


def open_package_model(options: SamOptions) -> SamSession:
    """Loads the checkpoint that the options name; see ``annotate.segmenters.sam`` for the errors."""
    device = chosen_device(options.device)
    checkpoint = read(locate(options.checkpoint))
    model = PackageModel(build(checkpoint, options.model_type), device, chosen_dtype(options.dtype))
    return SamSession(model, options, (checkpoint.sha256, checkpoint.path.name), "sam")
