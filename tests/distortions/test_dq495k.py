"""DQ-495K's 35 functions: golden pixels, statistics of what is random, known answers, and levels that grow."""

from __future__ import annotations

import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import kurtosis
from skimage.filters import threshold_multiotsu
from skimage.metrics import structural_similarity

from distortions import allowed_pairs, categories, distort, get, pool
from distortions.noise import normal_quantiles
from distortions.smoothing import gaussian
from tests.distortions.dq495k_golden import TABLE, fingerprints
from tests.distortions.kadid_golden import picture, versions
from tests.photos import crop

FUNCTIONS = [entry.name for entry in pool("dq495k")]
CODECS = {"compression.jpeg": "opencv", "compression.jpeg_2000": "pillow"}
GOLDEN = json.loads(TABLE.read_text())
RANDOM_IMAGE = np.random.default_rng(1).integers(0, 256, (61, 83, 3), dtype=np.uint8)
BY_HISTOGRAM = ("quantization.hist", "quantization.otsu")
FLAT = np.full((256, 256, 3), 128, np.uint8)


def test_there_are_35_functions_in_12_categories_and_78_ordered_pairs():
    assert len(FUNCTIONS) == 35
    keys = [category.key for category in categories("dq495k")]
    assert len(keys) == 12
    assert {entry.category for entry in pool("dq495k")} == set(keys)
    assert len(allowed_pairs()) == 78
    assert {key for pair in allowed_pairs() for key in pair} == set(keys)


def test_no_two_categories_share_a_name():
    names = [name for category in categories() for name in category.names]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def now():
    return fingerprints()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_pixels_are_those_of_the_golden_table(name, now):
    """Another version of a codec may give other bytes: then mean and spread must stay within one level of 255."""
    for level, (was, is_) in enumerate(zip(GOLDEN["fingerprints"][name], now[name], strict=True), start=1):
        if was["sha256"] == is_["sha256"]:
            continue
        codec = CODECS.get(name)
        assert codec is not None, f"{name} level {level} has other pixels than before"
        assert GOLDEN["versions"][codec] != versions()[codec], f"{name} level {level} has other pixels than before"
        assert is_["mean"] == pytest.approx(was["mean"], abs=1)
        assert is_["std"] == pytest.approx(was["std"], abs=1)


def test_the_golden_table_covers_every_function():
    assert sorted(GOLDEN["fingerprints"]) == FUNCTIONS


def _gradient_error(one: np.ndarray, other: np.ndarray) -> float:
    """Spread of the similarity of two pictures' luma gradients, as GMSD has it: 0 for equal pictures."""
    prewitt = np.array([[1, 0, -1]] * 3, np.float32) / 3

    def strength(picture: np.ndarray) -> np.ndarray:
        luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return np.hypot(cv2.filter2D(luma, -1, prewitt), cv2.filter2D(luma, -1, prewitt.T))

    first, second = strength(one), strength(other)
    return float(((2 * first * second + 170) / (first**2 + second**2 + 170)).std())


def _squared_error(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.mean((one.astype(float) - other) ** 2))


def _measured(name: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """SSIM and the distance at every sound level."""
    # Both move all tones by the histogram, whatever the number of bins: squared error tells that, gradients tell the severity.
    distance = _gradient_error if name in BY_HISTOGRAM else _squared_error
    photo = crop(number)
    results = [distort(photo, name, level, seed=3).image for level in get(name).sound_levels]
    similar = [structural_similarity(photo, result, channel_axis=-1) for result in results]
    return np.array(similar), np.array([distance(photo, result) for result in results])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_two_full_reference_measures_get_worse_with_every_sound_level_on_photographs(name):
    measured = [_measured(name, number) for number in range(4)]
    if name in BY_HISTOGRAM:  # true of photographs on average
        measured = [(sum(similar for similar, _ in measured) / 4, sum(errors for _, errors in measured) / 4)]
    for similar, errors in measured:
        assert (np.diff(similar) < 0.005).all()
        assert (np.diff(errors) > -0.02 * errors[:-1]).all()
        assert similar[-1] < similar[0] - 0.005
        assert errors[-1] > errors[0]


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.startswith("noise.")])
def test_noise_does_not_move_the_mean_of_a_grey_area(name):
    result = distort(FLAT, name, 1, seed=5).image
    assert result.mean() == pytest.approx(128, abs=0.15)


@pytest.mark.parametrize(("level", "sigma"), list(enumerate((0.05, 0.1, 0.15), start=1)))
def test_gaussian_noise_is_white_normal_and_as_strong_as_the_table_says(level, sigma):
    noise = distort(FLAT, "noise.gaussian_rgb", level, seed=2).image.astype(float) - 128
    assert noise.std() == pytest.approx(255 * sigma, rel=0.01)
    assert kurtosis(noise.ravel()) == pytest.approx(0, abs=0.05)
    for other in (noise[1:, :, :] * noise[:-1, :, :], noise[:, 1:] * noise[:, :-1], noise[..., 1:] * noise[..., :-1]):
        assert other.mean() / noise.var() == pytest.approx(0, abs=0.01)


