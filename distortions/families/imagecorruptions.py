"""The 19 corruptions of the package imagecorruptions (15 and 4 for validation) at its five severities.

The package is no dependency of this project: it asks for opencv-python, which writes the same folder as the
opencv-python-headless that this project uses. ``pip install --no-deps imagecorruptions`` brings it without that.

Release 1.1.2 draws from numpy's global stream and calls functions that are gone from today's setuptools, numpy, scipy and
scikit-image. So its file ``corruptions.py`` is run in a namespace of our own, where ``import`` hands out stand-ins: a private
random stream, and today's equivalents. Nothing global is read, seeded or patched, and threads do not share a stream. Results
are rounded, where the package truncates. Only ``glass_blur`` is our own (``blur.glass`` with the package's numbers), since the
package takes 2 to 13 seconds for a picture of 512 x 384.
"""

from __future__ import annotations

import builtins
import importlib.util
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from distortions.library.blur.glass import PLUGIN as GLASS
from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window
from schemas.errors import PluginError
from schemas.keys import generator

__all__ = ["PLUGIN"]

_FAMILY = "imagecorruptions"
_LEAST_SIDE = 32
"""pixels; the package refuses smaller pictures"""
_MISSING = "distortion family 'imagecorruptions' needs its package: pip install --no-deps imagecorruptions"

_CORRUPTIONS: dict[str, tuple[str, bool, str]] = {
    "gaussian_noise": ("noise", True, "Coloured grain of even strength lies over everything."),
    "shot_noise": ("noise", True, "Coloured grain like that of few photons lies over everything, stronger in light areas."),
    "impulse_noise": ("noise", True, "Single dots of pure, mostly coloured light or darkness are strewn over everything."),
    "defocus_blur": ("blur", False, "Everything is out of focus, and bright points spread into discs."),
    "glass_blur": ("blur", True, "Everything is soft and wavy, as if seen through frosted glass."),
    "motion_blur": ("blur", True, "Detail is smeared along one direction, as if the camera had moved."),
    "zoom_blur": ("blur", False, "Detail is smeared away from the centre, as if the lens had been zoomed."),
    "snow": ("weather", True, "White flakes and streaks of snow lie over a paler scene."),
    "frost": ("weather", True, "Ice crystals cover parts of the scene, as on a window in winter."),
    "fog": ("weather", True, "Uneven white fog hides detail and contrast."),
    "brightness": ("brighten", False, "Everything is lighter and highlights lose their detail."),
    "contrast": ("contrast_weaken", False, "Tones are drawn together, so that everything looks flat and grey."),
    "elastic_transform": ("warp", True, "Outlines wobble, as if the picture were printed on rubber."),
    "pixelate": ("pixelate", False, "Detail turns into visible square blocks of one colour each."),
    "jpeg_compression": ("compression", False, "Square blocks of 8 pixels show, with ringing along edges."),
    "speckle_noise": ("noise", True, "Coloured grain covers the light areas and fades out towards black."),
    "gaussian_blur": ("blur", False, "Everything is evenly soft, as if out of focus."),
    "spatter": ("weather", True, "Drops of water or splashes of mud lie over the picture."),
    "saturate": ("saturation_change", False, "Colours are paler or more vivid than in life."),
}
"""category, whether it draws random numbers, sentence"""

_PANES = ((0.7, 1, 2), (0.9, 2, 1), (1.0, 2, 3), (1.1, 3, 2), (1.5, 4, 2))
"""sigma, shift and passes of glass_blur"""

_UNSOUND = {"saturate": ((), "Severities 1 and 2 weaken the saturation, 3 to 5 strengthen it: no scale of severity.")}


