"""Patterns and English endings of the grammar."""

import numpy as np
import pytest

from annotate.language.grammar.inflection import enumerated, finish, ing, third_person
from annotate.language.grammar.patterns import Draw, expand


def draw(seed=1):
    return Draw(np.random.Generator(np.random.Philox(key=seed)))


def test_a_choice_gives_each_of_its_parts_and_nothing_else():
    source = draw()
    assert {expand("{a|b {c|d}}[ e]", source, {}) for _ in range(200)} == {"a", "b c", "b d", "a e", "b c e", "b d e"}


def test_slots_are_filled_from_left_to_right_and_get_what_stands_after_the_colon():
    said = []
    scope = {"x": lambda _: said.append("x") or "1", "y": lambda inner: said.append("y") or f"({inner()})"}
    assert expand("<x> <y:a {b|b}> <x>", draw(), scope) == "1 (a b) 1"
    assert said == ["x", "y", "x"]


def test_an_unknown_slot_or_word_is_an_error():
    with pytest.raises(KeyError):
        expand("<nothing>", draw(), {})
    with pytest.raises(KeyError):
        expand("$nothing", draw(), {})


@pytest.mark.parametrize(
    ("verb", "third", "participle"),
    [
        ("soften", "softens", "softening"), ("merge", "merges", "merging"), ("bury", "buries", "burying"),
        ("wash", "washes", "washing"), ("cut", "cuts", "cutting"), ("level", "levels", "levelling"),
        ("lay", "lays", "laying"), ("tie", "ties", "tying"), ("press", "presses", "pressing"),
    ],
)  # fmt: skip
def test_verbs_are_inflected(verb, third, participle):
    assert (third_person(verb), ing(verb)) == (third, participle)


def test_sentences_are_finished():
    assert finish("a  extreme blur , in an even tone") == "An extreme blur, in an even tone."
    assert finish("a uniform view of a edge") == "A uniform view of an edge."


def test_lists_are_joined_as_people_do():
    assert [enumerated(["a", "b", "c"][:number]) for number in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
