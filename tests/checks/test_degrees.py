"""Severity by ways of speaking: metaphors, understatement, words of degree that are turned down."""

import pytest

from tests.checks.test_checks import codes

MILD = [
    "blurred, if one wants to be strict, by a hair's breadth",
    "so gently blurred that most people would miss it",
    "blurred by next to nothing",
    "blurred, but nobody would notice",
    "touched by the first beginnings of blur",
    "in possession of a blur that hardly deserves the name",
]
SEVERE = [
    "blurred to the point of vanishing",
    "wrecked by blur",
    "so blurred that nothing of its shape remains",
    "blurred out of all recognition",
    "a victim of no small amount of blur",
    "blurred without mercy",
]


@pytest.mark.parametrize(("said", "true"), [*((text, "severe") for text in MILD), *((text, "mild") for text in SEVERE)])
def test_a_way_of_speaking_is_a_severity(said, true):
    assert codes("long", f"The bus on the left is {said}.", f"bus @ left : blur {true}") == {"severity"}
    assert codes("long", f"The bus on the left is {said}.", "bus @ left : blur moderate") == set()


@pytest.mark.parametrize(("said", "true"), [*((text, "mild") for text in MILD), *((text, "severe") for text in SEVERE)])
def test_the_right_way_of_speaking_passes(said, true):
    assert codes("long", f"The bus on the left is {said}.", f"bus @ left : blur {true}") == set()


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("shows noise that is by no means severe", "mild"),
        ("shows noise that is anything but slight", "severe"),
        ("shows noise, and not just a little", "severe"),
        ("shows noise that is far from drastic", "mild"),
    ],
)
def test_a_word_of_degree_that_is_turned_down_says_nothing(said, true):
    assert codes("long", f"The bus on the left {said}.", f"bus @ left : noise {true}") == set()


def test_a_word_of_severity_outweighs_a_way_of_speaking():
    text = "The bus on the left is mildly blurred, and it would take a hero to bring it back from beyond recognition."
    assert codes("long", text, "bus @ left : blur mild") == set()
