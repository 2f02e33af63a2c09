"""A checkpoint of segment-anything for trials: real classes, real file, no training.

The image encoder has seeded random weights. The prompt encoder and the decoder are set by hand so that a click gives a blob
around it whose border follows the encoder's features, at three sizes: the attention of the pixels to the point's token compares
their positional encodings, and the mask is where that attention exceeds a threshold. Predicted IoUs vary around 0.9, so the
paper's settings keep some tens of masks a photo. It knows nothing of things; it exercises everything else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from annotate.segmenters._sam_checkpoint import Architecture, assemble

__all__ = ["TINY", "save", "trial_model"]

TINY = Architecture(
    width=48,
    depth=3,
    side=160,
    patch=16,
    heads=3,
    mlp_ratio=2.0,
    window=5,
    global_blocks=(1, 2),
    channels=64,
    prompt_channels=8,
    decoder_depth=2,
    decoder_mlp=128,
    masks=3,
    iou_depth=2,
    iou_width=64,
)
"""Less than half a megabyte of weights, a fraction of a second a photo."""

# Channels 0 to 7 say what a token or pixel is, those from 8 on where it is.
_POINT, _PADDING, _IOU, _MASKS = 0, 1, 2, 3
_PLACE = 8
_HEADS = 8
_CYCLES = (0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2)  # of the positional encoding of each head, per half image
_FREE = slice(24, 32)  # channels that nothing reads
_LEVEL = 1.5  # of constants in free channels: norms then divide by much the same everywhere, and attention stays comparable
_THRESHOLDS = (0.55, 0.37, 0.16)  # of the three masks
_STEEPNESS = 50.0  # logits per unit of attention
_IOUS = (1.12, 1.12, 1.03)  # shifts that bring the three predicted IoUs to 0.93


def save(path: Path, shape: Architecture = TINY, seed: int = 0) -> Path:
    """Writes the checkpoint; the same file for the same seed and version of torch."""
    torch.save(trial_model(shape, seed).state_dict(), path)
    return path


def trial_model(shape: Architecture = TINY, seed: int = 0) -> Any:
    """The package's ``Sam`` with such weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sam = assemble(shape).eval().requires_grad_(requires_grad=False)
        for name, tensor in sam.image_encoder.named_parameters():
            if "pos" in name:  # the package starts them at 0, which would hide them
                tensor.normal_(std=0.1)
        mixture = torch.randn(4, 7) * 0.15
    _set_places(sam)
    _set_transformer(sam.mask_decoder.transformer)
    _set_masks(sam.mask_decoder, mixture)
    return sam


def _set_places(sam: Any) -> None:
    """Each head gets a horizontal and a vertical wave; tokens are told apart by one channel each."""
    prompts, decoder = sam.prompt_encoder, sam.mask_decoder
    waves = prompts.pe_layer.positional_encoding_gaussian_matrix.zero_()
    for head, cycles in enumerate(_CYCLES):
        waves[0, _PLACE + 2 * head] = waves[1, _PLACE + 2 * head + 1] = cycles
    for tensor in (prompts.no_mask_embed.weight, sam.image_encoder.neck[3].weight, sam.image_encoder.neck[3].bias):
        tensor.zero_()
    sam.image_encoder.neck[3].weight[1:_PLACE] = 1
    sam.image_encoder.neck[3].bias[_FREE] = _LEVEL * torch.tensor([1.0, -1.0] * 4)
    tokens = [(prompts.point_embeddings[1], 0, _POINT), (prompts.not_a_point_embed, 0, _PADDING), (decoder.iou_token, 0, _IOU)]
    tokens += [(decoder.mask_tokens, mask, _MASKS + mask) for mask in range(4)]
    for embedding, row, channel in tokens:
        embedding.weight[row] = 0
        embedding.weight[row, channel] = 4


def _set_transformer(transformer: Any) -> None:
    """Tokens keep to themselves; pixels look at the point's token by place and note how much of it they see."""
    first, *others = transformer.layers
    for layer in transformer.layers:
        _clear(layer.self_attn, layer.cross_attn_token_to_image, layer.cross_attn_image_to_token, layer.mlp)
        channels = layer.self_attn.v_proj.weight.shape[0]
        layer.self_attn.v_proj.weight[:] = torch.eye(channels)
        layer.self_attn.out_proj.weight[:] = torch.eye(channels)
    _clear(transformer.final_attn_token_to_image)
    looking, writing = first.self_attn, first.cross_attn_image_to_token
    wide, narrow, half = channels // _HEADS, writing.internal_dim // _HEADS, channels // 2
    for head in range(_HEADS):
        for channel in range(_PLACE):  # each token attends to its like: to itself
            looking.q_proj.weight[wide * head + channel, channel] = looking.k_proj.weight[wide * head + channel, channel] = 3
        wave = _PLACE + 2 * head
        for row, channel in enumerate((wave, half + wave, wave + 1, half + wave + 1)):
            writing.q_proj.weight[narrow * head + row, channel] = 1.5 * (narrow / 4) ** 0.5
            writing.k_proj.weight[narrow * head + row, channel] = 1
        writing.v_proj.weight[narrow * head, _POINT] = 1
        writing.out_proj.weight[_PLACE + head, narrow * head] = 1
    assert others, "the later layers mix the point into the IoU token"


def _set_masks(decoder: Any, mixture: Any) -> None:
    """Masks threshold what the pixels saw of the point, plus a little of the image."""
    fine, norm, _, finer, _ = decoder.output_upscaling
    _clear(fine, finer)
    norm.bias.fill_(3)  # where GELU is nearly straight
    for head in range(_HEADS):
        fine.weight[_PLACE + head, head] = 1
    for channel in range(4):
        fine.weight[1 + channel, _HEADS + channel] = 1
    fine.bias[12:16] = 2.5 * torch.tensor([1.0, -1.0, 1.0, -1.0])
    for channel in range(7):
        finer.weight[channel, channel] = 1
        finer.weight[_HEADS : _HEADS + 4, channel] = mixture[:, channel, None, None]
    finer.bias[:7] = -3 * mixture.sum(dim=0)
    finer.bias[7] = 3  # a constant to subtract thresholds with
    _clear(*decoder.output_hypernetworks_mlps)
    for mask, threshold in enumerate(_THRESHOLDS):
        last = decoder.output_hypernetworks_mlps[1 + mask].layers[-1]
        last.bias[mask] = _STEEPNESS
        last.bias[7] = -_STEEPNESS * (3 + threshold) / 3
    decoder.iou_prediction_head.layers[-1].bias[1:] = torch.tensor(_IOUS)


def _clear(*modules: Any) -> None:
    for module in modules:
        for tensor in module.parameters():
            tensor.zero_()
