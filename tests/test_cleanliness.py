import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from skimage import data

from annotate.cli.screen import COMMAND
from annotate.photos.cleanliness import measure, objections
from annotate.photos.screening import screen, sheet
from annotate.sources import PhotoFile
from schemas.recipe import PhotoSettings, ScreenSettings

LIMITS = ScreenSettings()


@pytest.fixture(scope="module", params=["astronaut", "chelsea", "coffee", "rocket"])
def clean(request):
    return np.ascontiguousarray(getattr(data, request.param)())


def codes(image):
    return {objection.code for objection in objections(measure(image), LIMITS)}


def jpeg(image, quality):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def test_clean_photographs_are_kept(clean):
    assert codes(clean) == set()


def test_a_blurred_photograph_is_refused_for_blur(clean):
    assert codes(cv2.GaussianBlur(clean, (0, 0), 3)) == {"blur"}


def test_a_photograph_in_coarse_jpeg_blocks_is_refused_for_blockiness(clean):
    assert "blockiness" in codes(jpeg(clean, 20))
    assert "blockiness" not in codes(jpeg(clean, 97))


def test_blocks_are_found_wherever_the_grid_starts(clean):
    assert "blockiness" in codes(np.ascontiguousarray(jpeg(clean, 20)[3:, 5:]))


def test_a_noisy_photograph_is_refused_for_noise(clean):
    grain = np.random.default_rng(3).normal(0, 14, clean.shape)
    assert "noise" in codes(np.clip(clean + grain, 0, 255).astype(np.uint8))


def test_the_noise_estimate_is_about_the_standard_deviation_on_a_flat_picture():
    flat = np.clip(128 + np.random.default_rng(3).normal(0, 8, (256, 256, 1)), 0, 255).astype(np.uint8)
    assert measure(np.repeat(flat, 3, axis=2)).noise == pytest.approx(8, rel=0.15)


def test_an_overexposed_photograph_is_refused_for_clipping(clean):
    luma = clean.mean(axis=2, keepdims=True)
    assert "clipping" in codes(np.where(luma > np.median(luma), 255, clean).astype(np.uint8))


def test_a_flat_picture_is_measured_without_a_warning():
    assert measure(np.full((200, 200, 3), 128, np.uint8)).noise == 0


def test_a_soft_background_alone_is_no_reason(clean):
    soft = cv2.GaussianBlur(clean, (0, 0), 4)
    height, width = clean.shape[:2]
    here = np.s_[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    soft[here] = clean[here]
    assert codes(soft) == set()


def test_screening_draws_what_is_refused_and_tells_why(tmp_path):
    Image.fromarray(data.coffee()).save(tmp_path / "good.png")
    Image.fromarray(cv2.GaussianBlur(data.coffee(), (0, 0), 3)).save(tmp_path / "soft.png")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    out = tmp_path / "sheet.png"
    result = CliRunner().invoke(COMMAND, [str(tmp_path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "soft.png: blur" in result.output
    assert "broken.jpg: the file is no" in result.output
    assert "3 photos measured, 2 would be refused." in result.output
    assert "good.png" not in result.output
    with Image.open(out) as drawn:
        assert min(drawn.size) > 200


def test_a_photo_that_is_kept_carries_no_thumbnail(tmp_path):
    Image.fromarray(data.coffee()).save(tmp_path / "good.png")
    screened = screen(PhotoFile(tmp_path / "good.png", "good.png"), PhotoSettings(), LIMITS)
    assert screened.reasons == ()
    assert screened.thumbnail is None
    assert sheet([screened]).size[1] < 320
