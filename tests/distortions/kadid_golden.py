"""Fingerprints of all KADID types at all levels on a picture made of whole numbers.

``python -m tests.distortions.kadid_golden`` writes the table anew (after a change that is meant to change pixels).
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import PIL

from distortions import distort, pool
from schemas.keys import generator, sha256

TABLE = Path(__file__).with_name("kadid_golden.json")
SEED = 20


def picture() -> np.ndarray:
    """uint8 72 x 104 x 3: gradients, bars, a disc and a little noise, by whole-number arithmetic alone."""
    y, x = np.mgrid[:72, :104]
    red = (x * 255 // 103 + 40 * ((y // 9) % 2)) % 256
    green = np.where((x - 60) ** 2 + (y - 30) ** 2 < 400, 210, y * 3)
    blue = (x * y // 31) % 256
    noise = generator(1, "golden").integers(-6, 7, size=(72, 104, 3))
    return np.clip(np.stack([red, green, blue], axis=-1) + noise, 0, 255).astype(np.uint8)


def fingerprint(image: np.ndarray) -> dict[str, object]:
    return {"sha256": sha256(image.tobytes())[:16], "mean": round(float(image.mean()), 3), "std": round(float(image.std()), 3)}


def versions() -> dict[str, str]:
    return {"opencv": cv2.__version__, "pillow": PIL.__version__}


def fingerprints() -> dict[str, list[dict[str, object]]]:
    source = picture()
    return {
        entry.name: [fingerprint(distort(source, entry, level, seed=SEED).image) for level in range(1, 6)]
        for entry in pool("kadid25")
    }


if __name__ == "__main__":
    TABLE.write_text(json.dumps({"versions": versions(), "fingerprints": fingerprints()}, indent=1) + "\n")
