"""Our automatic mask generation against that of segment-anything, side by side in one run, on the same weights.

    python benchmarks/segmenters/sam.py [--grids 8 16 32] [--threads 1] [--photo FILE] [--out benchmarks/segmenters/sam.md]

The model is vit_b at 1024 px, loaded from a checkpoint file. Trained weights are not at hand where this was written, so the
encoder's weights are random and the decoder's set by hand (``annotate/segmenters/_sam_trial.py``): masks are areas around their
points and pass the paper's settings in numbers as with trained ones. Give ``--checkpoint FILE`` to use trained ones.
Each row is one run of a whole generator, encoder included, after a warm-up on a few points. Seconds are given by the clock
and as CPU time: on a machine that others use, CPU time with ``--threads 1`` is what can be compared.
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
from annotate.segmenters._sam_trial import TINY, save
from schemas.masks import iou

PAPER = MaskSettings()
VIT_B = replace(
    TINY, width=768, depth=12, side=1024, heads=12, mlp_ratio=4.0, window=14, global_blocks=(2, 5, 8, 11), channels=256,
    prompt_channels=16, decoder_mlp=2048, iou_depth=3, iou_width=256,
)  # fmt: skip
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


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
        start = time.process_time()
        result = function(*arguments)
        self.seconds[stage] += time.process_time() - start
        return result


class Clock:
    """Seconds since it was made: by the wall clock, and of this process on all cores."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._start[0], time.process_time() - self._start[1]


@dataclass
class Run:
    """One generator on one photo."""

    name: str
    seconds: float
    cpu_seconds: float
    masks: list[np.ndarray]
    detail: str = ""


def ours(sam_path: Path, image: np.ndarray, settings: MaskSettings, dtype: str) -> Run:
    model = Timed(build(read(sam_path)), "cpu", DTYPES[dtype])
    clock = Clock()
    found: list[Found] = generate(model, image, model.encode(image), settings, 4)
    wall, total = clock.read()
    rest = total - sum(model.seconds.values())
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in (*model.seconds.items(), ("rest", rest)))
    return Run(f"ours, {dtype}", wall, total, [one.mask for one in found], f"{stages} s; {model.upscaled} masks upscaled")


def packages(sam_path: Path, image: np.ndarray, settings: MaskSettings, batch: int) -> Run:
    generator = segment_anything().SamAutomaticMaskGenerator(build(read(sam_path)), points_per_batch=batch, **asdict(settings))
    clock = Clock()
    found = generator.generate(image)
    return Run(f"package, batch {batch}", *clock.read(), [one["segmentation"] for one in found])


def agreement(run: Run, reference: Run) -> str:
    """How the masks of two runs compare, each of the reference's with its best partner."""
    best = [max((iou(mask, other) for other in run.masks), default=0.0) for mask in reference.masks]
    if not best:
        return "no masks"
    same = sum(value == 1 for value in best)
    near = sum(value > 0.99 for value in best)
    return f"{same} of {len(best)} identical, {near} above 0.99, least {min(best):.5f}, mean {np.mean(best):.5f}"


def compare(sam_path: Path, image: np.ndarray, settings: MaskSettings) -> list[str]:
    side = settings.points_per_side
    reference = packages(sam_path, image, settings, 64)
    runs = [ours(sam_path, image, settings, dtype) for dtype in DTYPES]
    if side <= 8:
        runs.append(packages(sam_path, image, settings, 8))
    height, width = image.shape[:2]
    start = f"| {width} x {height} | {side} x {side} "
    measured = f"{reference.seconds:.1f} | {reference.cpu_seconds:.1f} | 1.0 | 1.0"
    lines = [f"{start}| {reference.name} | {measured} | {len(reference.masks)} | | |"]
    for run in runs:
        faster = f"{reference.seconds / run.seconds:.1f} | {reference.cpu_seconds / run.cpu_seconds:.1f}"
        measured = f"{run.seconds:.1f} | {run.cpu_seconds:.1f} | {faster}"
        lines.append(f"{start}| {run.name} | {measured} | {len(run.masks)} | {agreement(run, reference)} | {run.detail} |")
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
    parser.add_argument("--box-nms", type=float, default=PAPER.box_nms_thresh, help="nearer to 1 keeps more of random masks")
    parser.add_argument("--threads", type=int, help="of torch; all cores if not given")
    parser.add_argument("--photo", help="a photo in place of scikit-image's astronaut")
    parser.add_argument("--width", type=int, default=1024, help="long side of the photo in pixels")
    parser.add_argument("--checkpoint", type=Path, help="trained weights in place of random ones")
    parser.add_argument("--out", type=Path, help="Markdown file for the table")
    options = parser.parse_args()
    image = photo(options.photo, options.width)
    torch.set_num_threads(options.threads or torch.get_num_threads())
    columns = ["photo", "points", "generator", "s", "CPU s", "times faster", "by CPU time", "masks"]
    columns += ["masks against the package's", "where the CPU time went"]
    head = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    with tempfile.TemporaryDirectory() as folder:
        weights = options.checkpoint or save(Path(folder) / "vit_b_trial.pth", VIT_B)
        print("\n".join(head), flush=True)
        ours(weights, image[:64, :64], replace(PAPER, points_per_side=2), "float32")  # warm-up
        lines: list[str] = []
        for side in options.grids:
            lines += compare(weights, image, replace(PAPER, points_per_side=side, box_nms_thresh=options.box_nms))
            if options.out:  # after each grid: a long run that is stopped leaves what it measured
                start = [
                    f"Measured {time.strftime('%Y-%m-%d')} on {machine()}.",
                    f"Weights: {options.checkpoint or 'annotate/segmenters/_sam_trial.py'}; box_nms_thresh {options.box_nms}.",
                ]
                options.out.write_text("\n".join([*start, "", *head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