def test_quantiles_of_the_normal_have_no_mean_unit_variance_and_its_kurtosis():
    assert normal_quantiles().mean() == 0
    assert normal_quantiles().var() == pytest.approx(1, abs=1e-6)
    assert kurtosis(normal_quantiles()) == pytest.approx(0, abs=0.01)


def test_noise_in_ycrcb_is_weakest_in_green():
    red, green, blue = (distort(FLAT, "noise.gaussian_ycrcb", 2, seed=1).image.astype(float) - 128).std(axis=(0, 1))
    assert green < red < blue
    assert red == pytest.approx(255 * np.hypot(0.06, 1.403 * 0.087), rel=0.02)


@pytest.mark.parametrize(("level", "factor"), list(enumerate((80, 60, 40, 25, 15), start=1)))
def test_poisson_noise_has_the_variance_of_photon_counts(level, factor):
    for value in (20, 90, 150):
        noise = distort(np.full((200, 200, 3), value, np.uint8), "noise.poisson", level, seed=2).image.astype(float) - value
        wanted = value * 255 / factor
        if value + 4 * wanted**0.5 < 255:
            assert noise.var() == pytest.approx(wanted, rel=0.04)
            assert noise.mean() == pytest.approx(0, abs=0.04 * wanted**0.5 + 0.1)


@pytest.mark.parametrize("name", ["noise.poisson", "noise.speckle"])
def test_noise_that_scales_with_light_leaves_black_alone(name):
    assert not distort(np.zeros((32, 32, 3), np.uint8), name, 5).image.any()


@pytest.mark.parametrize(("level", "amount"), list(enumerate((0.01, 0.03, 0.05, 0.07, 0.1), start=1)))
def test_impulse_noise_hits_its_share_of_samples_half_with_salt_half_with_pepper(level, amount):
    result = distort(FLAT, "noise.impulse", level, seed=1).image
    assert (result == 255).mean() == pytest.approx(amount / 2, rel=0.1)
    assert (result == 0).mean() == pytest.approx(amount / 2, rel=0.1)


def test_spatially_correlated_noise_spreads_over_three_pixels():
    noise = distort(FLAT, "noise.spatially_correlated", 5, seed=1).image.astype(float) - 128
    assert noise.std() == pytest.approx(255 * 0.22 / 3, rel=0.02)
    for lag, wanted in ((1, 2 / 3), (2, 1 / 3), (3, 0)):
        assert (noise[:, lag:] * noise[:, :-lag]).mean() / noise.var() == pytest.approx(wanted, abs=0.02)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.0, 4.0, 5.0])
def test_a_gaussian_blur_is_the_exact_one_rounded_but_for_one_level_here_and_there(sigma):
    photo = crop(1)
    exact = np.stack([gaussian_filter(photo[..., i].astype(float), sigma, mode="nearest") for i in range(3)], axis=-1)
    difference = np.abs(gaussian(photo, sigma) - exact)
    assert difference.max() < 0.6
    assert (difference > 0.5).mean() < 0.02


@pytest.mark.parametrize(("level", "radius"), list(enumerate((2, 3, 4, 6, 8), start=1)))
def test_lens_blur_is_the_rounded_mean_over_a_disk(level, radius):
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disk = ((x**2 + y**2) <= radius**2).astype(float)
    exact = cv2.filter2D(RANDOM_IMAGE.astype(float), -1, disk / disk.sum())
    assert np.abs(distort(RANDOM_IMAGE, "blur.lens", level).image - exact).max() <= 0.5 + 1e-9


def test_motion_blur_draws_its_angle_from_the_seed_and_trails_to_one_side():
    point = np.zeros((101, 101, 3), np.uint8)
    point[50, 50] = 255
    angles = set()
    for seed in range(6):
        done = distort(point, "blur.motion", 5, seed=seed)
        angles.add(done.parameters["angle"])
        assert not done.image[:, 51:].any()  # what lies to the right is read, so the trail goes left
        assert done.image[:, :35].max() < done.image.max()  # and it fades
    assert len(angles) == 6
    assert all(-90 <= angle <= 90 for angle in angles)


@pytest.mark.parametrize("name", ["blur.gaussian", "blur.lens", "blur.zoom", "blur.motion", "blur.glass", "blur.jitter"])
def test_blurs_keep_flat_areas_exactly(name):
    for value in (0, 77, 255):
        flat = np.full((40, 50, 3), value, np.uint8)
        for level in (1, 5):
            assert np.array_equal(distort(flat, name, level, seed=1).image, flat)


def test_jitter_moves_whole_pixels_and_never_far():
    places = np.stack(np.meshgrid(np.arange(120), np.arange(90)), axis=-1).astype(np.uint8)
    image = np.concatenate([places, np.zeros((90, 120, 1), np.uint8)], axis=-1)
    for level, shift in enumerate((1, 2, 3, 4, 5), start=1):
        moved = distort(image, "blur.jitter", level, seed=4).image[..., :2].astype(int) - places
        assert (moved[..., 1].min(), moved[..., 1].max() <= 8 * shift) == (-shift, True)
        assert np.abs(moved[..., 0]).max() <= 8 * shift
        assert (moved != 0).any(axis=-1).mean() > 0.6
        assert not moved[:shift].any()  # the border stays, as in the source


