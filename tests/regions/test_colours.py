"""Colours are called as people call them, and not at all where two people would say two things."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.regions.colours import COLOUR_NAMES, base_colour, colour_name, may_be_called, still_called
from annotate.regions.measures import looks


def patch(*colours, size=40):
    """Stripes of equal width, 8-bit RGB."""
    return np.concatenate([np.full((size, size, 3), colour, dtype=np.uint8) for colour in colours], axis=1)


def seen(image):
    (look,) = looks(image, [np.ones(image.shape[:2], dtype=np.bool_)])
    return look.colour


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((250, 250, 250), "white"), ((200, 200, 200), "light grey"), ((128, 128, 128), "grey"), ((60, 62, 64), "dark grey"),
        ((8, 8, 8), "black"), ((200, 20, 30), "red"), ((255, 0, 0), "red"), ((170, 40, 30), "red"), ((110, 20, 25), "dark red"),
        ((250, 170, 190), "pink"), ((255, 150, 20), "orange"), ((90, 55, 30), "dark brown"), ((140, 95, 55), "brown"),
        ((225, 205, 170), "beige"), ((250, 220, 40), "yellow"), ((255, 255, 0), "yellow"), ((30, 60, 30), "dark green"),
        ((40, 150, 60), "green"), ((130, 200, 10), "green"), ((170, 215, 170), "light green"), ((20, 30, 70), "dark blue"),
        ((40, 80, 200), "blue"), ((0, 0, 255), "blue"), ((150, 200, 240), "light blue"), ((130, 60, 170), "purple"),
    ],
)  # fmt: skip
def test_plain_patches_are_called_as_people_call_them(rgb, name):
    assert seen(patch(rgb)) == name


@pytest.mark.parametrize(
    ("rgb", "between"),
    [
        ((70, 82, 74), "grey and green"), ((88, 92, 80), "grey and green"), ((0, 128, 128), "green and blue"),
        ((181, 181, 20), "yellow and green"), ((150, 110, 115), "grey and pink"), ((200, 120, 100), "pink and orange"),
    ],
)  # fmt: skip
def test_a_colour_between_two_terms_has_no_name(rgb, between):
    assert seen(patch(rgb)) == "", between


@pytest.mark.parametrize(
    "colours",
    [
        [(200, 30, 30), (30, 140, 60), (40, 80, 200)],  # several hues, of which the mean is grey
        [(210, 120, 130), (110, 160, 120)],
        [(5, 5, 5), (250, 250, 250)],  # a mean of grey that nothing wears
        [(150, 60, 50), (60, 140, 80), (150, 60, 50), (140, 140, 140)],
    ],
)
def test_a_region_of_several_colours_has_no_name(colours):
    assert seen(patch(*colours)) == ""


def test_no_shade_is_said_where_light_and_dark_lie_side_by_side():
    assert seen(patch((20, 70, 30), (70, 150, 80))) == "green"
    assert seen(patch((20, 70, 30))) == "dark green"


def test_fine_grain_does_not_take_a_colour_away():
    noise = np.random.default_rng(0).normal(0, 25, (80, 80, 3))
    grainy = np.clip(patch((60, 90, 190), size=80) + noise, 0, 255).astype(np.uint8)
    assert seen(grainy) == "blue"


def test_a_region_of_a_single_pixel_has_a_colour():
    image = patch((200, 20, 30), size=9)
    mask = np.zeros(image.shape[:2], dtype=np.bool_)
    mask[3, 5] = True
    assert [look.colour for look in looks(image, [mask, ~mask])] == ["red", "red"]


@settings(max_examples=300, deadline=None)
@given(st.floats(0, 100), st.floats(-100, 100), st.floats(-100, 100))
def test_every_colour_may_be_called_by_its_name(lightness, a, b):
    name = colour_name(lightness, a, b)
    assert name in COLOUR_NAMES
    assert may_be_called(name, name)


def test_every_name_can_be_given():
    levels = np.linspace(0, 1, 33, dtype=np.float32)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    lab = cv2.cvtColor(cube, cv2.COLOR_RGB2LAB)[0]
    assert {colour_name(*map(float, colour)) for colour in lab} == set(COLOUR_NAMES)


def test_calling_by_another_name_goes_both_ways():
    for one in COLOUR_NAMES:
        for other in COLOUR_NAMES:
            assert may_be_called(one, other) == may_be_called(other, one)


def test_what_is_still_called_by_a_name_is_of_that_name_or_a_shade_of_it():
    assert still_called("dark blue", "blue")
    assert still_called("light grey", "grey")
    assert not still_called("red", "dark red")
    assert not still_called("dark grey", "black")
    assert not still_called("orange", "brown")
    assert not still_called("dark green", "light green")
    assert not still_called("", "blue")
    for name in COLOUR_NAMES[1:]:
        assert still_called(name, name)
        assert still_called(name, base_colour(name))
