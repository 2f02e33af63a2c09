"""What else in a finished picture has a region's colour is found, in siblings and where no region is."""

import numpy as np
import pytest

from annotate.regions.doubles import with_doubles
from annotate.regions.finish import finish
from annotate.segmenters import Proposal
from schemas.values import RegionState

RED, BLUE, GREY = (200, 20, 30), (40, 80, 200), (128, 128, 128)
SIZE = (120, 160)


def box(rows, columns):
    mask = np.zeros(SIZE, dtype=bool)
    mask[rows, columns] = True
    return mask


def states(image, *masks):
    fields = {"steps": (), "measures": (), "strength": 0.0, "order_gap": 0.0}
    regions = finish(image, [Proposal(mask, 1.0) for mask in masks])
    made = [RegionState(**dict(one), **fields, seen_colour=one.colour, seen_texture=one.texture) for one in regions]
    return with_doubles(image, made)


@pytest.fixture
def image():
    found = np.full((*SIZE, 3), GREY, dtype=np.uint8)
    found[0:40, 0:40] = found[80:120, 100:120] = RED
    found[0:40, 60:100] = BLUE
    return found


def test_the_largest_patch_of_the_colour_counts_anywhere_and_in_the_named_place(image):
    (red,) = states(image, box(slice(0, 40), slice(0, 40)))
    assert red.where == "in the upper left"
    assert (red.double, red.double_there) == (0.5, 0.0)


def test_a_sibling_of_the_colour_counts_too_and_another_colour_does_not(image):
    red, blue, other = states(
        image, box(slice(0, 40), slice(0, 40)), box(slice(0, 40), slice(60, 100)), box(slice(80, 120), slice(100, 120))
    )
    assert (red.double, blue.double, other.double) == (0.5, 0.0, 2.0)


def test_beside_an_area_of_no_one_colour_everything_is_alike(image):
    (mixed,) = states(image, box(slice(0, 60), slice(0, 160)))
    (same,) = with_doubles(image, [mixed.model_copy(update={"seen_colour": ""})])
    assert same.double == 1.0


def test_nothing_is_beside_the_whole_picture(image):
    (whole,) = states(image, np.ones(SIZE, dtype=bool))
    assert (whole.double, whole.double_there) == (0.0, 0.0)
