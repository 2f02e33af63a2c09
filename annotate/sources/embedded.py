"""Photographs that come inside the scikit-image wheel: a build works with nothing downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from annotate.sources import PhotoFile
from schemas.errors import UsageError

__all__ = ["PLUGIN"]

# Licences as skimage/data/_fetchers.py (scikit-image 0.26) states them; photos without a clear one are left out.
LICENCES = {
    "astronaut.png": "public domain (NASA)",
    "chelsea.png": "CC0-1.0 (Stefan van der Walt)",
    "coffee.png": "CC0-1.0 (Rachel Michetti)",
    "rocket.jpg": "public domain (SpaceX)",
}


class Embedded:
    """Four photos of scikit-image; ``place`` is not looked at."""

    name = "embedded"

    def files(self, place: str = "") -> Sequence[PhotoFile]:  # noqa: ARG002
        """The four photos."""
        folder = Path(str(files("skimage") / "data"))
        found = [PhotoFile(folder / name, name, licence) for name, licence in LICENCES.items()]
        missing = [photo.name for photo in found if not photo.path.is_file()]
        if missing:
            names = ", ".join(missing)
            raise UsageError(f"The installed scikit-image lacks the photos {names}; give your own with --photos DIR.")
        return found


PLUGIN = Embedded()
