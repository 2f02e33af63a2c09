"""Source: photo files become sRGB pixels of one form, identified by the sha256 of their file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from annotate.photos.cleanliness import measure, objections
from annotate.photos.landmarks import landmarks
from annotate.photos.near_duplicates import fingerprint
from annotate.sources import PhotoFile
from schemas.errors import PhotoError
from schemas.keys import sha256
from schemas.recipe import PhotoSettings, ScreenSettings
from schemas.values import Photo

__all__ = ["load", "pixels", "scan"]

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_WHITE = (255, 255, 255)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def scan(file: PhotoFile, settings: PhotoSettings, screen: ScreenSettings | None = None) -> Photo:
    """Reads a file once and tells what it is; the split is decided later, over all photos.

    Raises:
        PhotoError: the file cannot be used or, with ``screen`` enabled, is not clean; with the reason.
    """
    data = _read(file.path)
    image = pixels(data, settings)
    if screen and screen.enabled:
        for objection in objections(measure(image), screen):
            raise PhotoError(objection.reason, objection.code)
    return Photo(
        sha256=sha256(data),
        name=file.name,
        path=str(file.path.absolute()),
        licence=file.licence or settings.licence,
        width=image.shape[1],
        height=image.shape[0],
        fingerprint=fingerprint(image),
        landmarks=landmarks(image),
    )


def load(photo: Photo, settings: PhotoSettings) -> NDArray[np.uint8]:
    """The photo's pixels, uint8 RGB H x W x 3.

    Raises:
        PhotoError: the file is gone or no longer the one that was scanned.
    """
    data = _read(Path(photo.path))
    if sha256(data) != photo.sha256:
        raise PhotoError(f"{photo.name}: the file changed while the build ran; run it again")
    return pixels(data, settings)


def pixels(data: bytes, settings: PhotoSettings) -> NDArray[np.uint8]:
    """Pixels of an encoded photo under the project's stated rules, uint8 RGB H x W x 3.

    Rules: EXIF orientation is applied; an embedded colour profile is converted to sRGB (a broken one is taken as sRGB);
    16-bit samples keep their high byte; grey becomes three equal channels; transparency is laid over white; of a
    multi-picture JPEG the first is taken; anything longer than ``long_side`` is shrunk (Lanczos).

    Raises:
        PhotoError: not a picture, truncated, animated or multi-page, too small, or declared larger than ``max_megapixels``.
    """
    with _own_bomb_limit():
        image = _open(data)
        _refuse_unfit(image, settings)
        try:
            image.load()
            image = ImageOps.exif_transpose(image)
            image = _to_srgb(image)
        except (OSError, SyntaxError, ValueError, MemoryError, EOFError) as error:
            raise PhotoError(f"the file is damaged: {error}") from error
    image.thumbnail((settings.long_side, settings.long_side), Image.Resampling.LANCZOS, reducing_gap=None)
    if min(image.size) < settings.min_side:
        raise PhotoError(
            f"{image.width} x {image.height} pixels: the shorter side is below photos.min_side = {settings.min_side}", "too_small"
        )
    return np.array(image)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PhotoError(f"the file cannot be read: {error.strerror or error}") from error


@contextmanager
def _own_bomb_limit() -> Iterator[None]:
    # The recipe's limit on declared pixels replaces Pillow's, which is global and warns before it refuses.
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise PhotoError("the file is no JPEG, PNG, WebP or TIFF picture") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PhotoError(f"the file is damaged: {error}") from error


def _refuse_unfit(image: Image.Image, settings: PhotoSettings) -> None:
    megapixels = image.width * image.height / 1e6
    if megapixels > settings.max_megapixels:
        raise PhotoError(
            f"the file declares {megapixels:.0f} megapixels, more than photos.max_megapixels = {settings.max_megapixels:g}",
            "too_large",
        )
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        raise PhotoError(f"the file holds {frames} pictures (animated or multi-page); one is wanted", "several_pictures")


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = _eight_bit(image)
    if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "RGBa"):
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        opaque = Image.new("RGB", image.size, _WHITE)
        opaque.paste(image.convert("RGB"), mask=alpha)
        image = opaque
    if image.mode == "P":
        image = image.convert("RGB")
    if profile:
        image = _convert_profile(image, profile)
    return image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        samples = np.asarray(image.convert("I"), dtype=np.int64)
        return Image.fromarray((np.clip(samples, 0, 65535) >> 8).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("floating-point samples have no stated range")
    return image


def _convert_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        converted = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image
