"""The mask decoder of segment-anything for many points of one image: the package's weights, computed with less traffic.

The package repeats the image embedding for every point and projects all of it in every attention layer. The same numbers
come from less work, because

* before the first update all points see the same image embedding, so its keys, values and queries are made once an image;
* attention scores ``(Wq t) . (Wk x)`` of few tokens ``t`` against many pixels ``x`` equal ``(Wk' Wq t) . x``: the tokens are
  projected, not the pixels; likewise ``Wv`` and the output projection act on the tokens' side;
* a key's bias shifts all scores of a token alike and leaves the softmax as it is;
* predicted IoUs need no mask, so only masks that pass the IoU filter are upscaled at all;
* a transposed convolution whose stride is its kernel is a matrix product, so pixels stay in rows of channels.

In exact arithmetic the result is the package's; in float32 it differs by rounding (order of sums), as the package's own
result does between batch sizes. Tokens are always float32; ``dtype`` is that of the image side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F  # noqa: N812 (the field's name for it)

__all__ = ["DecodedTokens", "ImageSide", "SharedDecoder"]


@dataclass(frozen=True)
class ImageSide:
    """What all points of an image share; N pixels of the embedding (64 x 64 with the published weights), C channels."""

    pixels: Any
    """N x C, embedding plus the "no mask" prompt"""
    first_keys: Any
    """heads x N x d of the first token-to-image attention"""
    first_values: Any
    first_queries: Any
    """heads x N x d of the first image-to-token attention"""
    size: tuple[int, int]


@dataclass(frozen=True)
class DecodedTokens:
    """Decoded points that are not yet masks."""

    pixels: Any
    """B x N x C, the image as each point changed it"""
    weights: Any
    """B x masks x channels: what each mask asks of the upscaled pixels"""
    ious: Any
    """B x masks, float32, the model's own estimate"""