def _pillow(image: np.ndarray, form: str, **settings: object) -> np.ndarray:
    code = io.BytesIO()
    Image.fromarray(image).save(code, form, **settings)
    return np.array(Image.open(code))


@pytest.mark.parametrize(("level", "quality"), list(enumerate((25, 18, 12, 8, 5), start=1)))
def test_jpeg_is_pillows_jpeg_within_the_difference_of_two_decoders(level, quality):
    photo = crop(2)
    difference = distort(photo, "compression.jpeg", level).image.astype(int) - _pillow(photo, "JPEG", quality=quality)
    assert np.abs(difference).mean() < 0.5


def test_pixelation_is_pillows_box_and_nearest_within_rounding_where_blocks_are_even():
    photo = crop(3)
    for level, scale in enumerate((0.5, 0.4, 0.3, 0.25, 0.2), start=1):
        size = (int(192 * scale), int(192 * scale))
        theirs = np.array(Image.fromarray(photo).resize(size, Image.Resampling.BOX).resize((192, 192), Image.Resampling.NEAREST))
        assert np.abs(distort(photo, "pixelate.box", level).image.astype(int) - theirs).max() <= 1


def test_median_quantization_is_pillows_median_cut_exactly():
    for number in range(3):
        photo = crop(number)
        for level, colours in enumerate((20, 15, 10, 6, 3), start=1):
            result = distort(photo, "quantization.median", level).image
            for channel in range(3):
                plane = Image.fromarray(np.ascontiguousarray(photo[..., channel]))
                cut = plane.quantize(colours, method=Image.Quantize.MEDIANCUT).convert("L")
                assert np.array_equal(result[..., channel], np.array(cut))


def test_otsu_quantization_uses_the_best_thresholds():
    photo = crop(0)
    result = distort(photo, "quantization.otsu", 5).image
    for channel in range(3):
        plane = photo[..., channel]
        low, high = int(plane.min()), int(plane.max())
        number = np.digitize(plane, threshold_multiotsu(plane.astype(np.float32), classes=3, nbins=30))
        wanted = np.rint(low + number * (high - low) / 3)
        assert (result[..., channel] == wanted).mean() > 0.95


@pytest.mark.parametrize("name", ["quantization.otsu", "quantization.median", "quantization.hist"])
def test_quantization_works_on_pictures_of_one_or_two_tones(name):
    for level in range(1, 6):
        flat = np.full((20, 20, 3), 77, np.uint8)
        assert np.array_equal(distort(flat, name, level).image, flat)
        flat[5:, 5:] = 200
        assert len(np.unique(distort(flat, name, level).image)) == 2 or name == "quantization.hist"


def test_contrast_stretch_keeps_a_black_channel_black_and_sends_means_to_the_middle():
    image = np.zeros((32, 32, 3), np.uint8)
    image[..., 0] = 100
    result = distort(image, "contrast_strengthen.stretch", 3).image
    assert set(np.unique(result[..., 0])) == {128}
    assert not result[..., 1:].any()


def test_saturation_leaves_grey_alone_and_hue_and_value_as_they_are():
    grey = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    for name in ("saturate_strengthen.hsv", "saturate_weaken.hsv", "saturate_strengthen.ycrcb", "saturate_weaken.ycrcb"):
        assert np.array_equal(distort(grey, name, 4).image, grey)
    colours = RANDOM_IMAGE
    for name in ("saturate_strengthen.hsv", "saturate_weaken.hsv"):
        assert np.array_equal(distort(colours, name, 2).image.max(axis=-1), colours.max(axis=-1))
    assert (np.ptp(distort(colours, "saturate_weaken.hsv", 5).image, axis=-1) == 0).all()


def test_value_shift_is_float_hsv_rounded():
    floats = (RANDOM_IMAGE / 255).astype(np.float32)
    for name, sign in (("brighten.shift_hsv", 1), ("darken.shift_hsv", -1)):
        hsv = cv2.cvtColor(floats, cv2.COLOR_RGB2HSV)
        hsv[..., 2] += np.float32(sign * 0.3)
        wanted = np.clip(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), 0, 1) * 255
        assert np.abs(distort(RANDOM_IMAGE, name, 3).image - wanted).max() <= 0.5 + 1e-3


def test_black_is_lifted_to_grey_by_a_shift_of_the_value():
    black = np.zeros((8, 8, 3), np.uint8)
    assert set(np.unique(distort(black, "brighten.shift_hsv", 1).image)) == {26}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_seed_matters_exactly_where_the_distortion_says_so(name):
    image = picture()
    one, same, other = (distort(image, name, 5, seed=seed).image for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert np.array_equal(one, other) != get(name).random
