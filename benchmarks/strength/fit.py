"""Calibrates perceived strength: measures KADID-10k's 125 cells on photos, fits the curve, checks it on other types and TID2013.

    python benchmarks/strength/fit.py PHOTOS... [--sources 24]

Prints the constants of annotate/measures/strength.py and the tables of docs/strength.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from opinions import KADID, TID, TID_DECIBELS
from scipy.optimize import least_squares
from scipy.stats import pearsonr, spearmanr

from annotate.measures.similarity import Difference, difference, halved_mask, responses
from annotate.measures.strength import expected_opinion, perceived
from distortions import distort

SIZE = (384, 512)  # of KADID's pictures
LEFT_OUT = {"denoise", "non_eccentricity_patch", "colour_block"}  # made another way here, or present in a few spots only
LEVELS = range(1, 6)


def photos(places: list[Path], count: int) -> list[np.ndarray]:
    files = sorted(file for place in places for file in place.iterdir() if file.suffix in {".png", ".jpg"})
    chosen = files[:: max(1, len(files) // count)][:count]
    return [_cut(cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)) for file in chosen]


def _cut(image: np.ndarray) -> np.ndarray:
    if image.shape[0] > image.shape[1]:
        image = np.rot90(image)
    factor = max(SIZE[0] / image.shape[0], SIZE[1] / image.shape[1])
    image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor != 1 else image
    return np.ascontiguousarray(image[: SIZE[0], : SIZE[1]])


def measured(images: list[np.ndarray], make: Callable[[np.ndarray, str, int], np.ndarray], types: list[str]) -> np.ndarray:
    """Differences, types x 5 levels x images x 3."""
    everywhere = halved_mask(np.ones(SIZE, dtype=bool))
    out = np.zeros((len(types), 5, len(images), 3))
    for k, image in enumerate(images):
        pristine = responses(image)
        for i, name in enumerate(types):
            for level in LEVELS:
                out[i, level - 1, k] = difference(pristine, responses(make(image, name, level)), everywhere)
    return out


def kadid(image: np.ndarray, name: str, level: int) -> np.ndarray:
    return distort(image, f"kadid.{name}", level=level, seed=int(image[:9].sum())).image


def to_decibels(image: np.ndarray, name: str, level: int) -> np.ndarray:
    """A type of TID2013 at its level's peak signal-to-noise ratio, by bisection of its parameter."""
    low, high = 0.0, 1.0
    result = image
    for _ in range(16):
        middle = (low + high) / 2
        result = _TID[name](image, middle)
        error = np.mean((result.astype(float) - image) ** 2)
        low, high = (middle, high) if 10 * np.log10(255**2 / max(error, 1e-9)) > TID_DECIBELS[level - 1] else (low, middle)
    return result


def _rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _noise(image: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(image.shape)


def _impulse(image: np.ndarray, share: float) -> np.ndarray:
    draws = np.random.default_rng(1).random(image.shape)
    return np.where(draws < share / 2, 0, np.where(draws > 1 - share / 2, 255, image)).astype(np.uint8)


def _code(image: np.ndarray, extension: str, key: int, value: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(extension, image, [key, value])[1], cv2.IMREAD_COLOR)


_TID: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "white noise": lambda image, x: _rounded(image + 60 * x * _noise(image)),
    "impulse noise": _impulse,
    "quantization": lambda image, x: _rounded((np.floor(image / (1 + 120 * x)) + 0.5) * (1 + 120 * x)),
    "gaussian blur": lambda image, x: cv2.GaussianBlur(image, (0, 0), 0.1 + 12 * x, borderType=cv2.BORDER_REPLICATE),
    "JPEG": lambda image, x: _code(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, round(100 - 98 * x)),
    "JPEG 2000": lambda image, x: _code(image, ".jp2", cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, round(1000 * (1 - x) ** 3) or 1),
    "multiplicative noise": lambda image, x: _rounded(image * (1 + x * _noise(image))),
}


def opinion(parameters: np.ndarray, parts: np.ndarray) -> np.ndarray:
    deviation, wavelet, power = np.abs(parameters)
    total = deviation * parts[..., 0] + wavelet * np.maximum(parts[..., 1], 0)
    return expected_opinion(1 - np.exp(-(total**power)))


def fit(parts: np.ndarray, opinions: np.ndarray) -> np.ndarray:
    found = least_squares(lambda p: (opinion(p, parts).mean(axis=-1) - opinions).ravel(), [6.0, 1.5, 1.3], loss="soft_l1")
    return np.abs(found.x)


def _without(i: int, used: np.ndarray, parts: np.ndarray, opinions: np.ndarray) -> np.ndarray:
    others = used & (np.arange(len(used)) != i)
    return opinion(fit(parts[others], opinions[others]), parts[i]).mean(axis=-1)


def correlations(ours: np.ndarray, theirs: np.ndarray) -> str:
    ours, theirs = ours.ravel(), theirs.ravel()
    error = np.sqrt(np.mean((ours - theirs) ** 2))
    return f"SRCC {spearmanr(ours, theirs)[0]:.3f}  PLCC {pearsonr(ours, theirs)[0]:.3f}  RMSE {error:.2f}"


def current(parts: np.ndarray) -> np.ndarray:
    return np.apply_along_axis(lambda part: expected_opinion(perceived(Difference(*part))), -1, parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("photos", nargs="+", type=Path)
    arguments.add_argument("--sources", type=int, default=24)
    options = arguments.parse_args()
    images = photos(options.photos, options.sources)
    types = list(KADID)
    parts = measured(images, kadid, types)
    theirs = np.array([KADID[name] for name in types])
    used = np.array([name not in LEFT_OUT for name in types])
    print(f"{len(images)} photos; deviation, wavelet, power = {fit(parts[used], theirs[used]).round(3)}")
    ours = current(parts)
    print(f"constants in use, 22 types: {correlations(ours[used].mean(axis=-1), theirs[used])}")
    print(f"constants in use, 25 types: {correlations(ours.mean(axis=-1), theirs)}")
    held_out = np.array([_without(i, used, parts, theirs) for i in range(len(types))])
    print(f"each type predicted by the others: {correlations(held_out[used], theirs[used])}")
    print("\n| type | opinion, levels 1 to 5 | expected by us | spread over photos |\n|---|---|---|---|")
    for i, name in enumerate(types):
        row = (theirs[i], ours[i].mean(axis=-1), ours[i].std(axis=-1))
        print(
            f"| {name.replace('_', ' ')}{'' if used[i] else ' (not fitted)'} | "
            + " | ".join(" ".join(f"{v:.2f}" for v in part) for part in row)
            + " |"
        )
    tid = current(measured(images, to_decibels, list(TID))).mean(axis=-1)
    tid_opinions = np.array(list(TID.values()))
    print(f"\nTID2013, {len(TID)} types at equal peak signal-to-noise ratio: {correlations(tid, 1 + tid_opinions * 4 / 6)}")
    for name, one, other in zip(TID, tid_opinions, tid, strict=True):
        print(f"| {name} | " + " ".join(f"{v:.2f}" for v in one) + " | " + " ".join(f"{v:.2f}" for v in other) + " |")


if __name__ == "__main__":
    main()
