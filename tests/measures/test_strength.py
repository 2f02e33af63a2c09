import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from annotate.measures.similarity import Difference, change, difference, halved_mask, responses
from annotate.measures.strength import expected_opinion, perceived, strength
from distortions import distort

PICTURE = np.ascontiguousarray(data.chelsea()[20:220, 80:300])
EVERYWHERE = np.ones(PICTURE.shape[:2], dtype=bool)
MIDDLE = np.zeros_like(EVERYWHERE)
MIDDLE[60:140, 70:160] = True

GROWING = [
    "blur.gaussian", "noise.gaussian_rgb", "compression.jpeg", "darken.shift_rgb", "contrast_weaken.scale", "saturate_weaken.hsv",
    "saturate_strengthen.ycrcb", "pixelate.box", "oversharpen.unsharp", "brighten.gamma_rgb", "quantization.median",
]  # fmt: skip


def parts(one, other, mask):
    return difference(responses(one), responses(other), halved_mask(mask))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(9, 40), st.integers(9, 40))
def test_equal_pixels_have_no_strength_whatever_they_are(seed, height, width):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = np.random.default_rng(seed).random((height, width)) < 0.5
    assert strength(image, image.copy(), mask) == 0
    assert change(image, image, mask | True) == 0


@pytest.mark.parametrize("name", GROWING)
def test_strength_grows_with_the_level(name):
    found = [strength(PICTURE, distort(PICTURE, name, level=level, seed=4).image, EVERYWHERE) for level in (1, 3, 5)]
    assert found == sorted(found)
    assert 0 < found[0] < found[2] <= 1


def test_only_what_lies_in_the_mask_counts():
    changed = PICTURE.copy()
    changed[:40] = distort(PICTURE, "noise.gaussian_rgb", level=5).image[:40]
    assert strength(PICTURE, changed, MIDDLE) == 0
    assert change(PICTURE, changed, MIDDLE) == 0
    assert strength(PICTURE, changed, EVERYWHERE) > 0


def test_the_same_noise_is_stronger_where_it_fills_the_region():
    noisy = distort(PICTURE, "noise.gaussian_rgb", level=3).image
    half = PICTURE.copy()
    half[:, :100] = noisy[:, :100]
    assert strength(PICTURE, half, EVERYWHERE) < strength(PICTURE, noisy, EVERYWHERE)


@pytest.mark.parametrize("shift", [25, 60])
def test_a_flat_region_that_is_made_lighter_is_seen_although_nothing_in_it_has_structure(shift):
    flat = np.full((80, 90, 3), 100, np.uint8)
    assert strength(flat, flat + np.uint8(shift), np.ones((80, 90), bool)) > 0.05


def test_a_flat_coloured_region_that_loses_its_colour_is_seen():
    flat = np.zeros((80, 90, 3), np.uint8)
    flat[:] = (60, 110, 200)
    grey = distort(flat, "saturate_weaken.hsv", level=5).image
    assert strength(flat, grey, np.ones((80, 90), bool)) > 0.05


def test_a_change_of_one_step_in_256_is_next_to_nothing():
    assert strength(PICTURE, np.where(PICTURE < 255, PICTURE + 1, PICTURE).astype(np.uint8), EVERYWHERE) < 0.01


def test_measures_agree_with_an_independent_implementation():
    # piq 0.8.0: mdsi and haarpsi of skimage's cat, distorted with numpy alone; it pads borders with zeros, hence the tolerance.
    dimmed = (PICTURE * 0.6).astype(np.uint8)
    blocks = np.repeat(np.repeat(PICTURE[::4, ::4], 4, axis=0), 4, axis=1)
    for changed, mdsi, haarpsi in ((dimmed, 0.2661, 0.8373), (blocks, 0.3924, 0.4651)):
        found = parts(PICTURE, changed, EVERYWHERE)
        assert np.sqrt(found.deviation) == pytest.approx(mdsi, abs=0.01)
        assert 1 - found.wavelet == pytest.approx(haarpsi, abs=0.03)


@pytest.mark.parametrize("size", [(1, 7), (2, 2), (7, 1), (9, 8)])
def test_tiny_regions_are_measured(size):
    one = np.full((*size, 3), 40, np.uint8)
    other = np.full((*size, 3), 220, np.uint8)
    mask = np.zeros(size, bool)
    mask[-1, -1] = True
    assert 0 < strength(one, other, mask) <= 1


def test_change_is_the_root_mean_square_over_samples_of_the_mask():
    one, other = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    other[0, 0] = (30, 60, 90)
    mask = np.zeros((4, 4), bool)
    mask[0, :2] = True
    assert change(one, other, mask) == pytest.approx(np.sqrt((30**2 + 60**2 + 90**2) / 6))


def test_a_few_pixels_that_change_much_count_more_than_many_that_change_a_little():
    grey = np.full((100, 100, 3), 100, np.uint8)
    dots = grey.copy()
    dots[::10, ::10] = 250
    assert change(grey, dots, grey[..., 0] > 0) > 10 * change(grey, grey + 1, grey[..., 0] > 0)


def test_more_of_any_part_is_never_weaker():
    low = perceived(Difference(0.1, 0.1, 10))
    assert all(perceived(more) >= low for more in (Difference(0.2, 0.1, 10), Difference(0.1, 0.2, 10), Difference(0.1, 0.1, 90)))


def test_the_scale_of_opinions_runs_from_unchanged_to_very_annoying():
    assert expected_opinion(0) == pytest.approx(4.62)
    assert expected_opinion(1) == pytest.approx(1.12)


def test_jpeg_is_judged_as_people_judged_kadids_within_half_a_point():
    said = {1: 4.34, 2: 4.25, 3: 3.87, 4: 1.95, 5: 1.35}
    photo = cv2.resize(data.astronaut(), (512, 512))[:384]
    for level, opinion in said.items():
        coded = distort(photo, "kadid.jpeg", level=level).image
        assert expected_opinion(strength(photo, coded, np.ones((384, 512), bool))) == pytest.approx(opinion, abs=0.5)
