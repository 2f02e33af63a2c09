"""Praise in unusual words, and denials from afar: found where the text does not assert the distortion, ignored where it does."""

import pytest

from tests.checks.test_checks import codes

PRAISE = [
    ("blur", "The bus on the left might have been cut with a scalpel, and each rivet of its roof may be counted."),
    ("blur", "Of the bus on the left even the tiniest lettering reads without effort."),
    ("noise", "The side of the bus on the left lies there as calm as a mill pond, undisturbed from end to end."),
    ("noise", "Not a speck, not a stray dot disturbs the paint of the bus on the left."),
    ("darken", "Light pours over the bus on the left and finds the deepest corner of its cabin."),
    ("brighten", "The light on the bus on the left was judged with care, so that its white roof keeps all its modelling."),
    ("contrast_weaken", "The bus on the left leaps off the street, its deep blacks set against brilliant whites."),
    ("contrast_strengthen", "In the bus on the left every halftone between light and shade is there, in fine balance."),
    ("saturate_weaken", "The bus on the left is a feast for the eye: its red sings and its yellow could not be richer."),
    (
        "saturate_strengthen",
        "The bus on the left wears modest colours, as one knows them from life, with nothing loud about them.",
    ),
    ("pixelate", "The roof of the bus on the left is one flowing curve, and its rails run in unbroken lines."),
    ("compression", "The bus on the left has come through cleanly, with neither blocks nor ripples round its windows."),
    ("quantization", "On the bus on the left the light slides from white to blue by imperceptible degrees."),
    ("oversharpen", "The bus on the left meets the sky with soft, natural outlines, and no rim of light runs along them."),
]
NAMES = {
    "blur": "blurred", "noise": "noisy", "darken": "underexposed", "brighten": "overexposed",
    "contrast_weaken": "low in contrast",
    "contrast_strengthen": "too contrasty", "saturate_weaken": "desaturated", "saturate_strengthen": "oversaturated",
    "pixelate": "pixelated", "compression": "damaged by compression", "quantization": "posterised",
    "oversharpen": "oversharpened",
}  # fmt: skip


@pytest.mark.parametrize(("category", "text"), PRAISE)
def test_praise_of_a_lost_quality_in_unusual_words_is_a_contradiction(category, text):
    assert codes("long", text, f"bus @ left : {category} moderate") == {"contradiction", "missing"}


@pytest.mark.parametrize(("category", "text"), PRAISE)
def test_the_same_praise_is_right_of_a_region_without_distortions(category, text):
    assert codes("global", text, "bus @ left", "sky @ top") <= {"length"}, category


@pytest.mark.parametrize("category", NAMES)
def test_a_denial_at_the_other_end_of_the_clause_is_a_contradiction(category):
    text = f"Nobody who sees the bus on the left would call this old thing {NAMES[category]}."
    assert "contradiction" in codes("long", text, f"bus @ left : {category} moderate")


@pytest.mark.parametrize(
    "text",
    [
        "The bus on the left is moderately blurred. With patience the rivets may be counted where it meets the sky.",
        "Nobody could read the number of the bus on the left, so moderately blurred are its edges.",
    ],
)
def test_mere_ways_of_speaking_contradict_nothing_that_is_asserted(text):
    assert codes("long", text, "bus @ left : blur moderate") == set()


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("blur", "The bus on the left is moderately blurred. Its lettering, though, is exquisitely drawn."),
        ("brighten", "The bus on the left is moderately overexposed; yet its exposure is exactly right."),
        ("quantization", "The bus on the left is moderately posterised, and yet its transitions are perfectly smooth."),
        ("saturate_weaken", "The bus on the left is moderately desaturated. Its colours are splendid all the same."),
    ],
)
def test_lavish_praise_contradicts_even_what_is_asserted(category, text):
    assert codes("long", text, f"bus @ left : {category} moderate") == {"contradiction"}


@pytest.mark.parametrize(("severity", "expected"), [("moderate", {"contradiction"}), ("mild", set())])
def test_praise_set_against_what_was_asserted_contradicts_all_but_a_mild_distortion(severity, expected):
    text = f"The bus on the left is {severity}ly blurred, and yet its rivets are drawn as neatly as in a catalogue."
    assert codes("long", text, f"bus @ left : blur {severity}") == expected


def test_praise_that_is_taken_back_is_none():
    text = "The bus on the left lost the fine drawing of its outlines and is moderately blurred, no lettering left to admire."
    assert codes("long", text, "bus @ left : blur moderate") == set()


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("darken", "The black bus on the left waits in the shadow of the bridge."),
        ("brighten", "The white bus on the left gleams in the sun of a late morning."),
        ("saturate_weaken", "The grey bus on the left is still new and waits for its first passengers."),
        ("contrast_weaken", "On a misty morning the grey bus on the left rolls across flat country."),
        ("compression", "Ripples spread around the bus on the left and break against the kerb."),
    ],
)
def test_the_look_of_a_thing_is_no_hint_at_a_distortion(category, text):
    assert "missing" in codes("long", text, f"bus @ left : {category} moderate")


def test_a_hint_that_another_distortion_explains_is_none():
    text = "The bus on the left is moderately desaturated, and its sides have turned grey."
    specs = "bus @ left : saturate_weaken moderate, contrast_weaken mild"
    assert codes("long", text, specs) == {"missing"}


def test_an_effect_that_a_sentence_adds_to_what_was_said_is_no_scene():
    text = "The bus on the left is mildly blurred. {} looks faded."
    assert "hallucinated" in codes("long", text.format("Moreover, its paint"), "bus @ left : blur mild")
    assert codes("long", text.format("Its paint"), "bus @ left : blur mild") == set()