class _Numpy:
    """numpy with a private random stream and the one name that numpy 2 dropped."""

    float_ = np.float64

    def __init__(self, random: np.random.RandomState) -> None:
        self.random = random

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _stand_ins(random: np.random.RandomState, folder: Path) -> dict[str, Any]:
    """What the package's imports get instead of today's modules."""
    from scipy import ndimage  # noqa: PLC0415 - heavy, and only this family needs it
    from skimage import color, filters  # noqa: PLC0415
    from skimage.util import random_noise  # noqa: PLC0415

    def gaussian(image: NDArray[Any], *arguments: Any, multichannel: bool = False, **named: Any) -> NDArray[Any]:
        blurred: NDArray[Any] = filters.gaussian(image, *arguments, channel_axis=-1 if multichannel else None, **named)
        return blurred

    def noise(image: NDArray[Any], **named: Any) -> NDArray[Any]:
        noisy: NDArray[Any] = random_noise(image, rng=int(random.randint(2**31)), **named)
        return noisy

    return {
        "numpy": _Numpy(random),
        "skimage": SimpleNamespace(util=SimpleNamespace(random_noise=noise), color=color),
        "skimage.filters": SimpleNamespace(gaussian=gaussian),
        "scipy.ndimage.interpolation": ndimage,
        "pkg_resources": SimpleNamespace(resource_filename=lambda _, name: str(folder / name)),
    }


class _Loaded(threading.local):
    """The package's functions and their random stream, one of each for a thread."""

    def __init__(self) -> None:
        folder = _folder()
        self.random = np.random.RandomState(0)
        stand_ins = _stand_ins(self.random, folder)

        def import_(name: str, names: Any = None, local: Any = None, wanted: Sequence[str] | None = (), level: int = 0) -> Any:
            return stand_ins[name] if name in stand_ins else builtins.__import__(name, names, local, wanted or (), level)

        module = ModuleType("imagecorruptions.corruptions")
        vars(module)["__builtins__"] = {**vars(builtins), "__import__": import_, "print": lambda *_: None}
        file = folder / "corruptions.py"
        exec(compile(file.read_bytes(), str(file), "exec"), vars(module))  # noqa: S102 - the installed package's own file
        self.functions: dict[str, Any] = vars(module)


def _folder() -> Path:
    spec = importlib.util.find_spec("imagecorruptions")
    if spec is None or not spec.submodule_search_locations:
        raise PluginError(_MISSING)
    return Path(spec.submodule_search_locations[0])


def _corrupted(name: str, pixels: Pixels, severity: int, seed: int) -> Pixels:
    loaded = _loaded()
    loaded.random.seed(seed)
    with np.errstate(all="ignore"):
        values = np.asarray(loaded.functions[name](Image.fromarray(pixels), severity), dtype=np.float64)
    # spatter divides by zero when a small picture gets no drop at all: nothing is spattered then
    values = np.where(np.isfinite(values), values, pixels)
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


@lru_cache(maxsize=1)
def _loaded() -> _Loaded:
    return _Loaded()


def _whole(_: Parameters) -> Support:
    return WHOLE


def _glass() -> Distortion:
    levels = tuple({"sigma": sigma, "shift": shift, "passes": passes} for sigma, shift, passes in _PANES)
    kept = "Computed by blur.glass; the package's own loop draws the same shuffle in another order."
    source = "bethgelab/imagecorruptions imagecorruptions/corruptions.py (numbers)"
    return replace(GLASS, name=f"{_FAMILY}.glass_blur", taxonomy=_FAMILY, levels=levels, source=source, kept=kept)


class _Family:
    name = _FAMILY

    def names(self) -> list[str]:
        """The package's own names, sorted."""
        return sorted(_CORRUPTIONS)

    def get(self, name: str) -> Distortion:
        """The corruption ``name`` as a distortion; its levels are the package's severities."""
        _folder()
        if name == "glass_blur":
            return _glass()
        category, random, sentence = _CORRUPTIONS[name]

        def apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
            if min(pixels.shape[:2]) < _LEAST_SIDE:
                raise ValueError(f"image: {_FAMILY}.{name} needs sides of at least {_LEAST_SIDE} pixels, got {pixels.shape[:2]}")
            seed, *rest = window.noise.key
            return _corrupted(name, pixels, parameters["severity"], int(generator(int(seed), *rest).integers(2**32)))

        sound, kept = _UNSOUND.get(name, ((1, 2, 3, 4, 5), ""))
        return Distortion(
            name=f"{_FAMILY}.{name}",
            category=category,
            taxonomy=_FAMILY,
            levels=tuple({"severity": severity} for severity in range(1, 6)),
            sentence=sentence,
            source="bethgelab/imagecorruptions imagecorruptions/corruptions.py, run as installed",
            apply=apply,
            reach=_whole,
            random=random,
            sound_levels=sound,
            kept=kept,
        )


PLUGIN = _Family()
