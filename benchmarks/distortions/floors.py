"""The bare OpenCV (or Pillow) call that does the main work of a distortion: nothing that does the same can be faster."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from distortions import Distortion

Picture = NDArray[np.uint8]
Floor = Callable[[Picture, int], object]
_TABLE = np.arange(256, dtype=np.uint8)


@lru_cache(maxsize=4)
def _noise(shape: tuple[int, ...]) -> NDArray[np.int16]:
    return np.random.default_rng(0).integers(-40, 41, size=shape, dtype=np.int16)


def _lookup(image: Picture, _: int) -> object:
    return cv2.LUT(image, _TABLE)


def _added(image: Picture, _: int) -> object:
    return cv2.add(image, _noise(image.shape), dtype=cv2.CV_8U)


def _blurred(image: Picture, level: int) -> object:
    return cv2.GaussianBlur(image, (0, 0), float(level))


def _averaged(image: Picture, level: int) -> object:
    return cv2.blur(image, (4 * level + 1, 4 * level + 1))


def _warped(image: Picture, _: int) -> object:
    return cv2.warpAffine(image, np.array([[0.9, 0, 10], [0, 0.9, 10]]), (image.shape[1], image.shape[0]))


def _jpeg(image: Picture, level: int) -> object:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30 - 5 * level])[1], cv2.IMREAD_COLOR)


def _jpeg_2000(image: Picture, _: int) -> object:
    code = io.BytesIO()
    Image.fromarray(image).save(code, "JPEG2000", quality_mode="dB", quality_layers=[26])
    return np.array(Image.open(code))


def _lab(image: Picture, _: int) -> object:
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2Lab), cv2.COLOR_Lab2RGB)


def _ycrcb(image: Picture, _: int) -> object:
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb), cv2.COLOR_YCrCb2RGB)


def _hsv(image: Picture, _: int) -> object:
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), cv2.COLOR_HSV2RGB)


def _palette(image: Picture, _: int) -> object:
    return Image.fromarray(image).quantize(16)


def _resized(image: Picture, _: int) -> object:
    small = cv2.resize(image, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_NEAREST)


def _copied(image: Picture, _: int) -> object:
    return image.copy()


_BY_NAME: dict[str, Floor] = {
    "blur.gaussian": _blurred,
    "blur.glass": _blurred,
    "blur.lens": _averaged,
    "blur.motion": _averaged,
    "blur.zoom": _warped,
    "blur.jitter": _warped,
    "compression.jpeg": _jpeg,
    "compression.jpeg_2000": _jpeg_2000,
    "kadid.gaussian_blur": _blurred,
    "kadid.lens_blur": _averaged,
    "kadid.motion_blur": _averaged,
    "kadid.jpeg": _jpeg,
    "kadid.jpeg_2000": _jpeg_2000,
    "kadid.jitter": _warped,
    "kadid.colour_diffusion": _lab,
    "kadid.colour_saturation_2": _lab,
    "kadid.high_sharpen": _lab,
    "kadid.brighten": _lab,
    "kadid.colour_quantization": _palette,
    "kadid.colour_block": _copied,
    "kadid.non_eccentricity_patch": _copied,
    "kadid.colour_shift": _blurred,
    "kadid.denoise": _blurred,
    "kadid.colour_saturation_1": _hsv,
    "saturate_strengthen.ycrcb": _ycrcb,
    "saturate_weaken.ycrcb": _ycrcb,
    "saturate_strengthen.hsv": _hsv,
    "saturate_weaken.hsv": _hsv,
    "brighten.shift_hsv": _hsv,
    "brighten.gamma_hsv": _hsv,
    "darken.shift_hsv": _hsv,
    "darken.gamma_hsv": _hsv,
    "quantization.median": _palette,
}
_BY_CATEGORY: dict[str, Floor] = {"noise": _added, "oversharpen": _blurred, "pixelate": _resized}


def floor(entry: Distortion) -> Floor:
    """The bare call for a distortion; a table look-up where nothing else is named."""
    return _BY_NAME.get(entry.name, _BY_CATEGORY.get(entry.category, _lookup))
