"""``Sam2Model`` of transformers as a promptable model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812 (the field's name for it)
from transformers import AutoConfig, Sam2Model

from annotate.segmenters._sam_bounds import Neighbourhoods, neighbourhoods
from annotate.segmenters._sam_model import Decoded, Encoded, Points
from annotate.segmenters._sam_options import MaskOptions
from annotate.segmenters._sam_session import SamSession, chosen_device, chosen_dtype
from schemas.errors import UsageError
from schemas.keys import digest, file_sha256

__all__ = ["TransformersModel", "open_transformers_model"]

# mean and deviation of ImageNet for RGB in [0, 1], as in transformers' Sam2ImageProcessor
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def open_transformers_model(options: MaskOptions) -> SamSession:
    """Loads the folder that the options name; see ``annotate.segmenters.sam2`` for the errors."""
    device = chosen_device(options.device)
    folder, weights = _files(options.checkpoint)
    try:
        kind = AutoConfig.from_pretrained(folder, local_files_only=True).model_type
        if kind not in {"sam2", "sam2_video"}:
            raise UsageError(f"checkpoint {folder} holds a model of type {kind!r}, not sam2.")
        model = Sam2Model.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"checkpoint {folder} cannot be read by transformers: {str(error).splitlines()[0]}") from error
    found = digest(*(file_sha256(path) for path in weights))
    return SamSession(TransformersModel(model, device, chosen_dtype(options.dtype)), options, (found, folder.name), "sam2")


def _files(checkpoint: str) -> tuple[Path, list[Path]]:
    folder = Path(checkpoint).expanduser()
    weights = sorted(folder.glob("*.safetensors")) if checkpoint else []
    if not weights or not (folder / "config.json").is_file():
        where = f"checkpoint {folder}" if checkpoint else "segmenter 'sam2': the option 'checkpoint'"
        raise UsageError(
            f"{where} must be a folder with config.json and model.safetensors, "
            "for example a download of facebook/sam2.1-hiera-tiny."
        )
    return folder, weights


class TransformersModel:
    """Implements ``PromptableModel``; the image is stretched to the model's square, as transformers does.

    Args:
        model: a ``Sam2Model`` in float32.
        device: a torch device.
        dtype: torch dtype of the whole model.
    """

    def __init__(self, model: Any, device: Any, dtype: Any) -> None:
        self.device = torch.device(device)
        self._dtype = dtype
        self._model = model.to(self.device, dtype).eval().requires_grad_(requires_grad=False)
        self._side = int(model.prompt_encoder.input_image_size)
        self._low = 4 * int(model.prompt_encoder.image_embedding_size[0])
        self._mean, self._deviation = (torch.tensor(values, device=self.device).view(3, 1, 1) for values in (_MEAN, _DEVIATION))

    def encode(self, image: NDArray[np.uint8]) -> Encoded:
        """See ``PromptableModel``."""
        pixels = torch.as_tensor(image, device=self.device).permute(2, 0, 1)[None].float()
        square = F.interpolate(pixels, (self._side, self._side), mode="bilinear", antialias=True, align_corners=False)
        normal = (square / 255 - self._mean) / self._deviation
        features = self._model.get_image_embeddings(normal.to(self._dtype))
        return Encoded(features, (int(image.shape[0]), int(image.shape[1])), (self._low, self._low))

    def decode(self, encoded: Encoded, points: Points, min_iou: float) -> Decoded:
        """See ``PromptableModel``."""
        placed = torch.as_tensor(points * self._side / np.array(encoded.size[::-1]), dtype=self._dtype, device=self.device)
        output = self._model(
            image_embeddings=encoded.features,
            input_points=placed[None, :, None],
            input_labels=torch.ones((1, len(points), 1), dtype=torch.int, device=self.device),
            multimask_output=True,
        )
        ious = output.iou_scores[0].float()
        keep = ious > min_iou
        source = keep.nonzero()[:, 0].cpu().numpy()
        return Decoded(output.pred_masks[0][keep].float(), ious[keep].cpu().numpy(), source)

    def upscale(self, logits: Any, encoded: Encoded) -> Any:
        """See ``PromptableModel``."""
        return F.interpolate(logits[None], encoded.size, mode="bilinear", align_corners=False)[0]

    def neighbourhoods(self, encoded: Encoded) -> Neighbourhoods:
        """See ``PromptableModel``; one interpolation, hence the low resolution in place of the model's square."""
        return neighbourhoods(self._low, self._low, encoded.inner, encoded.size, self.device)
