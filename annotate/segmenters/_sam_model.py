"""A promptable model: an image is encoded once, then points are decoded against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional as F  # noqa: N812 (the field's name for it)

from annotate.segmenters._sam_bounds import Neighbourhoods, neighbourhoods
from annotate.segmenters._sam_decoder import SharedDecoder
from annotate.segmenters._sam_encoder import attend_in_pieces

__all__ = ["Decoded", "Encoded", "PackageModel", "PromptableModel"]

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Encoded:
    """An image as a model holds it."""

    features: Any
    """the model's own"""
    size: tuple[int, int]
    """(height, width) of the image in pixels"""
    inner: tuple[int, int]
    """(height, width) of the part of the model's square input that the image fills"""


@dataclass(frozen=True)
class Decoded:
    """Masks of some points that passed the IoU filter, at the model's low resolution."""

    logits: Any
    """K x h x w float32 on the model's device; above 0 is inside"""
    ious: NDArray[np.float32]
    """K, the model's estimate of each mask's IoU"""
    source: NDArray[np.int64]
    """K, index of the point each mask belongs to"""


class PromptableModel(Protocol):
    """What automatic mask generation and clicks need of a model of the SAM family."""

    device: Any

    def encode(self, image: NDArray[np.uint8]) -> Encoded:
        """Encodes a uint8 RGB H x W x 3 image."""
        ...

    def decode(self, encoded: Encoded, points: Points, min_iou: float) -> Decoded:
        """Three masks for each of N x 2 points (x, y; pixels), less those whose predicted IoU is not above ``min_iou``."""
        ...

    def upscale(self, logits: Any, encoded: Encoded) -> Any:
        """K x h x w logits at the size of the image, K x H x W float32."""
        ...

    def neighbourhoods(self, encoded: Encoded) -> Neighbourhoods:
        """How the upscaled logits depend on those before."""
        ...


class PackageModel:
    """A ``segment_anything`` ``Sam`` (or another model built of the same prompt encoder and mask decoder).

    Args:
        sam: the package's model, float32, in evaluation mode.
        device: a torch device.
        dtype: torch dtype of the image encoder and of the decoder's image side.
    """

    def __init__(self, sam: Any, device: Any, dtype: Any) -> None:
        self.device = torch.device(device)
        self._dtype = dtype
        self._side = int(sam.image_encoder.img_size)
        self._mean, self._std = sam.pixel_mean.to(self.device), sam.pixel_std.to(self.device)
        self._encoder = sam.image_encoder.to(self.device, dtype)
        if self.device.type == "cpu":
            attend_in_pieces(self._encoder)
        self._prompts = sam.prompt_encoder.to(self.device)
        self._decoder = SharedDecoder(sam.mask_decoder.to(self.device), self._prompts.get_dense_pe(), dtype)
        self._no_mask = self._prompts.no_mask_embed.weight[0]

    def encode(self, image: NDArray[np.uint8]) -> Encoded:
        """See ``PromptableModel``; the long side fills the square by Pillow's bilinear resampling, as in the package."""
        scale = self._side / max(image.shape[:2])
        height, width = (int(side * scale + 0.5) for side in image.shape[:2])
        resized = np.array(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR))
        normal = (torch.as_tensor(resized, device=self.device).permute(2, 0, 1)[None] - self._mean) / self._std
        padded = F.pad(normal, (0, self._side - width, 0, self._side - height))
        embedding = self._encoder(padded.to(self._dtype))
        size = int(image.shape[0]), int(image.shape[1])
        return Encoded(self._decoder.share(embedding, self._no_mask), size, (height, width))

    def decode(self, encoded: Encoded, points: Points, min_iou: float) -> Decoded:
        """See ``PromptableModel``."""
        scale = np.array(encoded.inner[::-1]) / np.array(encoded.size[::-1])
        placed = torch.as_tensor(points * scale, device="cpu")[:, None]
        placed = placed.to(self.device, torch.float32 if self.device.type == "mps" else torch.float64)
        labels = torch.ones(placed.shape[:2], dtype=torch.int, device=self.device)
        prompts, _ = self._prompts(points=(placed, labels), boxes=None, masks=None)
        decoded = self._decoder.decode(encoded.features, prompts)
        keep = decoded.ious > min_iou
        logits = self._decoder.masks(decoded, keep, encoded.features.size)
        source = keep.nonzero()[:, 0].cpu().numpy()
        return Decoded(logits, decoded.ious[keep].cpu().numpy(), source)

    def upscale(self, logits: Any, encoded: Encoded) -> Any:
        """See ``PromptableModel``; two bilinear interpolations with the padding cut off between them, as in the package."""
        square = F.interpolate(logits[None], (self._side, self._side), mode="bilinear", align_corners=False)
        inner = square[..., : encoded.inner[0], : encoded.inner[1]]
        return F.interpolate(inner, encoded.size, mode="bilinear", align_corners=False)[0]

    def neighbourhoods(self, encoded: Encoded) -> Neighbourhoods:
        """See ``PromptableModel``."""
        return neighbourhoods(4 * encoded.features.size[0], self._side, encoded.inner, encoded.size, self.device)
