"""Trains the tiny segment-anything model of the tests on drawn scenes: ``python train_tiny_sam.py [FILE] [STEPS]``.

The model is built of the package's own classes (a ViT of width 48 on 160 px instead of width 768 on 1024 px), so loading,
batching and mask generation meet a real checkpoint whose masks, predicted IoUs and stabilities mean something. It learns from
scenes made of ellipses, polygons and strips with shading and grain; it has seen no photo. About five minutes on two cores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

from annotate.segmenters._sam_checkpoint import Architecture, assemble

TINY = Architecture(
    width=48, depth=3, side=160, patch=16, heads=3, mlp_ratio=2.0, window=5, global_blocks=(1, 2), channels=64,
    prompt_channels=8, decoder_depth=2, decoder_mlp=128, masks=3, iou_depth=2, iou_width=64,
)  # fmt: skip
SCENES, POINTS, SIDE = 5, 8, 160


def scene(random: np.random.Generator, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """An RGB picture (uint8, side x side x 3) and the number of the thing each pixel shows (0 is the ground)."""
    things = np.zeros((side, side), dtype=np.int32)
    for number in range(1, int(random.integers(3, 10))):
        cv2.fillPoly(things, [outline(random, side)], number)
    colours = random.uniform(0, 255, (things.max() + 1, 3))
    picture = colours[things] + grain(random, things)
    shade = cv2.resize(random.uniform(-40, 40, (3, 3)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    picture = cv2.GaussianBlur(picture + shade[..., None], (0, 0), random.uniform(0.4, 2.5))
    return np.clip(picture + random.normal(0, random.uniform(0, 10), picture.shape), 0, 255).astype(np.uint8), things


def outline(random: np.random.Generator, side: int) -> np.ndarray:
    """A blob, a polygon or a strip, as the corners of a closed polygon."""
    corners = int(random.choice([3, 4, 5, 24, 24, 24]))
    angles = np.sort(random.uniform(0, 2 * np.pi, corners)) if corners < 24 else np.linspace(0, 2 * np.pi, corners)
    radii = random.uniform(0.08, 0.45, 2) * side
    turn = random.uniform(0, np.pi)
    wobble = 1 + (random.uniform(0, 0.25) * np.cos(int(random.integers(2, 5)) * angles + random.uniform(0, 6)))
    points = np.stack([radii[0] * np.cos(angles) * wobble, radii[1] * np.sin(angles) * wobble], axis=1)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return (points @ rotation + random.uniform(0, side, 2)).astype(np.int32)


def grain(random: np.random.Generator, things: np.ndarray) -> np.ndarray:
    """Texture of each thing: smooth noise of its own strength and scale."""
    noise = np.zeros((*things.shape, 1))
    for number in range(things.max() + 1):
        coarse = max(2, int(things.shape[0] / random.uniform(1, 24)))
        layer = cv2.resize(random.normal(0, 1, (coarse, coarse)), things.shape[::-1], interpolation=cv2.INTER_LINEAR)
        noise[things == number, 0] = layer[things == number] * random.uniform(0, 25)
    return noise


def batch(random: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pictures, points (scenes x points x 2) and the masks (40 x 40) of the things they hit; some pictures are padded."""
    pictures, points, targets = [], [], []
    for _ in range(SCENES):
        picture, things = scene(random)
        height, width = (SIDE, SIDE) if random.random() < 0.3 else random.permutation([SIDE, int(random.integers(90, SIDE))])
        xy = np.stack([random.integers(0, width, POINTS), random.integers(0, height, POINTS)], axis=1)
        visible = np.zeros((SIDE, SIDE), dtype=np.float32)
        visible[:height, :width] = 1
        masks = [
            cv2.resize((things == things[y, x]) * visible, (SIDE // 4, SIDE // 4), interpolation=cv2.INTER_AREA) for x, y in xy
        ]
        normal = (picture - np.array([123.675, 116.28, 103.53])) / np.array([58.395, 57.12, 57.375]) * visible[..., None]
        pictures.append(normal.transpose(2, 0, 1))
        points.append(xy)
        targets.append(np.array(masks))
    return tuple(torch.as_tensor(np.array(values), dtype=torch.float32) for values in (pictures, points, targets))


def predict(sam: torch.nn.Module, embedding: torch.Tensor, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    labels = torch.ones(len(points), 1, dtype=torch.int)
    sparse, dense = sam.prompt_encoder(points=(points[:, None], labels), boxes=None, masks=None)
    return sam.mask_decoder(
        image_embeddings=embedding[None],
        image_pe=sam.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        multimask_output=True,
    )


def loss_of(logits: torch.Tensor, ious: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Best of the three masks (cross-entropy and dice), and how well each predicted IoU fits."""
    wanted = targets[:, None].expand_as(logits)
    cross = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").mean(dim=(2, 3))
    soft = logits.sigmoid()
    dice = 1 - 2 * (soft * wanted).sum(dim=(2, 3)) / (soft + wanted).sum(dim=(2, 3)).clamp(min=1)
    each = 4 * cross + dice
    inside, truth = logits > 0, wanted > 0.5
    real = (inside & truth).sum(dim=(2, 3)) / (inside | truth).sum(dim=(2, 3)).clamp(min=1)
    return each.min(dim=1).values.mean() + 0.1 * each.mean() + 2 * F.mse_loss(ious, real.detach())


def main(path: Path, steps: int) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    random = np.random.default_rng(0)
    sam = assemble(TINY).train()
    optimiser = torch.optim.AdamW(sam.parameters(), lr=2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=2e-3, total_steps=steps, pct_start=0.1)
    running = 0.0
    for step in range(1, steps + 1):
        pictures, points, targets = batch(random)
        embeddings = sam.image_encoder(pictures)
        predictions = [predict(sam, *one) for one in zip(embeddings, points, strict=True)]
        losses = [loss_of(*one, masks) for one, masks in zip(predictions, targets, strict=True)]
        loss = torch.stack(losses).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(sam.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running += (loss.item() - running) / min(step, 50)
        if step % 100 == 0 or step == 10:
            print(f"step {step} of {steps}: loss {running:.3f}", flush=True)
    torch.save({name: tensor.half() for name, tensor in sam.state_dict().items()}, path)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "tiny_sam.pth"), int(sys.argv[2]) if len(sys.argv) > 2 else 4000)
