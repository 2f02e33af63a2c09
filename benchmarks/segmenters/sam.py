"""Our automatic mask generation against that of segment-anything, side by side in one run, on the same weights.

    python benchmarks/segmenters/sam.py [--grids 8 16 32] [--photo FILE] [--out benchmarks/segmenters/sam.md]

The model is vit_b at 1024 px, loaded from a checkpoint file. Trained weights are not at hand where this was written, so the
weights are random, with some layers scaled (``coherent_weights``) until masks are coherent areas that straddle the paper's
thresholds; the arithmetic is that of trained weights, the share of masks that survive is not. Give ``--checkpoint FILE`` to
use trained ones. Each row is one run of each generator, encoder included; the order alternates, the first row is a warm-up.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from skimage import data

from annotate.segmenters._sam_amg import Found, MaskSettings, generate
from annotate.segmenters._sam_checkpoint import build, read
from annotate.segmenters._sam_model import PackageModel
from annotate.segmenters._sam_package import segment_anything
from schemas.masks import iou

PAPER = MaskSettings()
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def coherent_weights(path: Path) -> Path:
    """Writes a vit_b checkpoint with seeded random weights whose masks are coherent areas."""
    torch.manual_seed(0)
    sam = segment_anything().sam_model_registry["vit_b"]().requires_grad_(requires_grad=False)
    decoder = sam.mask_decoder
    sam.prompt_encoder.pe_layer.positional_encoding_gaussian_matrix *= 0.4  # smoother positions
    sam.image_encoder.neck[3].weight *= 0.3  # of which more is seen
    for layer in decoder.transformer.layers:
        writing, looking = layer.cross_attn_image_to_token, layer.cross_attn_token_to_image
        for projection, factor in ((writing.q_proj, 12), (writing.k_proj, 12), (writing.v_proj, 2), (writing.out_proj, 40)):
            projection.weight *= factor
        looking.q_proj.weight *= 3
        looking.k_proj.weight *= 3
    for mlp in decoder.output_hypernetworks_mlps:
        for linear, factor in zip(mlp.layers, (2, 2, 150), strict=True):
            linear.weight *= factor
    for convolution in (decoder.output_upscaling[0], decoder.output_upscaling[3]):
        convolution.weight[:] = convolution.weight.mean(dim=(2, 3), keepdim=True) * 3  # no checkerboard
    for linear in decoder.iou_prediction_head.layers:
        linear.weight *= 2
    decoder.iou_prediction_head.layers[-1].bias[:] = 0.88
    torch.save(sam.state_dict(), path)
    return path


class Timed(PackageModel):
    """Adds up the seconds spent in each stage."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.seconds = dict.fromkeys(("encode", "decode", "upscale"), 0.0)
        self.upscaled = 0

    def encode(self, image):
        return self._timed("encode", super().encode, image)

    def decode(self, encoded, points, min_iou):
        return self._timed("decode", super().decode, encoded, points, min_iou)

    def upscale(self, logits, encoded):
        self.upscaled += len(logits)
        return self._timed("upscale", super().upscale, logits, encoded)

    def _timed(self, stage, function, *arguments):
        start = time.perf_counter()
        result = function(*arguments)
        self.seconds[stage] += time.perf_counter() - start
        return result


@dataclass
class Run:
    """One generator on one photo."""

    name: str
    seconds: float
    masks: list[np.ndarray]
    detail: str = ""


def ours(sam_path: Path, image: np.ndarray, settings: MaskSettings, dtype: str) -> Run:
    model = Timed(build(read(sam_path)), "cpu", DTYPES[dtype])
    start = time.perf_counter()
    found: list[Found] = generate(model, image, model.encode(image), settings, 4)
    total = time.perf_counter() - start
    rest = total - sum(model.seconds.values())
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in (*model.seconds.items(), ("rest", rest)))
    return Run(f"ours, {dtype}", total, [one.mask for one in found], f"{stages} s; {model.upscaled} masks upscaled")


def packages(sam_path: Path, image: np.ndarray, settings: MaskSettings, batch: int) -> Run:
    generator = segment_anything().SamAutomaticMaskGenerator(build(read(sam_path)), points_per_batch=batch, **asdict(settings))
    start = time.perf_counter()
    found = generator.generate(image)
    return Run(f"package, batch {batch}", time.perf_counter() - start, [one["segmentation"] for one in found])


def agreement(run: Run, reference: Run) -> str:
    """How the masks of two runs compare, each of the reference's with its best partner."""
    best = [max((iou(mask, other) for other in run.masks), default=0.0) for mask in reference.masks]
    if not best:
        return "no masks"
    same = sum(value == 1 for value in best)
    near = sum(value > 0.99 for value in best)
    return f"{same} of {len(best)} identical, {near} above 0.99, least {min(best):.5f}, mean {np.mean(best):.5f}"


def compare(sam_path: Path, image: np.ndarray, side: int) -> list[str]:
    settings = replace(PAPER, points_per_side=side)
    reference = packages(sam_path, image, settings, 64)
    runs = [ours(sam_path, image, settings, dtype) for dtype in DTYPES]
    if side <= 16:
        runs.append(packages(sam_path, image, settings, 8))
    height, width = image.shape[:2]
    start = f"| {width} x {height} | {side} x {side} "
    lines = [f"{start}| {reference.name} | {reference.seconds:.1f} | 1.0 | {len(reference.masks)} | | |"]
    for run in runs:
        speed = reference.seconds / run.seconds
        detail = f"{agreement(run, reference)} | {run.detail}"
        lines.append(f"{start}| {run.name} | {run.seconds:.1f} | {speed:.1f} | {len(run.masks)} | {detail} |")
    for line in lines:
        print(line, flush=True)
    return lines


def photo(path: str | None, width: int) -> np.ndarray:
    """A photo brought to a long side of ``width`` pixels; scikit-image's astronaut if none is given."""
    picture = Image.open(path).convert("RGB") if path else Image.fromarray(data.astronaut())
    factor = width / max(picture.size)
    size = tuple(max(1, round(side * factor)) for side in picture.size)
    return np.array(picture.resize(size, Image.Resampling.BICUBIC))


def machine() -> str:
    name = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        name = next((line.partition(": ")[2] for line in cpu.read_text().splitlines() if line.startswith("model name")), name)
    return f"{name}, {os.cpu_count()} cores; torch {torch.__version__}, {torch.get_num_threads()} threads; segment-anything 1.0"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grids", type=int, nargs="+", default=[8, 16])
    parser.add_argument("--photo", help="a photo in place of scikit-image's astronaut")
    parser.add_argument("--width", type=int, default=1024, help="long side of the photo in pixels")
    parser.add_argument("--checkpoint", type=Path, help="trained weights in place of random ones")
    parser.add_argument("--out", type=Path, help="Markdown file for the table")
    options = parser.parse_args()
    image = photo(options.photo, options.width)
    head = [
        "| photo | points | generator | s | times faster | masks | masks against the package's | where the time went |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        weights = options.checkpoint or coherent_weights(Path(folder) / "vit_b_random.pth")
        print("\n".join(head), flush=True)
        lines = [line for side in options.grids for line in compare(weights, image, side)]
    if options.out:
        text = [
            f"Measured {time.strftime('%Y-%m-%d')} on {machine()}.",
            f"Weights: {options.checkpoint or 'random, see sam.py'}.",
            "",
            *head,
            *lines,
            "",
        ]
        options.out.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
