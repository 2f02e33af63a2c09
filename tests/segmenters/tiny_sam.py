"""Small checkpoints of segment-anything for tests: the package's own classes and file format, a ViT of width 48 on 160 px.

``save(path)`` writes one with seeded random weights; ``TRAINED`` is one that learned to segment drawn scenes
(``benchmarks/segmenters/train_tiny_sam.py``), so its masks, predicted IoUs and stabilities mean something at the paper's
settings. Either is loaded as any checkpoint is: ``annotate build --segmenter sam --sam-checkpoint FILE``.
"""

from __future__ import annotations

from pathlib import Path

import torch

from annotate.segmenters._sam_checkpoint import Architecture, assemble

TRAINED = Path(__file__).with_name("tiny_sam.pth")
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


def random_model(seed: int = 0, shape: Architecture = TINY):
    """A model with seeded random weights whose logits spread on both sides of 0."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sam = assemble(shape).eval().requires_grad_(requires_grad=False)
        for name, tensor in sam.named_parameters():
            if "rel_pos" in name or "pos_embed" in name:  # the package starts them at 0, which would hide them
                tensor.normal_(std=0.1)
    return sam


def save(path: Path, seed: int = 0) -> Path:
    """Writes such a model's checkpoint."""
    torch.save(random_model(seed).state_dict(), path)
    return path
