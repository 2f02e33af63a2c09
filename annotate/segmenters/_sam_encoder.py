"""Global attention of segment-anything's image encoder in pieces that stay in a CPU's cache.

The package holds all scores of a global block at once: 12 heads x 4096 x 4096 floats, 805 MB with vit_b at 1024 px, which are
written and read five times over. The same operations on a few rows of one head at a time give the same numbers up to the
rounding of the matrix products, in less than half the time and without the memory.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

__all__ = ["attend_in_pieces"]

_FLOATS = 1 << 20  # scores held at once: 4 MiB in float32


def attend_in_pieces(encoder: Any) -> None:
    """Changes how the global blocks of an ``ImageEncoderViT`` on a CPU compute their attention; its weights stay as they are."""
    for block in getattr(encoder, "blocks", ()):  # MobileSAM's encoder has none
        if block.window_size == 0 and block.attn.use_rel_pos:
            block.attn.forward = partial(_attention, block.attn)


def _attention(layer: Any, pixels: Any) -> Any:
    """Attention of 1 x H x W x C pixels among each other, with decomposed relative positions."""
    _, height, width, _ = pixels.shape
    count = height * width
    queries, keys, values = layer.qkv(pixels).reshape(count, 3, layer.num_heads, -1).permute(1, 2, 0, 3).contiguous()
    placed = queries.unflatten(1, (height, width))
    by_row = torch.einsum("nhwc,hkc->nhwk", placed, _relative(layer.rel_pos_h, height))
    by_column = torch.einsum("nhwc,wkc->nhwk", placed, _relative(layer.rel_pos_w, width))
    scaled = queries * layer.scale
    mixed = torch.empty_like(queries)
    step = max(1, _FLOATS // (count * width))
    for head in range(layer.num_heads):
        for row in range(0, height, step):
            part = slice(row * width, min(row + step, height) * width)
            scores = (scaled[head, part] @ keys[head].T).view(-1, width, height, width)
            scores += by_row[head, row : row + step, :, :, None]
            scores += by_column[head, row : row + step, :, None, :]
            mixed[head, part] = scores.view(-1, count).softmax(dim=-1) @ values[head]
    return layer.proj(mixed.transpose(0, 1).reshape(1, height, width, -1))


def _relative(table: Any, size: int) -> Any:
    """Looked up for each pair of places, size x size x C: what the table of 2 size - 1 relative positions says for each pair."""
    steps = torch.arange(size, device=table.device)
    return table[steps[:, None] - steps[None, :] + size - 1]
