"""Masks keep every pixel through COCO's encoding; boxes hold exactly the mask."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from schemas.masks import bounding_box, decode, encode, full, iou, mask_area, squared_distance
from schemas.values import Rle

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40))


@given(MASKS)
def test_a_mask_is_the_same_after_encoding_and_decoding(mask):
    rle = encode(mask)
    np.testing.assert_array_equal(decode(rle), mask)
    assert mask_area(rle) == mask.sum()


@given(MASKS.filter(lambda mask: mask.any()))
def test_a_box_holds_the_mask_and_cannot_be_smaller(mask):
    x0, y0, x1, y1 = bounding_box(mask)
    assert mask[y0:y1, x0:x1].sum() == mask.sum()
    assert mask[y0].any()
    assert mask[y1 - 1].any()
    assert mask[:, x0].any()
    assert mask[:, x1 - 1].any()


@given(MASKS, st.data())
def test_iou_is_one_for_equal_masks_and_symmetric(mask, data):
    other = data.draw(arrays(bool, mask.shape))
    assert iou(mask, mask) == 1
    assert iou(mask, other) == iou(other, mask)
    assert 0 <= iou(mask, other) <= 1


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=16)).filter(lambda mask: not mask.all()))
def test_squared_distances_are_exact_whole_numbers(mask):
    outside = np.argwhere(~mask)
    expected = [
        [((outside - (row, column)) ** 2).sum(axis=1).min() for column in range(mask.shape[1])] for row in range(mask.shape[0])
    ]
    np.testing.assert_array_equal(squared_distance(mask), expected)


def test_the_full_mask_covers_everything():
    assert decode(full(3, 5)).all()


def test_an_empty_mask_has_no_box():
    with pytest.raises(ValueError, match="empty"):
        bounding_box(np.zeros((3, 3), dtype=bool))


@pytest.mark.parametrize("counts", ["", "~~~~", "0", "PPPP", encode(np.eye(7, dtype=bool)).counts[:-1]])
def test_corrupt_runs_are_named(counts):
    with pytest.raises(ValueError, match="corrupt"):
        decode(Rle(size=(7, 7), counts=counts))
