"""Quality transforms of albumentations 2.0 (MIT), each at five levels of our own choice.

Every call builds its transform anew inside ``Compose(seed=...)``, so no random state outlives it. The package is imported when
a transform is first computed, with its look for updates switched off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window
from schemas.errors import PluginError
from schemas.keys import generator

__all__ = ["PLUGIN"]

_FAMILY = "albumentations"
_SWITCH = "NO_ALBUMENTATIONS_UPDATE"


@dataclass(frozen=True)
class _Transform:
    """One transform: its class, what its five levels set, and what all levels share."""

    category: str
    transform: str
    setting: str
    values: tuple[Any, ...]
    sentence: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    ranged: bool = True
    """whether the setting is a range of which both ends become the level's value"""
    random: bool = True


_GRAIN = "Grain of random colours lies over everything."
_SOFT = "Everything is soft, and fine detail is gone."
_HALOS = "Edges carry bright and dark halos, and texture is harsh."

_TRANSFORMS: dict[str, _Transform] = {
    "advanced_blur": _Transform(
        "blur",
        "AdvancedBlur",
        "sigma_x_limit",
        (1.0, 1.5, 2.2, 3.0, 4.0),
        _SOFT,
        {"blur_limit": (15, 15), "sigma_y_limit": (1, 1)},
    ),
    "defocus": _Transform("blur", "Defocus", "radius", (2, 3, 5, 7, 9), _SOFT, {"alias_blur": (0.3, 0.3)}, random=False),
    "median_blur": _Transform(
        "blur",
        "MedianBlur",
        "blur_limit",
        (3, 5, 7, 11, 15),
        "Fine detail is melted into flat patches with clear edges.",
        random=False,
    ),
    "motion_blur": _Transform(
        "blur",
        "MotionBlur",
        "blur_limit",
        (5, 9, 13, 19, 25),
        "Detail is smeared along one direction, as if the camera had moved.",
    ),
    "zoom_blur": _Transform(
        "blur",
        "ZoomBlur",
        "max_factor",
        (1.04, 1.08, 1.12, 1.18, 1.25),
        "Detail is smeared away from the centre, as if the lens had been zoomed.",
        {"step_factor": (0.01, 0.01)},
        random=False,
    ),
    "gauss_noise": _Transform("noise", "GaussNoise", "std_range", (0.04, 0.07, 0.11, 0.16, 0.22), _GRAIN),
    "iso_noise": _Transform(
        "noise",
        "ISONoise",
        "intensity",
        (0.3, 0.45, 0.6, 0.8, 1.0),
        "Grain and blotches of colour as of a camera at high gain.",
        {"color_shift": (0.05, 0.05)},
    ),
    "multiplicative_noise": _Transform(
        "noise",
        "MultiplicativeNoise",
        "spread",
        (0.1, 0.2, 0.3, 0.45, 0.6),
        "Coloured grain covers the light areas and fades out towards black.",
        {"elementwise": True, "per_channel": True},
    ),
    "salt_and_pepper": _Transform(
        "noise", "SaltAndPepper", "amount", (0.005, 0.01, 0.03, 0.06, 0.1), "Black and white dots are strewn over everything."
    ),
    "shot_noise": _Transform("noise", "ShotNoise", "scale_range", (0.005, 0.015, 0.03, 0.06, 0.12), _GRAIN),
    "pixel_dropout": _Transform(
        "noise",
        "PixelDropout",
        "dropout_prob",
        (0.005, 0.01, 0.03, 0.06, 0.1),
        "Black dots are strewn over everything.",
        ranged=False,
    ),
    "jpeg": _Transform(
        "compression",
        "ImageCompression",
        "quality_range",
        (35, 22, 14, 9, 5),
        "Square blocks of 8 pixels show, with ringing along edges.",
        {"compression_type": "jpeg"},
        random=False,
    ),
    "webp": _Transform(
        "compression",
        "ImageCompression",
        "quality_range",
        (30, 18, 10, 5, 1),
        "Texture is smeared into smooth patches with blocky borders.",
        {"compression_type": "webp"},
        random=False,
    ),
    "downscale": _Transform(
        "pixelate",
        "Downscale",
        "scale_range",
        (0.6, 0.42, 0.3, 0.2, 0.12),
        "Detail turns into visible square blocks.",
        random=False,
    ),
    "posterize": _Transform(
        "quantization", "Posterize", "num_bits", (5, 4, 3, 2, 1), "Smooth gradients break into flat bands.", random=False
    ),
    "sharpen": _Transform(
        "oversharpen", "Sharpen", "alpha", (0.2, 0.4, 0.6, 0.8, 1.0), _HALOS, {"lightness": (1, 1)}, random=False
    ),
    "unsharp_mask": _Transform(
        "oversharpen",
        "UnsharpMask",
        "alpha",
        (0.4, 0.6, 0.8, 0.9, 1.0),
        _HALOS,
        {"blur_limit": (9, 9), "sigma_limit": (2, 2), "threshold": 0},
        random=False,
    ),
    "ringing_overshoot": _Transform(
        "oversharpen",
        "RingingOvershoot",
        "cutoff",
        (1.5, 1.2, 0.95, 0.75, 0.6),
        "Edges are followed by waves of light and dark.",
        {"blur_limit": (15, 15)},
        random=False,
    ),
    "clahe": _Transform(
        "contrast_strengthen",
        "CLAHE",
        "clip_limit",
        (2.0, 3.5, 6.0, 10.0, 16.0),
        "Local contrast is exaggerated everywhere.",
        random=False,
    ),
    "chromatic_aberration": _Transform(
        "colour_shift",
        "ChromaticAberration",
        "primary_distortion_limit",
        (0.02, 0.04, 0.07, 0.11, 0.16),
        "Coloured fringes grow along edges towards the corners.",
        {"secondary_distortion_limit": (0.02, 0.02)},
        random=False,
    ),
    "sepia": _Transform(
        "colour_cast", "ToSepia", "share", (0.2, 0.4, 0.6, 0.8, 1.0), "Everything is tinted brown, as an old print.", random=False
    ),
    "elastic": _Transform(
        "warp",
        "ElasticTransform",
        "alpha",
        (20, 40, 70, 110, 160),
        "Outlines wobble, as if printed on rubber.",
        {"sigma": 8},
        ranged=False,
    ),
    "fog": _Transform(
        "weather", "RandomFog", "fog_coef_range", (0.2, 0.35, 0.5, 0.7, 0.9), "White fog hides detail.", {"alpha_coef": 0.1}
    ),
    "snow": _Transform(
        "weather",
        "RandomSnow",
        "snow_point_range",
        (0.02, 0.06, 0.12, 0.2, 0.3),
        "Light areas are covered with white.",
        {"brightness_coeff": 2.0},
        random=False,
    ),
    "illumination": _Transform(
        "flare",
        "Illumination",
        "intensity_range",
        (0.05, 0.08, 0.12, 0.16, 0.2),
        "One side is lighter or darker than the scene would be.",
    ),
}


