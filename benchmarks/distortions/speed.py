# ruff: noqa: E402 - libraries read their thread settings when they are imported
"""Milliseconds per function and level, one thread, beside the peers and a floor. Writes a Markdown table and a JSON file.

    python benchmarks/distortions/speed.py --of dq495k --depictqa DIR --arniqa DIR --out benchmarks/distortions/speed-dq495k

Every function of ours runs at all five levels at 512 x 384 and at 1152 x 896 (1 MP); peers at all levels of the small picture
and at level 3 of the large one. Each figure is processor time, the least of at least three runs after one to warm up (one run
where it takes longer than two seconds): other work on the machine can only add to it. Floors: a copy of the picture, and the
bare OpenCV call that does the main work. Peers are those whose package is installed or whose folder is given; they get our
level's value where they have that setting.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

sys.path.insert(0, str(Path(__file__).parent))
import peers
from floors import floor

from distortions import distort, pool

Picture = NDArray[np.uint8]
PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "scikit-image",
    "scipy",
    "numba",
    "albumentations",
    "imagecorruptions",
    "kornia",
    "torch",
)
LONG, BUDGET = 2.0, 0.12


def milliseconds(run: Callable[[], object]) -> float:
    """The fastest of repeated runs; raises whatever ``run`` raises."""
    started = time.process_time()
    run()
    first = time.process_time() - started
    if first > LONG:
        return first * 1e3
    times: list[float] = []
    while len(times) < 3 or (sum(times) < BUDGET and len(times) < 30):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times) * 1e3


def timed(run: Callable[[Picture, int], object], image: Picture, levels: tuple[int, ...]) -> list[float] | None:
    try:
        return [milliseconds(lambda level=level: run(image, level)) for level in levels]
    except Exception:  # noqa: BLE001 - a peer that fails has no time
        return None


def loaded(chosen: argparse.Namespace) -> dict[str, peers.Peer]:
    found: dict[str, peers.Peer] = {}
    sources: dict[str, Callable[[], peers.Peer]] = {
        "imagecorruptions": peers.imagecorruptions,
        "albumentations": peers.albumentations,
        "kornia": peers.kornia,
    }
    if chosen.depictqa:
        sources["DQ-495K's code"] = lambda: peers.depictqa(chosen.depictqa)
    if chosen.arniqa:
        sources["ARNIQA's port"] = lambda: peers.arniqa(chosen.arniqa)
    for name, load in sources.items():
        try:
            found[name] = load()
        except Exception as error:  # noqa: BLE001 - a peer that is not installed is left out, in words
            print(f"left out: {name} ({error})", file=sys.stderr)
    return found


def measure(others: dict[str, peers.Peer], taxonomy: str, small: Picture, large: Picture) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in pool(taxonomy):
        run = lambda image, level, entry=entry: distort(image, entry, level, seed=1)  # noqa: E731
        row: dict[str, Any] = {
            "small": timed(run, small, (1, 2, 3, 4, 5)),
            "large": timed(run, large, (1, 2, 3, 4, 5)),
            "floor": timed(lambda image, level, entry=entry: floor(entry)(image, level), small, (1, 2, 3, 4, 5)),
            "peers": {},
        }
        for name, peer in others.items():
            if entry.name in peer:
                times = timed(peer[entry.name], small, (1, 2, 3, 4, 5))
                if times:
                    row["peers"][name] = {"small": times, "large": timed(peer[entry.name], large, (3,))}
        yield entry.name, row


def table(results: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| function | ours, levels 1-5 | ours at 1 MP | floor | peers, level 3 (times ours) | fastest peer | all peers |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in results.items():
        ours = row["small"]
        ratios = {peer: ratio(times["small"], ours) for peer, times in row["peers"].items()}
        shown = ", ".join(f"{peer} {row['peers'][peer]['small'][2]:.1f} ({times:.1f} x)" for peer, times in ratios.items())
        fastest = f"{min(ratios.values()):.1f} x" if ratios else ""
        middle = f"{median(ratios.values()):.1f} x" if ratios else ""
        lines.append(
            f"| `{name}` | {cells(ours)} | {cells(row['large'])} | {cells(row['floor'][2:3])} | {shown} | {fastest} | {middle} |"
        )
    return "\n".join(lines)


def cells(times: object) -> str:
    return " ".join(f"{value:.1f}" if value >= 1 else f"{value:.2f}" for value in times or [])


def ratio(theirs: list[float], ours: list[float]) -> float:
    """How many times as long theirs takes: the median over the levels."""
    return median(their / our for their, our in zip(theirs, ours, strict=True))


def summary(results: dict[str, dict[str, Any]]) -> str:
    pairs = {
        (name, peer): ratio(times["small"], row["small"]) for name, row in results.items() for peer, times in row["peers"].items()
    }
    slower = dict.fromkeys(f"`{name}` ({peer})" for (name, peer), times in pairs.items() if times < 1)
    total = sum(row["small"][2] for row in results.values())
    return (
        f"Median over all pairs of a function and a peer: {median(pairs.values() or [0]):.1f} times as fast. "
        f"All {len(results)} functions at level 3: {total:.0f} ms. Slower than a peer: {', '.join(slower) or 'none'}."
    )


def machine() -> str:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ""
    )
    return (
        f"{platform.machine()}, {model}, {os.cpu_count()} cores, one used; Python {platform.python_version()}; {', '.join(found)}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--of", default="dq495k", help="a taxonomy")
    arguments.add_argument("--depictqa", type=Path)
    arguments.add_argument("--arniqa", type=Path)
    arguments.add_argument("--out", type=Path, required=True, help="results are written to OUT.md and OUT.json")
    chosen = arguments.parse_args()
    cv2.setNumThreads(1)
    small = np.ascontiguousarray(astronaut()[:384, :512])
    large = cv2.resize(small, (1152, 896), interpolation=cv2.INTER_CUBIC)
    others = loaded(chosen)
    if "kornia" in others or "ARNIQA's port" in others:
        import torch  # noqa: PLC0415 - only where a peer needs it

        torch.set_num_threads(1)
    results: dict[str, dict[str, Any]] = {}
    for name, found in measure(others, chosen.of, small, large):
        results[name] = found
        print(name, file=sys.stderr, flush=True)
        write(chosen.out, chosen.of, results, milliseconds(small.copy))


def write(out: Path, taxonomy: str, results: dict[str, dict[str, Any]], copy: float) -> None:
    units = f"Milliseconds at 512 x 384 unless said. {machine()}."
    facts = f"A copy of the picture: {copy:.3f} ms. {summary(results)}"
    out.with_suffix(".md").write_text(f"# Speed of {taxonomy}\n\n{units}\n\n{facts}\n\n{table(results)}\n")
    out.with_suffix(".json").write_text(json.dumps({"machine": machine(), "copy_ms": copy, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
