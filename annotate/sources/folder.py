"""Photos in a folder and its subfolders: JPEG, PNG, WebP and TIFF files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from annotate.sources import PhotoFile
from schemas.errors import UsageError

__all__ = ["PLUGIN", "SUFFIXES"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"})


class Folder:
    """Every file below ``place`` with a known suffix, hidden files and folders left aside; names are relative paths."""

    name = "folder"

    def files(self, place: str) -> Sequence[PhotoFile]:
        """The photo files of a folder."""
        root = Path(place)
        if not root.is_dir():
            raise UsageError(f"--photos {place}: there is no such folder.")
        found = [PhotoFile(path, path.relative_to(root).as_posix()) for path in root.rglob("*") if _may_be_photo(path, root)]
        if not found:
            raise UsageError(f"--photos {place}: the folder holds no {', '.join(sorted(SUFFIXES))} file.")
        return sorted(found, key=lambda photo: photo.name)


def _may_be_photo(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return path.suffix.lower() in SUFFIXES and not hidden and path.is_file()


PLUGIN = Folder()
