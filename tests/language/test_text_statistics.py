"""Statistics of texts: known lists give known numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.language.reading.words import words_of
from annotate.language.text_statistics import text_statistics

PROSE = words_of("the old boat lies on wet sand while gulls circle above a grey sea and nobody comes to turn its broken hull")


def test_one_text_many_times_has_no_variety():
    numbers = text_statistics(["The boat lies on the sand."] * 50)
    assert numbers.unique == 1 / 50
    assert numbers.vocabulary == 5
    assert numbers.distinct_2 == pytest.approx(5 / 250)
    assert numbers.self_bleu_4 == pytest.approx(1.0)
    assert numbers.commonest_opening == 1.0
    assert numbers.opening == "the boat lies"
    assert numbers.gzip_ratio > 15


def test_texts_without_a_common_word_have_hardly_any_self_bleu():
    texts = [" ".join(f"{letter}{number}" for number in range(20)) for letter in "abcdefghijklmnopqrstuvwxyz"]
    numbers = text_statistics(texts)
    assert numbers.self_bleu_4 < 0.01
    assert numbers.distinct_2 == 1.0
    assert numbers.unique == 1.0


def test_mtld_is_the_length_of_a_text_that_never_repeats_and_small_for_one_that_does():
    assert text_statistics([" ".join(PROSE)]).mtld > 15
    assert text_statistics(["to be or not to be " * 30]).mtld < 8


def test_an_empty_list_and_empty_texts_have_numbers():
    assert text_statistics([]).texts == 0
    assert text_statistics(["", ""]).vocabulary == 0


@given(st.lists(st.lists(st.sampled_from(PROSE), max_size=12).map(" ".join), max_size=30))
def test_numbers_stay_in_their_ranges_and_are_the_same_twice(texts):
    numbers = text_statistics(texts)
    assert numbers == text_statistics(texts)
    for share in (numbers.unique, numbers.distinct_2, numbers.self_bleu_4, numbers.commonest_opening):
        assert 0 <= share <= 1 + 1e-9
    assert set(numbers.as_json()) >= {
        "unique",
        "vocabulary",
        "distinct_2",
        "gzip_ratio",
        "self_bleu_4",
        "mtld",
        "commonest_opening",
    }
