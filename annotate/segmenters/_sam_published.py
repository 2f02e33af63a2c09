"""Checkpoints that their authors published, and where this machine keeps them.

URLs, sizes and sha256: facebookresearch/segment-anything (README.md) for the addresses; the sums as pinned by
computational-cell-analytics/micro-sam (micro_sam/util.py).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import UsageError
from schemas.registry import nearest

__all__ = ["PUBLISHED", "Published", "checkpoint_folder", "published"]


@dataclass(frozen=True)
class Published:
    """One checkpoint file."""

    name: str
    """what a recipe and the command line call it"""
    segmenter: str
    """the segmenter that reads it"""
    url: str
    sha256: str
    size: int | None
    """bytes, None if not stated by the source"""
    licence: str = "Apache-2.0"

    @property
    def file(self) -> str:
        """The file's name, the last part of its address."""
        return self.url.rpartition("/")[2]

    @property
    def path(self) -> Path:
        """Where a download of it lies on this machine."""
        return checkpoint_folder() / self.file


_META = "https://dl.fbaipublicfiles.com/segment_anything"
PUBLISHED = {
    one.name: one
    for one in (
        Published(
            "vit_h",
            "sam",
            f"{_META}/sam_vit_h_4b8939.pth",
            "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
            2_564_550_879,
        ),
        Published(
            "vit_l",
            "sam",
            f"{_META}/sam_vit_l_0b3195.pth",
            "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
            1_249_524_607,
        ),
        Published(
            "vit_b",
            "sam",
            f"{_META}/sam_vit_b_01ec64.pth",
            "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
            375_042_383,
        ),
        Published(
            "vit_t",
            "mobilesam",
            "https://github.com/ChaoningZhang/MobileSAM/raw/master/weights/mobile_sam.pt",
            "6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f",
            None,
        ),
    )
}


def checkpoint_folder() -> Path:
    """Folder of downloaded checkpoints: $ANNOTATE_CHECKPOINTS, else annotate/checkpoints in the user's cache folder."""
    chosen = os.environ.get("ANNOTATE_CHECKPOINTS")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(chosen) if chosen else Path(cache) / "annotate" / "checkpoints"


def published(name: str) -> Published:
    """The published checkpoint called ``name``.

    Raises:
        UsageError: no such name; the nearest is offered.
    """
    if name not in PUBLISHED:
        raise UsageError(f"No published checkpoint is called {name!r}.{nearest(name, list(PUBLISHED))}")
    return PUBLISHED[name]
