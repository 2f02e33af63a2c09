"""People's own masks: a COCO JSON file, a folder of PNG label maps, or a folder with one folder of masks for each photo.

``regions.options.path`` names one of:

- a COCO JSON file: ``images`` are found by ``file_name``, ``annotations`` give a polygon, an uncompressed or a compressed RLE;
  the category's name becomes the label, ``score`` (if any) the score;
- a folder with ``<photo name without ending>.png``: a label map, one number (grey or palette) for each region, 0 is nothing;
- a folder with a folder ``<photo name without ending>/``: one PNG for each mask, everything that is not 0 belongs to it; the file
  name, without a number at its end, becomes the label.

Masks drawn on the photo's own size are brought to the size at which the recipe reads it (nearest pixel); a mask of another shape
than the photo is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco
from pydantic import BaseModel, ConfigDict, Field

from annotate.segmenters import Proposal
from annotate.segmenters._options import validated
from schemas.errors import RegionError, UsageError
from schemas.keys import digest, file_sha256
from schemas.masks import decode
from schemas.values import Photo, Rle

__all__ = ["PLUGIN", "MasksOptions"]

_SHAPE_TOLERANCE: Final = 0.02  # a mask may differ this much in aspect: rounding of a shrunk photo


class MasksOptions(BaseModel):
    """[regions.options] of the segmenter masks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1, description="COCO JSON file, or folder of label maps or of folders of masks")]


class _CocoSession:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.identity = digest("masks", "coco", file_sha256(path))
        content = _json(path)
        self._labels = {item["id"]: str(item.get("name", "")) for item in content.get("categories", [])}
        self._images = {Path(str(item["file_name"])).name: item for item in content["images"]}
        self._annotations: dict[Any, list[dict[str, Any]]] = {}
        for item in content["annotations"]:
            self._annotations.setdefault(item["image_id"], []).append(item)

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:
        """The annotations of the photo, in the file's order."""
        entry = self._images.get(photo.name) or self._images.get(Path(photo.name).name)
        if entry is None:
            raise RegionError(f"{photo.name}: {self._path} lists no image of that file_name.", "no_masks")
        found = self._annotations.get(entry["id"], [])
        return [
            self._proposal(item, entry, photo, image) for item in found if not item.get("iscrowd") or item.get("segmentation")
        ]

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:  # noqa: ARG002
        """It takes no clicks."""
        return None

    def _proposal(self, item: Mapping[str, Any], entry: Mapping[str, Any], photo: Photo, image: NDArray[np.uint8]) -> Proposal:
        what = f"{self._path}: annotation {item.get('id')} of {photo.name}"
        mask = _segmentation(item.get("segmentation"), (int(entry["height"]), int(entry["width"])), what)
        label = self._labels.get(item.get("category_id"), "")
        return Proposal(_fitted(mask, image, what), float(item.get("score", 1.0)), label)


class _FolderSession:
    def __init__(self, path: Path) -> None:
        self._path = path
        files = sorted(path.rglob("*.png"))
        if not files:
            raise UsageError(
                f"{path} (regions.options.path): the folder holds no PNG file. Name a folder of label maps or masks."
            )
        self.identity = digest("masks", "folder", [(str(file.relative_to(path)), file_sha256(file)) for file in files])

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:
        """The masks of the photo: numbers ascending, or files by name."""
        stem = Path(photo.name).with_suffix("")
        label_map, folder = self._path / stem.with_suffix(".png"), self._path / stem
        if label_map.is_file():
            return list(_of_label_map(label_map, image))
        if folder.is_dir():
            return [_of_file(file, image) for file in sorted(folder.glob("*.png"))]
        raise RegionError(f"{photo.name}: {self._path} holds neither {label_map.name} nor a folder {folder.name}/.", "no_masks")

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:  # noqa: ARG002
        """It takes no clicks."""
        return None


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} (regions.options.path) cannot be read as COCO JSON: {error}") from error
    missing = [name for name in ("images", "annotations") if not isinstance(content, dict) or name not in content]
    if missing:
        raise UsageError(
            f"{path} (regions.options.path): a COCO file has the lists images and annotations; missing: {', '.join(missing)}"
        )
    return dict(content)


