"""The library versions that decide bytes, for provenance."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from annotate import __version__
from schemas.keys import canonical_json

__all__ = ["DECIDE_BYTES", "versions"]

DECIDE_BYTES = ("numpy", "opencv-python-headless", "pillow", "pyarrow", "scikit-image", "scipy")


@cache
def versions() -> str:
    """JSON object of the project's version and those of the libraries that decide pixels and bytes."""
    return canonical_json({"annotate-quality": __version__} | {name: version(name) for name in DECIDE_BYTES})
