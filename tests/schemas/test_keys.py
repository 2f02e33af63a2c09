"""Draws depend on their key alone and never change between versions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.keys import canonical_json, digest, generator, unit

KEYS = st.lists(st.one_of(st.text(), st.integers(0, 2**40)), max_size=4)


@given(st.integers(0, 2**40), KEYS, KEYS)
def test_a_draw_does_not_depend_on_other_draws(seed, key, other):
    before = generator(seed, *key).random(5)
    generator(seed, *other).random(100)
    np.testing.assert_array_equal(generator(seed, *key).random(5), before)


def test_parts_cannot_run_into_each_other():
    assert digest("ab", "c") != digest("a", "bc")
    assert generator(1, "ab", "c").random() != generator(1, "a", "bc").random()


@given(KEYS)
def test_unit_lies_between_zero_and_one(key):
    assert 0 <= unit(*key) < 1


def test_golden_draws():
    assert generator(7, "photo", 3).integers(0, 2**31, 3).tolist() == [1393200889, 191722381, 1634196882]
    assert digest("photo", 3) == "f8ac11b7f4fd3e8fb81e5c489e07dc32a143d68e281ec076de974c87f7a9f628"


def test_canonical_json_ignores_the_order_of_keys():
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
