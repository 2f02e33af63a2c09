# ruff: noqa: PLC0415 - a peer is imported when it is asked for
"""Other implementations of the same distortions, each as ``function(image, level)`` on uint8 RGB, by our names.

Nothing of theirs is kept here: folders of their sources come from the command line, packages from the environment.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distortions import get, make_step

Picture = NDArray[np.uint8]
Peer = dict[str, Callable[[Picture, int], Picture]]

_DEPICTQA = {
    "blur.gaussian": "blur_gaussian",
    "blur.motion": "blur_motion",
    "blur.glass": "blur_glass",
    "blur.lens": "blur_lens",
    "blur.zoom": "blur_zoom",
    "blur.jitter": "blur_jitter",
    "noise.gaussian_rgb": "noise_gaussian_RGB",
    "noise.gaussian_ycrcb": "noise_gaussian_YCrCb",
    "noise.speckle": "noise_speckle",
    "noise.spatially_correlated": "noise_spatially_correlated",
    "noise.poisson": "noise_poisson",
    "noise.impulse": "noise_impulse",
    "compression.jpeg": "compression_jpeg",
    "compression.jpeg_2000": "compression_jpeg_2000",
    "brighten.shift_hsv": "brightness_brighten_shfit_HSV",
    "brighten.shift_rgb": "brightness_brighten_shfit_RGB",
    "brighten.gamma_hsv": "brightness_brighten_gamma_HSV",
    "brighten.gamma_rgb": "brightness_brighten_gamma_RGB",
    "darken.shift_hsv": "brightness_darken_shfit_HSV",
    "darken.shift_rgb": "brightness_darken_shfit_RGB",
    "darken.gamma_hsv": "brightness_darken_gamma_HSV",
    "darken.gamma_rgb": "brightness_darken_gamma_RGB",
    "contrast_strengthen.scale": "contrast_strengthen_scale",
    "contrast_strengthen.stretch": "contrast_strengthen_stretch",
    "contrast_weaken.scale": "contrast_weaken_scale",
    "contrast_weaken.stretch": "contrast_weaken_stretch",
    "saturate_strengthen.hsv": "saturate_strengthen_HSV",
    "saturate_strengthen.ycrcb": "saturate_strengthen_YCrCb",
    "saturate_weaken.hsv": "saturate_weaken_HSV",
    "saturate_weaken.ycrcb": "saturate_weaken_YCrCb",
    "oversharpen.unsharp": "oversharpen",
    "pixelate.box": "pixelate",
    "quantization.otsu": "quantization_otsu",
    "quantization.median": "quantization_median",
    "quantization.hist": "quantization_hist",
}

_ARNIQA = {
    "kadid.gaussian_blur": "gaussian_blur",
    "kadid.lens_blur": "lens_blur",
    "kadid.motion_blur": "motion_blur",
    "kadid.colour_diffusion": "color_diffusion",
    "kadid.colour_shift": "color_shift",
    "kadid.colour_saturation_1": "color_saturation1",
    "kadid.colour_saturation_2": "color_saturation2",
    "kadid.jpeg_2000": "jpeg2000",
    "kadid.jpeg": "jpeg",
    "kadid.white_noise": "white_noise",
    "kadid.white_noise_colour": "white_noise_cc",
    "kadid.impulse_noise": "impulse_noise",
    "kadid.multiplicative_noise": "multiplicative_noise",
    "kadid.brighten": "brighten",
    "kadid.darken": "darken",
    "kadid.mean_shift": "mean_shift",
    "kadid.jitter": "jitter",
    "kadid.non_eccentricity_patch": "non_eccentricity_patch",
    "kadid.pixelate": "pixelate",
    "kadid.quantization": "quantization",
    "kadid.colour_block": "color_block",
    "kadid.high_sharpen": "high_sharpen",
    "kadid.contrast_change": "linear_contrast_change",
}


def depictqa(folder: Path) -> Peer:
    """DQ-495K's code: ``folder`` holds ``x_distortion`` (XPixelGroup/DepictQA, build_datasets)."""
    sys.path.insert(0, str(folder))
    module = importlib.import_module("x_distortion")

    def call(name: str, image: Picture, level: int) -> Picture:
        with contextlib.redirect_stdout(io.StringIO()):
            result: Picture = module.add_distortion(image.copy(), severity=level, distortion_name=name)
        return result

    return {ours: functools.partial(call, theirs) for ours, theirs in _DEPICTQA.items()}


