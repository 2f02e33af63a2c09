"""Photo files become sRGB pixels of one form, or are refused with a reason."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from annotate.sources import PhotoFile, sources
from annotate.stages.source import load, pixels, scan
from schemas.errors import PhotoError, UsageError
from schemas.recipe import PhotoSettings

SETTINGS = PhotoSettings(min_side=16)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def gradient(height=48, width=64) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([3 * x, 4 * y, x + y], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_lossless_files_give_their_pixels_unchanged(kind):
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    np.testing.assert_array_equal(pixels(encoded(Image.fromarray(gradient()), kind, **options), SETTINGS), gradient())


def test_exif_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the right for display
    image = pixels(encoded(Image.fromarray(gradient()), exif=exif), SETTINGS)
    np.testing.assert_array_equal(image, np.rot90(gradient(), -1))


def test_grey_becomes_three_equal_channels():
    grey = gradient()[..., 0]
    image = pixels(encoded(Image.fromarray(grey)), SETTINGS)
    np.testing.assert_array_equal(image, np.repeat(grey[..., None], 3, axis=-1))


def test_sixteen_bit_grey_keeps_its_high_byte():
    grey = np.arange(48 * 64, dtype=np.uint16).reshape(48, 64) * 21
    image = pixels(encoded(Image.fromarray(grey)), SETTINGS)
    np.testing.assert_array_equal(image[..., 0], grey >> 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_over_white(mode):
    image = Image.fromarray(gradient()).convert(mode)
    image.putalpha(Image.new("L", image.size, 0))
    assert (pixels(encoded(image), SETTINGS) == 255).all()


def test_palette_with_transparency_is_laid_over_white():
    image = Image.fromarray(gradient()).quantize(8)
    data = encoded(image, transparency=0)
    index = np.asarray(image) == 0
    assert (pixels(data, SETTINGS)[index] == 255).all()


def test_a_colour_profile_is_converted_to_srgb():
    lab_profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same = pixels(encoded(Image.fromarray(gradient()), icc_profile=lab_profile.tobytes()), SETTINGS)
    assert np.abs(same.astype(int) - gradient()).max() <= 1


def test_a_broken_profile_is_taken_as_srgb():
    np.testing.assert_array_equal(pixels(encoded(Image.fromarray(gradient()), icc_profile=b"no profile"), SETTINGS), gradient())


def test_long_photos_are_shrunk_to_the_limit():
    image = pixels(encoded(Image.fromarray(gradient(100, 300))), PhotoSettings(long_side=150, min_side=16))
    assert image.shape == (50, 150, 3)


def animated() -> bytes:
    frames = [Image.fromarray(gradient() // part) for part in (1, 2, 3)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def pages() -> bytes:
    page = Image.fromarray(gradient())
    return encoded(page, "TIFF", save_all=True, append_images=[page])


def bomb() -> bytes:
    """A small PNG whose header declares 60000 x 60000 pixels."""
    data = bytearray(encoded(Image.fromarray(gradient())))
    data[16:24] = (60000).to_bytes(4, "big") * 2
    import zlib  # noqa: PLC0415

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


REFUSED = {
    "text": (lambda: b"no picture at all", "unreadable"),
    "empty": (lambda: b"", "unreadable"),
    "truncated": (lambda: encoded(Image.fromarray(gradient()), "JPEG")[:400], "unreadable"),
    "animated": (animated, "several_pictures"),
    "pages": (pages, "several_pictures"),
    "bomb": (bomb, "too_large"),
    "tiny": (lambda: encoded(Image.fromarray(gradient(15, 64))), "too_small"),
    "gif": (lambda: encoded(Image.fromarray(gradient()), "GIF"), "unreadable"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unfit_files_are_refused_with_a_reason(name):
    make, code = REFUSED[name]
    with pytest.raises(PhotoError) as caught:
        pixels(make(), SETTINGS)
    assert caught.value.code == code
    assert len(str(caught.value)) > 20


def test_a_photo_that_changed_after_the_scan_is_refused(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(Image.fromarray(gradient())))
    photo = scan(PhotoFile(path, "photo.png", "CC0"), SETTINGS)
    assert (photo.width, photo.height, photo.licence) == (64, 48, "CC0")
    np.testing.assert_array_equal(load(photo, SETTINGS), gradient())
    path.write_bytes(encoded(Image.fromarray(gradient()[::-1].copy())))
    with pytest.raises(PhotoError, match="changed"):
        load(photo, SETTINGS)


def test_the_folder_source_lists_photos_by_relative_name_and_skips_hidden_ones(tmp_path):
    for name in ("b.JPG", "sub/a.webp", "notes.txt", ".hidden.png", ".cache/x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in sources.get("folder").files(str(tmp_path))] == ["b.JPG", "sub/a.webp"]


@pytest.mark.parametrize("make", [False, True])
def test_a_folder_that_is_missing_or_without_photos_is_a_usage_error(tmp_path, make):
    place = tmp_path / "photos"
    if make:
        place.mkdir()
    with pytest.raises(UsageError, match="photos"):
        sources.get("folder").files(str(place))


def test_embedded_photos_are_there_and_state_their_licence():
    files = sources.get("embedded").files("")
    assert len(files) == 4
    assert all(file.path.is_file() and file.licence for file in files)