class _Attention:
    """Weights of one attention layer between tokens and pixels, split into heads."""

    def __init__(self, layer: Any) -> None:
        self.heads: int = layer.num_heads
        self.layer = layer
        self.scale = 1 / math.sqrt(layer.internal_dim // layer.num_heads)

    def split(self, values: Any) -> Any:
        """... x (heads d) to ... heads x d."""
        return values.unflatten(-1, (self.heads, -1))

    def rows(self, projection: Any) -> Any:
        """Weight of a projection to the inner dimension as heads x d x C, float32."""
        return projection.weight.unflatten(0, (self.heads, -1))

    def output_columns(self) -> Any:
        """Weight of the output projection as heads x d x C."""
        return self.layer.out_proj.weight.T.unflatten(0, (self.heads, -1))


class SharedDecoder:
    """Decodes points of one image at a time with the weights of a ``segment_anything`` ``MaskDecoder``.

    Args:
        decoder: the package's module, in float32, on the device to use.
        positions: 1 x C x h x w dense positional encoding of the prompt encoder, float32.
        dtype: of the image side; float32 gives the package's masks, bfloat16 and float16 are faster.
    """

    def __init__(self, decoder: Any, positions: Any, dtype: Any) -> None:
        self.decoder = decoder
        self.dtype = dtype
        self.positions = positions[0].flatten(1).T.contiguous()
        self.layers = list(decoder.transformer.layers)
        self.to_image = [_Attention(layer.cross_attn_token_to_image) for layer in self.layers]
        self.to_tokens = [_Attention(layer.cross_attn_image_to_token) for layer in self.layers]
        self.last = _Attention(decoder.transformer.final_attn_token_to_image)
        # positional encoding as each later layer sees it: heads x d x N
        self._position_keys = [self._projected(attention, "k_proj") for attention in [*self.to_image[1:], self.last]]
        self._position_queries = [self._projected(attention, "q_proj") for attention in self.to_tokens[1:]]
        self._norms = [(layer.norm4.weight.to(dtype), layer.norm4.bias.to(dtype), layer.norm4.eps) for layer in self.layers]
        self._upscaling = _Upscaling(decoder.output_upscaling, dtype)

    def _projected(self, attention: _Attention, name: str) -> Any:
        projected = self.positions @ getattr(attention.layer, name).weight.T
        return attention.split(projected).permute(1, 2, 0).contiguous()

    def share(self, embedding: Any, no_mask: Any) -> ImageSide:
        """Prepares an image: embedding 1 x C x h x w and the prompt encoder's "no mask" vector (C), both float32."""
        pixels = embedding[0].float().flatten(1).T + no_mask
        placed = pixels + self.positions
        to_image, to_tokens = self.to_image[0], self.to_tokens[0]

        def inner(attention: _Attention, name: str, values: Any) -> Any:
            return attention.split(getattr(attention.layer, name)(values)).transpose(0, 1).contiguous().to(self.dtype)

        return ImageSide(
            pixels=pixels.to(self.dtype),
            first_keys=inner(to_image, "k_proj", placed),
            first_values=inner(to_image, "v_proj", pixels),
            first_queries=inner(to_tokens, "q_proj", placed),
            size=(int(embedding.shape[-2]), int(embedding.shape[-1])),
        )

    def decode(self, image: ImageSide, prompts: Any) -> DecodedTokens:
        """Runs the transformer for B prompts (B x T x C, float32, the prompt encoder's sparse embeddings)."""
        decoder = self.decoder
        outputs = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        start = torch.cat([outputs.expand(len(prompts), -1, -1), prompts], dim=1)
        tokens, pixels = start, None
        for index, layer in enumerate(self.layers):
            tokens = _self_attention(layer, tokens, start)
            tokens = layer.norm2(tokens + self._look(index, tokens + start, image, pixels))
            tokens = layer.norm3(tokens + layer.mlp(tokens))
            pixels = self._write(index, tokens, start, image, pixels)
        tokens = tokens + self._attend(self.last, self._position_keys[-1], tokens + start, pixels)
        tokens = decoder.transformer.norm_final_attn(tokens)
        masks = [mlp(tokens[:, 2 + i]) for i, mlp in enumerate(decoder.output_hypernetworks_mlps[1:])]
        ious = decoder.iou_prediction_head(tokens[:, 0])[:, 1:]  # mask 0 is for unambiguous prompts
        return DecodedTokens(pixels, torch.stack(masks, dim=1), ious)

    def masks(self, decoded: DecodedTokens, keep: Any, size: tuple[int, int]) -> Any:
        """Logits of the masks chosen by ``keep`` (B x masks, boolean): K x 4h x 4w, float32, in the order of the points."""
        chosen = keep.any(dim=1).nonzero()[:, 0]
        if decoded.pixels.device.type != "cpu":
            return self._upscaling(decoded.pixels[chosen], decoded.weights[chosen], size)[keep[chosen]].float()
        # one point at a time stays in a CPU's cache: twice as fast as four at once
        logits = [self._upscaling(decoded.pixels[i : i + 1], decoded.weights[i, keep[i]][None], size)[0].float() for i in chosen]
        return torch.cat(logits) if logits else decoded.weights.new_zeros((0, 4 * size[0], 4 * size[1]))

    def _look(self, index: int, queries: Any, image: ImageSide, pixels: Any) -> Any:
        """What the tokens take from the pixels in layer ``index``."""
        attention = self.to_image[index]
        if pixels is None:
            inner = attention.split(attention.layer.q_proj(queries)).permute(2, 0, 1, 3)  # heads x B x T x d
            scores = inner.flatten(1, 2).to(self.dtype) @ image.first_keys.transpose(1, 2)
            mixed = (scores * attention.scale).softmax(dim=-1) @ image.first_values
            return attention.layer.out_proj(mixed.float().unflatten(1, inner.shape[1:3]).permute(1, 2, 0, 3).flatten(2))
        return self._attend(attention, self._position_keys[index - 1], queries, pixels)

    def _attend(self, attention: _Attention, positions: Any, queries: Any, pixels: Any) -> Any:
        count, length, _ = queries.shape
        inner = attention.split(attention.layer.q_proj(queries)).permute(2, 0, 1, 3) * attention.scale
        scores = self._scores(inner, attention.rows(attention.layer.k_proj), positions, pixels)
        mixed = torch.bmm(scores.softmax(dim=-1), pixels).float().unflatten(1, (attention.heads, length))
        values = torch.einsum("bhtc,hdc->bthd", mixed, attention.rows(attention.layer.v_proj)).reshape(count, length, -1)
        return attention.layer.out_proj(values + attention.layer.v_proj.bias)

    def _scores(self, inner: Any, rows: Any, positions: Any, pixels: Any) -> Any:
        """B x (heads T) x N scores of inner tokens (heads x B x T x d) against pixels and their positions."""
        heads, count, length, _ = inner.shape
        placed = (inner.flatten(1, 2) @ positions).unflatten(1, (count, length)).transpose(0, 1).flatten(1, 2)
        folded = (inner.flatten(1, 2) @ rows).unflatten(1, (count, length)).transpose(0, 1).reshape(count, heads * length, -1)
        return torch.baddbmm(placed.to(self.dtype), folded.to(self.dtype), pixels.transpose(1, 2))

    def _write(self, index: int, tokens: Any, start: Any, image: ImageSide, pixels: Any) -> Any:
        """The pixels (B x N x C) after the tokens of layer ``index`` have written to them."""
        attention = self.to_tokens[index]
        layer, heads = attention.layer, attention.heads
        count, length, _ = tokens.shape
        inner = attention.split(layer.k_proj(tokens + start)).permute(2, 0, 1, 3) * attention.scale
        if pixels is None:
            scores = inner.flatten(1, 2).to(self.dtype) @ image.first_queries.transpose(1, 2)
            scores = scores.unflatten(1, (count, length)).transpose(0, 1)
            before = image.pixels.expand(count, -1, -1)
        else:
            shift = torch.einsum("hbtd,hd->bht", inner, attention.split(layer.q_proj.bias)).unsqueeze(-1)
            scores = self._scores(inner, attention.rows(layer.q_proj), self._position_queries[index - 1], pixels)
            scores = scores.unflatten(1, (heads, length)) + shift.to(self.dtype)
            before = pixels
        shares = scores.softmax(dim=2).flatten(1, 2)  # over the tokens
        values = attention.split(layer.v_proj(tokens)).transpose(1, 2)  # B x heads x T x d
        # the shares of each head add up to 1, so a heads-th of the bias in every row adds up to the bias
        written = (values @ attention.output_columns() + layer.out_proj.bias / heads).flatten(1, 2)
        weight, bias, eps = self._norms[index]
        after = torch.baddbmm(before, shares.transpose(1, 2), written.to(self.dtype))
        return F.layer_norm(after, (after.shape[-1],), weight, bias, eps)


class _Upscaling:
    """The decoder's two transposed convolutions as matrix products over rows of channels."""

    def __init__(self, layers: Any, dtype: Any) -> None:
        first, norm, _, second, _ = layers
        self.first, self.second = self._matrix(first, dtype), self._matrix(second, dtype)
        self.norm = (norm.weight.to(dtype), norm.bias.to(dtype), norm.eps)
        self.dtype = dtype

    @staticmethod
    def _matrix(layer: Any, dtype: Any) -> tuple[Any, Any]:
        """Weight (C_in x C_out x 2 x 2) as (2 2 C_out) x C_in and its bias repeated."""
        weight = layer.weight.permute(2, 3, 1, 0).flatten(0, 2).contiguous()
        return weight.to(dtype), layer.bias.repeat(4).to(dtype)

    def __call__(self, pixels: Any, weights: Any, size: tuple[int, int]) -> Any:
        """B x N x C pixels and B x M x c mask weights to B x M x 4h x 4w logits."""
        count, (height, width) = len(pixels), size
        middle = F.linear(pixels, *self.first).unflatten(-1, (4, -1))
        middle = F.gelu(F.layer_norm(middle, (middle.shape[-1],), *self.norm))
        fine = F.gelu(F.linear(middle, *self.second)).unflatten(-1, (4, -1)).flatten(1, 3)
        logits = torch.bmm(weights.to(self.dtype), fine.transpose(1, 2))
        blocks = logits.reshape(count, -1, height, width, 2, 2, 2, 2)  # M, y, x, y/2, x/2, y/4, x/4
        return blocks.permute(0, 1, 2, 4, 6, 3, 5, 7).reshape(count, -1, 4 * height, 4 * width)


def _self_attention(layer: Any, tokens: Any, start: Any) -> Any:
    if layer.skip_first_layer_pe:
        return layer.norm1(layer.self_attn(q=tokens, k=tokens, v=tokens))
    placed = tokens + start
    return layer.norm1(tokens + layer.self_attn(q=placed, k=placed, v=tokens))
