"""Keys: every digest and every random draw of the project is made here, from values and never from a stream."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KeyPart", "canonical_json", "digest", "file_sha256", "generator", "sha256", "unit"]

KeyPart = str | int


def canonical_json(value: object) -> str:
    """JSON text that is the same for equal values: sorted keys, no spaces, UTF-8 kept as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal sha256 of ``data`` (64 characters)."""
    return hashlib.sha256(data).hexdigest()


def file_sha256(path: Path) -> str:
    """Lower-case hexadecimal sha256 of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(*parts: object) -> str:
    """sha256 (hexadecimal) of the canonical JSON of ``parts``."""
    return sha256(canonical_json(parts).encode())


def generator(seed: int, *parts: KeyPart) -> np.random.Generator:
    """A numpy Generator (Philox) that depends on (seed, parts) alone.

    Parts are usually (source sha256, variant, region, step, purpose), so a draw is the same whatever ran before it.
    """
    key = int.from_bytes(hashlib.sha256(canonical_json((seed, *parts)).encode()).digest()[:16], "little")
    return np.random.Generator(np.random.Philox(key=key))


def unit(*parts: KeyPart) -> float:
    """A number in [0, 1) that depends on ``parts`` alone (53 bits of their sha256)."""
    return int(digest(*parts)[:14], 16) / 16**14