_SWAPPED = {"kadid.colour_diffusion", "kadid.colour_saturation_2", "kadid.brighten", "kadid.high_sharpen"}
"""the port takes these pictures as BGR before it converts them to L*a*b*: it gets BGR here"""


def arniqa(folder: Path) -> Peer:
    """A port of KADID's types: ``folder`` holds ``utils`` (miccunifi/ARNIQA). It gets our level values, in our order."""
    import torch

    sys.path.insert(0, str(folder))
    module = importlib.import_module("utils.distortions")
    _mend_parabolas(importlib.import_module("utils.utils_distortions"))

    def call(ours: str, theirs: str, image: Picture, level: int) -> Picture:
        order = slice(None, None, -1) if ours in _SWAPPED else slice(None)
        tensor = torch.from_numpy(np.ascontiguousarray(image[..., order])).permute(2, 0, 1).to(torch.float32) / 255
        parameters = dict(get(ours).parameters(level))
        if ours == "kadid.motion_blur":  # the angle that our step with the level as its seed draws
            parameters = json.loads(make_step(ours, level, level).parameters)
            parameters = {"length": parameters["length"], "angle": parameters["angle"]}
        result = getattr(module, theirs)(tensor, *parameters.values()).clamp(0, 1)
        return np.rint(result.permute(1, 2, 0).numpy() * 255).astype(np.uint8)[..., order]

    return {ours: functools.partial(call, ours, theirs) for ours, theirs in _ARNIQA.items()}


def _mend_parabolas(module: Any) -> None:
    """The port's spline through three points raises ValueError on numpy 2.4; the same parabola stands in for it."""
    spline = module.spline

    def mended(x: NDArray[np.float64], y: NDArray[np.float64]) -> Any:
        if len(x) != 3:
            return spline(x, y)
        square = ((y[2] - y[0]) / (x[2] - x[0]) - (y[1] - y[0]) / (x[1] - x[0])) / (x[2] - x[1])
        linear = (y[1] - y[0]) / (x[1] - x[0]) - square * (x[1] - x[0])
        return x[[0, 2]], np.array([square, linear, y[0]]), 1, 3, 1

    module.spline = mended


def imagecorruptions() -> Peer:
    """The package imagecorruptions, run as its family runs it (its own imports fail on today's libraries)."""
    from PIL import Image

    from distortions.families.imagecorruptions import _loaded

    names = {
        "blur.gaussian": "gaussian_blur",
        "blur.motion": "motion_blur",
        "blur.glass": "glass_blur",
        "blur.lens": "defocus_blur",
        "blur.zoom": "zoom_blur",
        "noise.gaussian_rgb": "gaussian_noise",
        "noise.speckle": "speckle_noise",
        "noise.poisson": "shot_noise",
        "noise.impulse": "impulse_noise",
        "compression.jpeg": "jpeg_compression",
        "brighten.shift_hsv": "brightness",
        "contrast_weaken.scale": "contrast",
        "saturate_strengthen.hsv": "saturate",
        "pixelate.box": "pixelate",
        "kadid.gaussian_blur": "gaussian_blur",
        "kadid.lens_blur": "defocus_blur",
        "kadid.motion_blur": "motion_blur",
        "kadid.jpeg": "jpeg_compression",
        "kadid.white_noise": "gaussian_noise",
        "kadid.multiplicative_noise": "speckle_noise",
        "kadid.impulse_noise": "impulse_noise",
    }

    def call(name: str, image: Picture, level: int) -> Picture:
        return np.uint8(_loaded().functions[name](Image.fromarray(image), level))  # type: ignore[return-value]

    return {ours: functools.partial(call, theirs) for ours, theirs in names.items()}


def _value(ours: str, level: int) -> Any:
    return next(iter(get(ours).parameters(level).values()))


