"""Imports the ``segment-anything`` package, also where torchvision cannot be imported.

The package needs four functions of torchvision: ``batched_nms`` and ``box_area``, ``resize`` and ``to_pil_image``. An
ordinary installation has it. A CPU build of torch beside a CUDA build of torchvision fails with "operator
torchvision::nms does not exist" (pytorch/vision#9085); then, and only then, small equivalents stand in for those four.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image

from annotate.segmenters._sam_boxes import suppress
from schemas.errors import PluginError

__all__ = ["segment_anything"]


def segment_anything() -> Any:
    """The imported ``segment_anything`` package.

    Raises:
        PluginError: the package is not installed.
    """
    if "segment_anything" in sys.modules:
        return sys.modules["segment_anything"]
    stand_ins = {} if _torchvision_imports() else _stand_ins()
    sys.modules.update(stand_ins)
    try:
        return importlib.import_module("segment_anything")
    except ImportError as error:
        how = "Install annotate-quality[sam]"
        raise PluginError(f"segmenter 'sam' needs the package segment-anything: {error}. {how}.") from error
    finally:
        for name in stand_ins:  # the package keeps what it imported; nobody else shall meet them
            del sys.modules[name]


def _torchvision_imports() -> bool:
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):  # RuntimeError: the operator is missing
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        return False
    return True


def _stand_ins() -> dict[str, ModuleType]:
    names = (
        "torchvision",
        "torchvision.ops",
        "torchvision.ops.boxes",
        "torchvision.transforms",
        "torchvision.transforms.functional",
    )
    modules = {name: ModuleType(name, "stands in for the part of torchvision that segment-anything uses") for name in names}
    for name, module in modules.items():
        module.__path__ = []  # marks a package
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    boxes, functional = modules["torchvision.ops.boxes"], modules["torchvision.transforms.functional"]
    vars(boxes).update(batched_nms=_batched_nms, box_area=_box_area)
    vars(functional).update(resize=_resize, to_pil_image=Image.fromarray)
    return modules


def _box_area(boxes: Any) -> Any:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _batched_nms(boxes: Any, scores: Any, idxs: Any, iou_threshold: float) -> Any:
    if bool((idxs != idxs[:1]).any()):
        raise NotImplementedError("the stand-in for torchvision knows one category of boxes only")
    kept = suppress(boxes.cpu().numpy().astype(np.float32), scores.cpu().numpy(), iou_threshold)
    return torch.as_tensor(kept, device=boxes.device)


def _resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image.resize(size[::-1], Image.Resampling.BILINEAR)