@contextmanager
def _no_update_check() -> Iterator[None]:
    before = os.environ.get(_SWITCH)
    os.environ[_SWITCH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SWITCH]
        else:
            os.environ[_SWITCH] = before


def _package() -> ModuleType:
    try:
        with _no_update_check():
            import albumentations  # noqa: PLC0415 - two seconds, and only this family needs it
    except ImportError as error:
        raise PluginError(
            f"distortion family {_FAMILY!r} needs its package: pip install 'albumentations<2.1' ({error})"
        ) from error
    module: ModuleType = albumentations
    return module


def _arguments(entry: _Transform, value: Any) -> dict[str, Any]:
    if entry.setting == "spread":  # symmetric about 1
        return {**entry.fixed, "multiplier": (1 - value, 1 + value)}
    if entry.setting == "share":  # mixed with the picture afterwards
        return dict(entry.fixed)
    return {**entry.fixed, entry.setting: (value, value) if entry.ranged else value}


def _apply(entry: _Transform, pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    package = _package()
    seed, *rest = window.noise.key
    draw = int(generator(int(seed), *rest).integers(2**32))
    value = parameters[entry.setting]
    transform = getattr(package, entry.transform)(**_arguments(entry, value), p=1.0)
    changed: Pixels = package.Compose([transform], seed=draw)(image=pixels.copy())["image"]
    if entry.setting == "share":
        changed = np.rint(pixels + value * (changed.astype(np.float32) - pixels)).astype(np.uint8)
    return changed


def _whole(_: Parameters) -> Support:
    return WHOLE


class _Family:
    name = _FAMILY

    def names(self) -> list[str]:
        """Names of the transforms, sorted."""
        return sorted(_TRANSFORMS)

    def get(self, name: str) -> Distortion:
        """The transform ``name`` as a distortion."""
        entry = _TRANSFORMS[name]
        apply: Callable[[Pixels, Parameters, Window], Pixels] = partial(_apply, entry)
        return Distortion(
            name=f"{_FAMILY}.{name}",
            category=entry.category,
            taxonomy=_FAMILY,
            levels=tuple({entry.setting: value} for value in entry.values),
            sentence=entry.sentence,
            source=f"albumentations 2.0.8, {entry.transform}; levels of our own",
            apply=apply,
            reach=_whole,
            random=entry.random,
        )


PLUGIN = _Family()
