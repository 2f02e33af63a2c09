"""How far our functions are from the originals, on one picture, at every level. Prints a Markdown table.

    python benchmarks/distortions/agreement.py --depictqa DIR --arniqa DIR

``--depictqa``: a folder that holds x_distortion (XPixelGroup/DepictQA, build_datasets); needs numba.
``--arniqa``: a folder that holds utils (miccunifi/ARNIQA); needs torch, torchvision and kornia.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut
from skimage.metrics import structural_similarity

sys.path.insert(0, str(Path(__file__).parent))
import peers

from distortions import distort, get

Picture = NDArray[np.uint8]
BANDS = 6
SAME_DRAWS = {"kadid.motion_blur"}
"""random, but the original can be handed our random parameters"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--depictqa", type=Path)
    arguments.add_argument("--arniqa", type=Path)
    chosen = arguments.parse_args()
    image = np.ascontiguousarray(astronaut()[:384, :512])
    if chosen.depictqa:
        tables("DQ-495K", peers.depictqa(chosen.depictqa), image)
    if chosen.arniqa:
        tables("KADID-10k port", peers.arniqa(chosen.arniqa), image)


def tables(title: str, peer: peers.Peer, image: Picture) -> None:
    fixed = [name for name in peer if not get(name).random or name in SAME_DRAWS]
    print(f"\n### {title}: functions without random numbers\n")
    print("| function | PSNR dB, levels 1-5 | SSIM, levels 1-5 | largest difference |")
    print("|---|---|---|---|")
    for name in fixed:
        print(row(name, peer[name], image, exact), flush=True)
    print(f"\n### {title}: random functions (ours / theirs)\n")
    columns = "mean, level 3 | standard deviation, levels 1-5 | neighbour correlation, level 3 | spectrum, worst band"
    print(f"| function | {columns} |")
    print("|---|---|---|---|---|")
    for name in peer:
        if name not in fixed:
            print(row(name, peer[name], image, statistics), flush=True)


def row(name: str, theirs: Callable[[Picture, int], Picture], image: Picture, compare: Callable[..., str]) -> str:
    pairs = []
    for level in range(1, 6):
        try:
            np.random.seed(level)  # noqa: NPY002 - the original draws from the global stream
            pairs.append((distort(image, name, level, seed=level).image, theirs(image, level)))
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            return f"| `{name}` | theirs raises {type(error).__name__} at level {level} | | |"
    return f"| `{name}` | {compare(image, pairs)} |"


def exact(_: Picture, pairs: list[tuple[Picture, Picture]]) -> str:
    psnr, ssim, largest = [], [], 0
    for ours, theirs in pairs:
        error = ours.astype(float) - theirs
        mean = np.mean(error**2)
        psnr.append("equal" if mean == 0 else f"{10 * np.log10(255**2 / mean):.1f}")
        ssim.append(f"{structural_similarity(ours, theirs, channel_axis=-1):.4f}")
        largest = max(largest, int(np.abs(error).max()))
    return f"{' '.join(psnr)} | {' '.join(ssim)} | {largest}"


def statistics(image: Picture, pairs: list[tuple[Picture, Picture]]) -> str:
    residuals = [[side.astype(float) - image for side in pair] for pair in pairs]
    means = "{:+.2f} / {:+.2f}".format(*(side.mean() for side in residuals[2]))
    spread = ", ".join("{:.2f} / {:.2f}".format(*(side.std() for side in pair)) for pair in residuals)
    neighbours = "{:+.3f} / {:+.3f}".format(*(correlation(side) for side in residuals[2]))
    mine, other = (spectrum(side) for side in residuals[2])
    worst = max(abs(np.log10(mine / other) * 10))
    return f"{means} | {spread} | {neighbours} | {worst:.1f} dB"


def correlation(residual: NDArray[np.float64]) -> float:
    values = residual - residual.mean()
    return float((values[:, 1:] * values[:, :-1]).mean() / (values**2).mean())


def spectrum(residual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean power of the residual in bands of spatial frequency."""
    power = (np.abs(np.fft.fft2(residual - residual.mean(), axes=(0, 1))) ** 2).mean(axis=-1)
    frequency = np.hypot(*np.meshgrid(*(np.fft.fftfreq(side) for side in power.shape), indexing="ij"))
    band = np.minimum((frequency / 0.5 * BANDS).astype(int), BANDS - 1)
    return np.bincount(band.ravel(), power.ravel()) / np.bincount(band.ravel())


if __name__ == "__main__":
    main()
