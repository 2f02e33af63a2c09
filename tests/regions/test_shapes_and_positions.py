"""Geometry of masks: clicks, holes, words and whether they lead to the region."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from annotate.regions.positions import is_firm, place, position_words, quarter_facts, quarter_point, where_phrase, zone
from annotate.regions.shapes import count_components, count_holes, fill_small_holes, inscribed_circle, largest_component
from schemas.masks import bounding_box

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))


@settings(max_examples=80, deadline=None)
@given(masks)
def test_the_click_is_the_pixel_farthest_from_the_border(mask):
    assume(mask.any())
    (x, y), radius = inscribed_circle(mask)
    distances = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    assert mask[y, x]
    assert np.isclose(radius, distances.max(), atol=1e-4)
    assert np.isclose(distances[y, x], distances.max(), atol=1e-4)


@settings(max_examples=80, deadline=None)
@given(masks)
def test_components_and_holes_agree_with_scipy(mask):
    assume(mask.any())
    assert count_components(mask) == ndimage.label(mask, np.ones((3, 3)))[1]
    filled = ndimage.binary_fill_holes(mask)
    assert count_holes(mask) == ndimage.label(filled & ~mask)[1]
    assert np.array_equal(fill_small_holes(mask, mask.size + 1), filled)
    assert np.array_equal(fill_small_holes(mask, 0), mask)


@settings(max_examples=60, deadline=None)
@given(masks)
def test_the_largest_component_is_in_one_piece_and_none_is_larger(mask):
    assume(mask.any())
    largest = largest_component(mask)
    _, count = ndimage.label(largest)
    assert count == 1
    assert not (largest & ~mask).any()
    assert largest.sum() == ndimage.sum_labels(mask, ndimage.label(mask)[0], range(1, ndimage.label(mask)[1] + 1)).max()


@settings(max_examples=80, deadline=None)
@given(masks)
def test_position_words_follow_the_centre_of_the_box(mask):
    assume(mask.any())
    height, width = mask.shape
    x0, y0, x1, y1 = bounding_box(mask)
    horizontal, vertical = position_words((x0, y0, x1, y1), width, height)
    assert (horizontal == "left") == ((x0 + x1) / 2 / width < 0.5)
    assert (vertical == "top") == ((y0 + y1) / 2 / height < 0.5)


@settings(max_examples=60, deadline=None)
@given(masks)
def test_a_position_phrase_never_contradicts_the_words(mask):
    assume(mask.any())
    height, width = mask.shape
    box = bounding_box(mask)
    y, x = ndimage.center_of_mass(mask)
    horizontal, vertical = position_words(box, width, height)
    phrase = where_phrase(place(box, (x + 0.5, y + 0.5), width, height), box, mask)
    forbidden = {"left": ["right"], "right": ["left"], "top": ["bottom", "lower"], "bottom": ["top", "upper"]}
    x0, y0, x1, y1 = box
    firm = [horizontal] * (abs((x0 + x1) / 2 / width - 0.5) >= 0.02) + [vertical] * (abs((y0 + y1) / 2 / height - 0.5) >= 0.02)
    assert not any(word in phrase.split() for said in firm for word in forbidden[said])


@settings(max_examples=60, deadline=None)
@given(masks)
def test_quarter_facts_agree_with_a_plain_count(mask):
    assume(mask.any() and not mask.all() and min(mask.shape) > 1)
    height, width = mask.shape
    words = [position_words(bounding_box(part), width, height) for part in (mask, ~mask)]
    for part, (horizontal, vertical), facts in zip((mask, ~mask), words, quarter_facts([mask, ~mask], words), strict=True):
        rows, columns = np.nonzero(part)
        inside = ((2 * columns + 1 < width) == (horizontal == "left")) & ((2 * rows + 1 < height) == (vertical == "top"))
        assert abs(facts.quadrant_share - inside.mean()) < 1e-6
        x, y = quarter_point(horizontal, vertical, width, height)
        assert facts.quarter_inside == part[y, x]
        assert facts.quarter_nearest == facts.quarter_inside  # the two parts fill the picture


def where_of(mask):
    height, width = mask.shape
    box = bounding_box(mask)
    y, x = ndimage.center_of_mass(mask)
    return where_phrase(place(box, (x + 0.5, y + 0.5), width, height), box, mask)


def test_what_leaves_out_the_middle_is_not_around_it():
    frame = np.ones((40, 60), dtype=bool)
    frame[6:34, 8:52] = False
    assert where_of(frame) == "around the border"
    arch = np.ones((40, 60), dtype=bool)
    arch[14:, 3:57] = False
    assert where_of(arch) == "across the top"
    assert where_of(arch.T) == "along the left side"
    cross = np.zeros((40, 60), dtype=bool)
    cross[17:23] = cross[:, 27:33] = True
    assert where_of(cross) == "over much of the picture"


def band(rows, columns):
    mask = np.zeros((100, 100), dtype=bool)
    mask[rows, columns] = True
    return mask


def test_across_and_along_a_side_lie_at_its_edge():
    for turn, (along, beside) in enumerate(
        [("across the top", "at the top"), ("along the left side", "on the left"), ("across the bottom", "at the bottom"),
         ("along the right side", "on the right")]
    ):  # fmt: skip
        assert where_of(np.rot90(band(slice(2, 30), slice(5, 95)), turn)) == along
        assert where_of(np.rot90(band(slice(12, 30), slice(5, 95)), turn)) == beside
        ragged = band(slice(12, 30), slice(5, 95)) | band(slice(0, 12), slice(5, 60))
        assert where_of(np.rot90(ragged, turn)) == beside


def test_a_frame_that_leaves_the_edges_is_not_around_the_border():
    ring = band(slice(10, 90), slice(10, 90)) & ~band(slice(25, 75), slice(25, 75))
    assert where_of(ring) == "over much of the picture"
    assert where_of(np.pad(ring[10:90, 10:90], ((0, 2), (0, 0)))) == "around the border"


def test_over_most_of_the_picture_is_also_over_its_centre():
    assert where_of(band(slice(0, 80), slice(0, 100))) == "over most of the picture"
    hollow = ~band(slice(35, 65), slice(20, 100))
    assert where_of(hollow) != "over most of the picture"


@settings(max_examples=100, deadline=None)
@given(masks)
def test_a_firm_place_holds_the_middle_of_the_box(mask):
    assume(mask.any())
    phrase, box, size = where_of(mask), bounding_box(mask), mask.shape
    assume(is_firm(box, size, phrase))
    rows, columns = zone(phrase, size)
    y, x = (box[1] + box[3]) / 2, (box[0] + box[2]) / 2
    assert rows.start <= y <= rows.stop
    assert columns.start <= x <= columns.stop


def test_a_place_is_not_firm_for_what_goes_on_to_the_other_side_or_floats():
    assert is_firm((0, 30, 40, 60), (100, 100), "on the left")
    assert not is_firm((25, 30, 40, 60), (100, 100), "on the left")
    assert not is_firm((0, 30, 76, 60), (100, 100), "on the left")
    assert is_firm((0, 4, 100, 30), (100, 100), "at the top")
    assert not is_firm((0, 12, 100, 30), (100, 100), "at the top")
    assert not is_firm((0, 0, 100, 100), (100, 100), "across the picture")
