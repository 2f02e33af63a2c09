"""A loaded model of the SAM family as a session: proposals for a photo, then clicks on the same encoded image."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from annotate.segmenters import Proposal
from annotate.segmenters._sam_amg import MaskSettings, generate
from annotate.segmenters._sam_model import Encoded, PromptableModel
from annotate.segmenters._sam_options import MaskOptions
from schemas.errors import UsageError
from schemas.keys import digest
from schemas.values import Photo

__all__ = ["SamSession", "chosen_device", "chosen_dtype"]

T = TypeVar("T")

_VERSION = 1  # raised when the same settings and weights give other masks
_NOT_PART_OF_MASKS = {"checkpoint", "device", "points_per_batch", "model_type"}


class SamSession:
    """Implements ``Session`` for any ``PromptableModel``.

    Args:
        model: the loaded model.
        options: the segmenter's settings.
        weights: digest of the weights, and what to call them in messages.
        name: the segmenter's name.
    """

    def __init__(self, model: PromptableModel, options: MaskOptions, weights: tuple[str, str], name: str) -> None:
        self._model, self._options, self._what = model, options, f"{name} ({weights[1]})"
        values = options.model_dump()
        self._settings = MaskSettings(**{field.name: values[field.name] for field in fields(MaskSettings)})
        self.identity = digest(name, _VERSION, weights[0], options.model_dump(exclude=_NOT_PART_OF_MASKS))
        self._encoded: tuple[bytes, Encoded] | None = None
        self._batch: int | None = options.points_per_batch or None

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:  # noqa: ARG002
        """Masks of the automatic mask generation, by falling predicted IoU before small regions were cleaned.

        Raises:
            UsageError: the device has too little memory even for one point at a time.
        """
        found = self._with_memory(lambda batch: generate(self._model, image, self._encode(image), self._settings, batch))
        return [
            Proposal(
                one.mask,
                score=one.predicted_iou,
                stability=one.stability,
                predicted_iou=min(max(one.predicted_iou, 0.0), 1.0),
            )
            for one in found
            if one.mask.any()
        ]

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:
        """Of the three masks for a click on (x, y), the one the model thinks best; the image is encoded once."""

        def click(_: int) -> NDArray[np.bool_]:
            encoded = self._encode(image)
            decoded = self._model.decode(encoded, np.array([point], dtype=np.float64), -np.inf)
            best = int(decoded.ious.argmax())
            mask: NDArray[np.bool_] = (self._model.upscale(decoded.logits[best : best + 1], encoded)[0] > 0).cpu().numpy()
            return mask

        return self._with_memory(click)

    def _encode(self, image: NDArray[np.uint8]) -> Encoded:
        """The image as the model holds it; the last one is kept."""
        key = repr(image.shape).encode() + image.tobytes()
        if self._encoded is None or self._encoded[0] != key:
            self._encoded = None  # first free, then encode
            self._encoded = key, self._model.encode(image)
        return self._encoded[1]

    def _with_memory(self, work: Callable[[int], T]) -> T:
        """Runs ``work`` with a number of points at once, halved whenever memory runs out."""
        batch = self._batch or _batch(self._model.device)
        while True:
            try:
                result = work(batch)
            except (RuntimeError, MemoryError) as error:
                if not _out_of_memory(error):
                    raise
                if batch == 1:
                    raise UsageError(self._no_memory()) from error
                batch //= 2
                _release(self._model.device)
            else:
                self._batch = batch
                return result

    def _no_memory(self) -> str:
        return (
            f"segmenter {self._what}: device {self._model.device} has too little memory even for one point at a time. "
            "Use a smaller checkpoint, dtype bfloat16, fewer workers on this device or another one (option 'device')."
        )


def chosen_device(option: str) -> Any:
    """The torch device for the option ``device``; with several GPUs each worker process of a pool takes its own in turn.

    Raises:
        UsageError: a device that this machine or this build of torch has not.
    """
    if option == "auto":
        option = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if option == "cuda" and torch.cuda.device_count() > 1:
        option = f"cuda:{_worker() % torch.cuda.device_count()}"
    kind, _, number = option.partition(":")
    there = {"cpu": 1, "mps": int(torch.backends.mps.is_available()), "cuda": torch.cuda.device_count()}[kind]
    if int(number or 0) >= there:
        raise UsageError(
            f"regions.options.device = {option!r}: torch {torch.__version__} finds no such device here. Use auto or cpu."
        )
    return torch.device(option)


def chosen_dtype(option: str) -> Any:
    """The torch dtype for the option ``dtype``."""
    return getattr(torch, option)


def _worker() -> int:
    """Number of this process among its pool's workers, from 0; the process id where it is none."""
    import multiprocessing  # noqa: PLC0415

    identity: tuple[int, ...] = getattr(multiprocessing.current_process(), "_identity", ())
    return identity[-1] - 1 if identity else os.getpid()


def _batch(device: Any) -> int:
    """Points decoded at once: 4 on a CPU (stays in its cache), on a GPU as many as half of the free memory holds."""
    if device.type != "cuda":
        return 4 if device.type == "cpu" else 16
    free, _ = torch.cuda.mem_get_info(device)
    return int(min(256, max(1, free // 2 // _BYTES_A_POINT)))


_BYTES_A_POINT = 64 * 2**20  # about 15 times the 4 MiB of a float32 image embedding


def _out_of_memory(error: Exception) -> bool:
    words = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or "out of memory" in words
        or "can't allocate memory" in words
        or "not enough memory" in words
    )


def _release(device: Any) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()