def albumentations() -> Peer:
    """albumentations with each transform set to our level's value where it has that setting."""
    from distortions.families.albumentations import _package

    package = _package()

    def call(make: Callable[[Any], Any], ours: str, image: Picture, level: int) -> Picture:
        result: Picture = package.Compose([make(_value(ours, level))], seed=1)(image=image)["image"]
        return result

    def odd(value: float) -> int:
        return 2 * int(value) + 1

    a = package
    makers: dict[str, Callable[[Any], Any]] = {
        "blur.gaussian": lambda v: a.GaussianBlur(sigma_limit=(v, v), blur_limit=(odd(4 * v), odd(4 * v)), p=1),
        "blur.motion": lambda v: a.MotionBlur(blur_limit=(odd(v), odd(v)), p=1),
        "blur.lens": lambda v: a.Defocus(radius=(v, v), p=1),
        "blur.zoom": lambda v: a.ZoomBlur(max_factor=(float(np.max(v)), float(np.max(v))), step_factor=(0.02, 0.02), p=1),
        "noise.gaussian_rgb": lambda v: a.GaussNoise(std_range=(v, v), p=1),
        "noise.speckle": lambda v: a.MultiplicativeNoise(multiplier=(1 - v, 1 + v), elementwise=True, per_channel=True, p=1),
        "noise.poisson": lambda v: a.ShotNoise(scale_range=(1 / v, 1 / v), p=1),
        "noise.impulse": lambda v: a.SaltAndPepper(amount=(v, v), p=1),
        "compression.jpeg": lambda v: a.ImageCompression(quality_range=(v, v), p=1),
        "brighten.shift_rgb": lambda v: a.RandomBrightnessContrast((v, v), (0, 0), p=1),
        "darken.shift_rgb": lambda v: a.RandomBrightnessContrast((-v, -v), (0, 0), p=1),
        "brighten.gamma_rgb": lambda v: a.RandomGamma((100 * v, 100 * v), p=1),
        "darken.gamma_rgb": lambda v: a.RandomGamma((100 * v, 100 * v), p=1),
        "contrast_weaken.scale": lambda v: a.RandomBrightnessContrast((0, 0), (v - 1, v - 1), p=1),
        "oversharpen.unsharp": lambda _: a.UnsharpMask(blur_limit=(5, 5), alpha=(1, 1), threshold=0, p=1),
        "pixelate.box": lambda v: a.Downscale(scale_range=(v, v), p=1),
        "saturate_weaken.hsv": lambda v: a.ColorJitter((1, 1), (1, 1), (v, v), (0, 0), p=1),
    }
    return {ours: functools.partial(call, make, ours) for ours, make in makers.items()}


def kornia() -> Peer:
    """kornia on one CPU thread; the conversion of the picture to a float tensor and back is not counted."""
    import torch
    from kornia import enhance, filters

    cache: dict[int, Any] = {}

    def call(run: Callable[[Any, Any], Any], ours: str, image: Picture, level: int) -> Picture:
        if id(image) not in cache:
            cache[id(image)] = torch.from_numpy(image).permute(2, 0, 1)[None].to(torch.float32) / 255
        run(cache[id(image)], _value(ours, level))
        return image

    def odd(value: float) -> int:
        return 2 * int(value) + 1

    runs: dict[str, Callable[[Any, Any], Any]] = {
        "blur.gaussian": lambda t, v: filters.gaussian_blur2d(t, (odd(4 * v), odd(4 * v)), (v, v)),
        "blur.motion": lambda t, v: filters.motion_blur(t, odd(v), 30.0, 0.0),
        "oversharpen.unsharp": lambda t, _: filters.unsharp_mask(t, (5, 5), (1.1, 1.1)),
        "brighten.gamma_rgb": enhance.adjust_gamma,
        "darken.gamma_rgb": enhance.adjust_gamma,
        "brighten.shift_rgb": enhance.adjust_brightness,
        "contrast_strengthen.scale": enhance.adjust_contrast_with_mean_subtraction,
        "contrast_weaken.scale": enhance.adjust_contrast_with_mean_subtraction,
        "saturate_strengthen.hsv": enhance.adjust_saturation,
        "saturate_weaken.hsv": enhance.adjust_saturation,
        "kadid.gaussian_blur": lambda t, v: filters.gaussian_blur2d(t, (odd(2 * v + 0.99), odd(2 * v + 0.99)), (v, v)),
    }
    return {ours: functools.partial(call, run, ours) for ours, run in runs.items()}
