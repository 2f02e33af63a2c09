"""Reads a checkpoint of segment-anything: which file, whether it is whole, which architecture it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from annotate.segmenters._sam_package import segment_anything
from annotate.segmenters._sam_published import PUBLISHED, Published
from schemas.errors import UsageError
from schemas.keys import file_sha256

__all__ = ["Architecture", "Checkpoint", "build", "locate", "read"]

_HEADS = 8  # of the decoder's attention; no tensor tells, all published models have it
_KNOWN = {(1280, 32): "vit_h", (1024, 24): "vit_l", (768, 12): "vit_b"}


@dataclass(frozen=True)
class Architecture:
    """What the shapes of a checkpoint's tensors say about the model."""

    width: int
    depth: int
    side: int
    """of the square input, pixels"""
    patch: int
    heads: int
    mlp_ratio: float
    window: int
    global_blocks: tuple[int, ...]
    channels: int
    """of the image embedding and the decoder"""
    prompt_channels: int
    decoder_depth: int
    decoder_mlp: int
    masks: int
    iou_depth: int
    iou_width: int

    @property
    def name(self) -> str:
        """vit_h, vit_l or vit_b, else a description."""
        published = _KNOWN.get((self.width, self.depth)) if self.side == 1024 else None
        return published or f"ViT of width {self.width}, {self.depth} blocks, {self.side} px"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read."""

    path: Path
    sha256: str
    tensors: Mapping[str, Any]


def locate(checkpoint: str, segmenter: str = "sam") -> Path:
    """The file that the setting ``checkpoint`` names: a path, or the name of a published checkpoint that was fetched.

    Raises:
        UsageError: nothing was named, or there is no such file.
    """
    names = [one.name for one in PUBLISHED.values() if one.segmenter == segmenter]
    how = f"Fetch a published one with `annotate segmenter fetch {names[-1]}`" if names else "Download one"
    if not checkpoint:
        raise UsageError(f"segmenter {segmenter!r} needs the option 'checkpoint': a file or one of {', '.join(names)}. {how}.")
    if checkpoint in names:
        path = PUBLISHED[checkpoint].path
        if not path.is_file():
            raise UsageError(
                f"checkpoint {checkpoint!r} is not on this machine ({path}). Run `annotate segmenter fetch {checkpoint}`."
            )
        return path
    path = Path(checkpoint).expanduser()
    if not path.is_file():
        raise UsageError(f"checkpoint {path}: no such file. {how}, or give the path of one you have.")
    return path


def read(path: Path) -> Checkpoint:
    """Reads and checks a checkpoint file (PyTorch's own format, tensors only: no code in it is run).

    Raises:
        UsageError: truncated, not a checkpoint, or not the published file whose name it bears; the message names the sha256.
    """
    sum_ = file_sha256(path)
    known = next((one for one in PUBLISHED.values() if one.file == path.name), None)
    if known is not None and known.sha256 != sum_:
        raise UsageError(_damaged(path, sum_, known))
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:  # torch's unpickler stumbles over foreign bytes with any kind of error
        size = path.stat().st_size
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        problem = f"checkpoint {path} ({size:,} bytes, sha256 {sum_}) is truncated or no PyTorch checkpoint: {reason}."
        raise UsageError(f"{problem} Copy or fetch it again.") from error
    return Checkpoint(path, sum_, _state(path, tensors))


def _damaged(path: Path, found: str, known: Published) -> str:
    size = path.stat().st_size
    short = f" It has {size:,} of {known.size:,} bytes." if known.size and size != known.size else ""
    return (
        f"checkpoint {path} is not the published {known.name}: its sha256 is {found}, not {known.sha256}.{short} "
        f"Run `annotate segmenter fetch {known.name}`, or give a checkpoint of your own another file name."
    )


def _state(path: Path, loaded: Any) -> Mapping[str, Any]:
    if isinstance(loaded, Mapping) and isinstance(loaded.get("model"), Mapping):
        loaded = loaded["model"]
    if not isinstance(loaded, Mapping) or not all(isinstance(value, torch.Tensor) for value in loaded.values()):
        raise UsageError(f"checkpoint {path} holds no table of tensors. Save the model's state_dict().")
    return loaded


def architecture(path: Path, tensors: Mapping[str, Any]) -> Architecture:
    """The architecture that the tensors' shapes imply.

    Raises:
        UsageError: tensors of another family of models.
    """
    try:
        return _architecture({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    except (KeyError, ValueError, IndexError) as error:
        raise UsageError(
            f"checkpoint {path} is no segment-anything ViT checkpoint{_family(tensors)}: "
            f"tensor {error} is missing or of another shape."
        ) from error


def _family(tensors: Mapping[str, Any]) -> str:
    if any(".trunk." in name for name in tensors):
        return " but one of SAM 2 (use segmenter 'sam2' with a folder of transformers)"
    if any(name.startswith("image_encoder.layers.") for name in tensors):
        return " but one of MobileSAM (use segmenter 'mobilesam')"
    return ""


def _architecture(shapes: Mapping[str, tuple[int, ...]]) -> Architecture:
    width, _, patch, _ = shapes["image_encoder.patch_embed.proj.weight"]
    grid = shapes["image_encoder.pos_embed"][1]
    depth = 1 + _last(shapes, r"image_encoder\.blocks\.(\d+)\.")
    spans = [shapes[f"image_encoder.blocks.{block}.attn.rel_pos_h"][0] for block in range(depth)]
    whole = 2 * grid - 1
    window = min((span + 1) // 2 for span in spans)
    return Architecture(
        width=width,
        depth=depth,
        side=grid * patch,
        patch=patch,
        heads=width // shapes["image_encoder.blocks.0.attn.rel_pos_h"][1],
        mlp_ratio=shapes["image_encoder.blocks.0.mlp.lin1.weight"][0] / width,
        window=window if window < grid else 0,
        global_blocks=tuple(block for block, span in enumerate(spans) if span == whole),
        channels=shapes["image_encoder.neck.0.weight"][0],
        prompt_channels=shapes["prompt_encoder.mask_downscaling.6.weight"][1],
        decoder_depth=1 + _last(shapes, r"mask_decoder\.transformer\.layers\.(\d+)\."),
        decoder_mlp=shapes["mask_decoder.transformer.layers.0.mlp.lin1.weight"][0],
        masks=shapes["mask_decoder.mask_tokens.weight"][0] - 1,
        iou_depth=1 + _last(shapes, r"mask_decoder\.iou_prediction_head\.layers\.(\d+)\."),
        iou_width=shapes["mask_decoder.iou_prediction_head.layers.0.weight"][0],
    )


def _last(shapes: Mapping[str, tuple[int, ...]], pattern: str) -> int:
    found = [int(match[1]) for name in shapes if (match := re.match(pattern, name))]
    if not found:
        raise KeyError(pattern.replace("\\", ""))
    return max(found)


def build(checkpoint: Checkpoint, model_type: str = "auto") -> Any:
    """The package's ``Sam`` with the checkpoint's weights, in float32, in evaluation mode.

    Raises:
        UsageError: another architecture than ``model_type`` says, or tensors that do not fit.
    """
    shape = architecture(checkpoint.path, checkpoint.tensors)
    if model_type not in {"auto", shape.name}:
        raise UsageError(
            f"checkpoint {checkpoint.path} (sha256 {checkpoint.sha256}) holds {shape.name}, but the option 'model_type' "
            f"says {model_type}. Correct one of them or leave 'model_type' at auto."
        )
    sam = assemble(shape)
    try:
        sam.load_state_dict(checkpoint.tensors)
    except RuntimeError as error:
        first = " ".join(str(error).split())[:300]
        raise UsageError(f"checkpoint {checkpoint.path} looks like {shape.name} but does not fit it: {first}") from error
    return sam.float().eval().requires_grad_(requires_grad=False)


def assemble(shape: Architecture) -> Any:
    """A ``segment_anything`` ``Sam`` of this architecture, with weights as torch initialises them."""
    modeling = segment_anything().modeling
    grid = shape.side // shape.patch
    encoder = modeling.ImageEncoderViT(
        depth=shape.depth,
        embed_dim=shape.width,
        img_size=shape.side,
        mlp_ratio=shape.mlp_ratio,
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
        num_heads=shape.heads,
        patch_size=shape.patch,
        qkv_bias=True,
        use_rel_pos=True,
        global_attn_indexes=shape.global_blocks,
        window_size=shape.window,
        out_chans=shape.channels,
    )
    return modeling.Sam(encoder, *_prompt_side(modeling, shape, grid))


def _prompt_side(modeling: Any, shape: Architecture, grid: int) -> tuple[Any, Any]:
    prompts = modeling.PromptEncoder(
        embed_dim=shape.channels,
        image_embedding_size=(grid, grid),
        input_image_size=(shape.side, shape.side),
        mask_in_chans=shape.prompt_channels,
    )
    transformer = modeling.TwoWayTransformer(
        depth=shape.decoder_depth, embedding_dim=shape.channels, mlp_dim=shape.decoder_mlp, num_heads=_HEADS
    )
    decoder = modeling.MaskDecoder(
        num_multimask_outputs=shape.masks,
        transformer=transformer,
        transformer_dim=shape.channels,
        iou_head_depth=shape.iou_depth,
        iou_head_hidden_dim=shape.iou_width,
    )
    return prompts, decoder
