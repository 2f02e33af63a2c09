"""Geometry of masks: clicks, holes, words and whether they lead to the region."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from annotate.regions.positions import place, position_words, quarter_facts, quarter_point, where_phrase
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
    assert where_of(cross) == "around the middle"


@settings(max_examples=100, deadline=None)
@given(masks)
def test_around_the_middle_covers_the_middle(mask):
    assume(mask.any())
    height, width = mask.shape
    if where_of(mask) == "around the middle":
        assert mask[int(height * 0.4) : height - int(height * 0.4), int(width * 0.4) : width - int(width * 0.4)].any()
