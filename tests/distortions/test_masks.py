"""Distortions under masks: a region shows what the whole picture would, the rest is untouched, whatever is asked first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distortions import compose, distort, get, list_distortions, make_step, paste, pool, render_box
from tests.photos import crop

FUNCTIONS = [entry.name for entry in pool("dq495k")]
LIBRARY = [name for name in list_distortions() if name in FUNCTIONS or name.startswith("kadid.")]
CHEAP = [name for name in LIBRARY if name not in {"compression.jpeg_2000", "kadid.jpeg_2000", "kadid.denoise"}]

levels = st.integers(1, 5)
seeds = st.integers(0, 2**52 - 1)


@st.composite
def pictures(draw, least=8, most=90):
    """A random picture of any allowed small size: noise, a ramp, or flat."""
    height, width = draw(st.integers(least, most)), draw(st.integers(least, most))
    content = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["noise", "ramp", "flat"]))
    if kind == "flat":
        return np.full((height, width, 3), content.integers(0, 256, 3), dtype=np.uint8)
    if kind == "noise":
        return content.integers(0, 256, (height, width, 3), dtype=np.uint8)
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 7 % 256], axis=-1).astype(np.uint8)


@st.composite
def masks(draw, shape):
    """Random dots, a box, one pixel, a border strip or everything."""
    height, width = shape
    mask = np.zeros(shape, bool)
    kind = draw(st.sampled_from(["dots", "box", "pixel", "border", "all"]))
    y, x = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    if kind == "dots":
        mask |= np.random.default_rng(draw(st.integers(0, 99))).random(shape) < 0.02
    elif kind == "box":
        mask[y : draw(st.integers(y, height)) + 1, x : draw(st.integers(x, width)) + 1] = True
    elif kind == "border":
        mask[:, -1] = True
    elif kind == "all":
        mask[...] = True
    mask[y, x] = True
    return mask


@given(data=st.data(), name=st.sampled_from(LIBRARY), level=levels, seed=seeds)
def test_a_region_shows_exactly_what_distorting_the_whole_picture_shows_there(data, name, level, seed):
    image = data.draw(pictures())
    mask = data.draw(masks(image.shape[:2]))
    before = image.copy()
    whole = distort(image, name, level, seed=seed)
    under = distort(image, name, level, mask=mask, seed=seed)
    assert np.array_equal(under.image[mask], whole.image[mask])
    assert np.array_equal(under.image[~mask], image[~mask])
    assert under.parameters == whole.parameters
    assert np.array_equal(image, before)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_exact_in_small_boxes_anywhere_at_every_level(name):
    image = crop(5, side=150)[:, :131]
    height, width = image.shape[:2]
    places = np.random.default_rng(7)
    for level in range(1, 6):
        step = make_step(name, level, 11)
        whole = render_box(image, (0, 0, width, height), [step])
        for _ in range(6):
            x0, y0 = int(places.integers(0, width)), int(places.integers(0, height))
            x1, y1 = int(places.integers(x0 + 1, width + 1)), int(places.integers(y0 + 1, height + 1))
            assert np.array_equal(render_box(image, (x0, y0, x1, y1), [step]), whole[y0:y1, x0:x1])


@given(data=st.data(), names=st.lists(st.sampled_from(CHEAP), min_size=2, max_size=3), level=levels, seed=seeds)
def test_steps_in_any_order_give_a_box_the_pixels_of_the_whole_picture(data, names, level, seed):
    image = data.draw(pictures())
    height, width = image.shape[:2]
    steps = [make_step(name, level, (seed + number) % 2**52) for number, name in enumerate(names)]
    whole = image
    for step in steps:
        whole = render_box(whole, (0, 0, width, height), [step])
    x0, y0 = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    x1, y1 = data.draw(st.integers(x0 + 1, width)), data.draw(st.integers(y0 + 1, height))
    assert np.array_equal(render_box(image, (x0, y0, x1, y1), steps), whole[y0:y1, x0:x1])


@pytest.mark.parametrize("name", [name for name in CHEAP if name in FUNCTIONS])
def test_large_pictures_worked_on_in_strips_equal_their_pieces(name):
    image = np.ascontiguousarray(np.tile(crop(2), (5, 5, 1))[:900, :840])
    step = make_step(name, 4, 3)
    whole = render_box(image, (0, 0, 840, 900), [step])
    for box in ((0, 250, 840, 420), (301, 555, 520, 747)):
        x0, y0, x1, y1 = box
        assert np.array_equal(render_box(image, box, [step]), whole[y0:y1, x0:x1])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_and_many_threads_give_the_same_bytes(name):
    image = crop(3)
    wanted = [distort(image, name, 3, seed=seed).image for seed in range(4)]
    threads = cv2.getNumThreads()
    try:
        for count in (1, 2, 5):
            cv2.setNumThreads(count)
            with ThreadPoolExecutor(4) as crew:
                got = list(crew.map(lambda seed: distort(image, name, 3, seed=seed).image, range(4)))
            assert all(np.array_equal(one, other) for one, other in zip(wanted, got, strict=True))
    finally:
        cv2.setNumThreads(threads)


@given(data=st.data(), names=st.lists(st.sampled_from(CHEAP), min_size=1, max_size=4), seed=st.integers(0, 2**40))
def test_pasted_regions_are_all_made_from_the_pristine_picture(data, names, seed):
    image = data.draw(pictures(least=16))
    owner = np.random.default_rng(seed).integers(0, len(names) + 1, image.shape[:2])
    owner[0, : len(names) + 1] = np.arange(len(names) + 1)
    masks_ = [owner == number for number in range(len(names))]
    steps = [[make_step(name, 2, seed + number)] for number, name in enumerate(names)]
    result = paste(image, masks_, steps)
    assert np.array_equal(result[owner == len(names)], image[owner == len(names)])
    for mask, name, number in zip(masks_, names, range(len(names)), strict=True):
        assert np.array_equal(result[mask], distort(image, name, 2, seed=seed + number).image[mask])


def test_a_clean_region_of_a_paste_keeps_its_pixels_and_later_masks_win_overlaps():
    image = crop(1)
    whole = np.ones(image.shape[:2], bool)
    left = whole.copy()
    left[:, 100:] = False
    assert np.array_equal(paste(image, [whole], [[]]), image)
    result = paste(image, [whole, left], [[make_step("blur.gaussian", 5, 1)], [make_step("darken.shift_rgb", 5, 1)]])
    assert np.array_equal(result[left], distort(image, "darken.shift_rgb", 5).image[left])


@given(data=st.data(), feather=st.integers(1, 12))
def test_a_feather_grows_inwards_and_touches_nothing_outside(data, feather):
    image = data.draw(pictures(least=24))
    mask = data.draw(masks(image.shape[:2]))
    hard = distort(image, "brighten.shift_rgb", 5, mask=mask).image.astype(int) - image
    soft = distort(image, "brighten.shift_rgb", 5, mask=mask, feather=feather).image.astype(int) - image
    assert not soft[~mask].any()
    assert (soft >= 0).all()
    assert (soft <= hard).all()
    inner = cv2.erode(np.pad(mask.astype(np.uint8), 1, mode="edge"), np.ones((2 * feather + 3,) * 2, np.uint8))[1:-1, 1:-1] > 0
    assert np.array_equal(soft[inner], hard[inner])


def test_a_feather_rises_step_by_step_from_the_border():
    image = np.full((64, 64, 3), 100, np.uint8)
    mask = np.zeros((64, 64), bool)
    mask[10:50, 10:50] = True
    row = distort(image, "brighten.shift_rgb", 5, mask=mask, feather=4).image[30, 8:18, 0].astype(int) - 100
    assert row.tolist() == [0, 0, 18, 35, 54, 71, 89, 89, 89, 89]


def test_a_feather_ends_at_the_picture_not_at_its_border():
    image = np.full((32, 32, 3), 100, np.uint8)
    whole = distort(image, "brighten.shift_rgb", 5, mask=np.ones((32, 32), bool), feather=6).image
    assert np.array_equal(whole, distort(image, "brighten.shift_rgb", 5).image)


def test_noise_of_a_pixel_does_not_depend_on_what_was_asked_before_or_on_numpys_global_stream():
    image = crop(2)
    np.random.seed(1)  # noqa: NPY002
    first = distort(image, "noise.poisson", 3, seed=4).image
    distort(image, "noise.speckle", 3, seed=4)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    assert np.array_equal(distort(image, "noise.poisson", 3, seed=4).image, first)
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_two_noises_with_one_seed_and_two_steps_of_a_chain_differ():
    image = np.full((40, 40, 3), 128, np.uint8)
    steps = compose([("noise.gaussian_rgb", 2), ("noise.gaussian_rgb", 2)]).steps(7)
    assert steps[0].seed != steps[1].seed
    once = distort(image, "noise.gaussian_rgb", 2, seed=7).image
    assert not np.array_equal(once, distort(image, "noise.gaussian_rgb", 2, seed=8).image)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_stated_support_is_needed_and_not_much_too_wide(name):
    """A change outside the support changes nothing; for bounded ones, one close by does."""
    entry = get(name)
    for level in (1, 5):
        support = entry.support(level)
        if support.whole or entry.needs_statistics:
            continue
        image = np.random.default_rng(1).integers(60, 190, (201, 201, 3), dtype=np.uint8)
        if support.grid > 1:
            continue
        far = image.copy()
        reach = support.radius + 1
        outside = np.ones((201, 201), bool)
        outside[max(100 - reach, 0) : 101 + reach, max(100 - reach, 0) : 101 + reach] = False
        far[outside] = 255 - far[outside]
        one, other = (distort(picture, name, level, seed=9).image[100, 100] for picture in (image, far))
        assert np.array_equal(one, other)