def _segmentation(value: Any, size: tuple[int, int], what: str) -> NDArray[np.bool_]:
    """A boolean mask from COCO's polygon, uncompressed RLE or compressed RLE."""
    try:
        if isinstance(value, list):
            return _from_polygons(value, size)
        counts, (height, width) = value["counts"], value["size"]
        if isinstance(counts, list):
            return _from_runs(counts, height, width)
        return decode(Rle(size=(height, width), counts=counts))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise RegionError(f"{what}: its segmentation is corrupt: {error}", "corrupt_mask") from error


def _from_polygons(rings: Sequence[Sequence[float]], size: tuple[int, int]) -> NDArray[np.bool_]:
    if not rings or any(len(ring) < 6 or len(ring) % 2 for ring in rings):
        raise ValueError("a polygon is a list x1, y1, x2, y2, ... of three points or more")
    return np.asarray(coco.decode(coco.merge(coco.frPyObjects(rings, *size))), dtype=bool)


def _from_runs(runs: Sequence[int], height: int, width: int) -> NDArray[np.bool_]:
    if sum(runs) != height * width or min(runs) < 0:
        raise ValueError(f"the runs hold {sum(runs)} pixels, the picture {height * width}")
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(width, height).T


def _of_label_map(path: Path, image: NDArray[np.uint8]) -> Iterator[Proposal]:
    numbers = _fitted(_read(path), image, str(path))
    return (Proposal(numbers == number, 1.0) for number in np.unique(numbers) if number)


def _of_file(path: Path, image: NDArray[np.uint8]) -> Proposal:
    label = re.sub(r"[\s_-]*\d*$", "", path.stem).replace("_", " ").strip()
    return Proposal(_fitted(_read(path), image, str(path)) > 0, 1.0, label)


def _read(path: Path) -> NDArray[Any]:
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            values = np.array(picture)
    except (OSError, SyntaxError, ValueError) as error:
        raise RegionError(f"{path}: the mask cannot be read: {error}", "corrupt_mask") from error
    if values.ndim == 2:
        return values
    colours = values[..., :3].astype(np.int64)
    return np.asarray((colours[..., 0] * 256 + colours[..., 1]) * 256 + colours[..., 2])


def _fitted(values: NDArray[Any], image: NDArray[np.uint8], what: str) -> NDArray[Any]:
    """A mask or label map at the image's size; ``values`` must have its aspect."""
    height, width = image.shape[:2]
    if values.shape == (height, width):
        return values
    ratio = (values.shape[1] / values.shape[0]) / (width / height)
    if abs(ratio - 1) > max(_SHAPE_TOLERANCE, 1.5 / min(height, width)):
        sizes = f"{values.shape[1]} x {values.shape[0]} pixels, the photo {width} x {height}"
        raise RegionError(f"{what}: the mask has {sizes}. Draw it on the photo itself.", "mask_size")
    rows = (np.arange(height) * 2 + 1) * values.shape[0] // (2 * height)
    columns = (np.arange(width) * 2 + 1) * values.shape[1] // (2 * width)
    return np.asarray(values[rows[:, None], columns[None, :]])


class _Masks:
    name = "masks"

    def open(self, options: Mapping[str, str | int | float | bool]) -> _CocoSession | _FolderSession:
        """A session; raises RecipeError for unknown options, UsageError for a path that holds no masks."""
        path = Path(validated(MasksOptions, options, self.name).path).expanduser()
        if path.is_dir():
            return _FolderSession(path)
        if path.is_file():
            return _CocoSession(path)
        raise UsageError(f"{path} (regions.options.path): there is no such file or folder.")


PLUGIN = _Masks()
