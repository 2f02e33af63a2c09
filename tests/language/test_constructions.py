"""Constructions of many sentences: denial at a distance, several regions at once, things that are so by nature."""

import pytest

from annotate.checks import judge
from schemas.values import TextRequest
from tests.sentences import picture, region_state

DENIALS = (
    "Nowhere is there any {}.",
    "{}, strangely enough, is absent here.",
    "I cannot see any {}.",
    "One looks in vain for {}.",
    "It is not a matter of {}.",
    "It does not suffer from {}.",
    "No corner of it suffers from {}.",
    "At no point does {} appear.",
    "Of {} there is no trace.",
    "{} plays no part in it.",
    "{} I could not find.",
)


def codes(text, *specs):
    states = tuple(region_state(index, spec) for index, spec in enumerate(specs))
    request = TextRequest(id="one", kind="global", picture=picture(states), targets=())
    return {finding.code for finding in judge(request, text)} - {"length"}


@pytest.mark.parametrize("denial", DENIALS)
def test_what_is_denied_far_from_its_negator_is_neither_hallucinated_nor_overlooked(denial):
    said = denial.format("noise")
    text = f"The bus on the left is moderately {{}}. {said[0].upper()}{said[1:]}"
    assert not codes(text.format("blurred"), "bus @ left : blur moderate")
    assert "contradiction" in codes(text.format("noisy"), "bus @ left : noise moderate")


TWO = ("bus @ left : noise mild", "sign @ right : darken severe")
ALIKE = ("bus @ left : noise mild", "sign @ right : noise mild")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A bus stops beside a sign. The latter is severely darkened, the former slightly noisy.", TWO),
        ("The bus and the sign differ: the one is slightly noisy, the other severely darkened.", TWO),
        ("The bus and the sign suffer from mild noise and severe darkening respectively.", TWO),
        ("Except for slight noise on the bus and a severely dark sign, this picture has no weakness.", TWO),
        ("There is a bus on the left and a sign on the right. Both are slightly noisy.", ALIKE),
        ("The bus on the left is slightly noisy. So is the sign.", ALIKE),
        ("Slight noise runs over the bus on the left; it also reaches the sign on the right.", ALIKE),
        ("Not only the bus on the left but also the sign on the right is slightly noisy.", ALIKE),
    ],
)
def test_what_is_said_of_several_regions_reaches_each_of_them(text, right):
    assert not codes(text, *right)


@pytest.mark.parametrize(
    "text",
    [
        "A bus stops beside a sign. The latter is slightly noisy, the former severely darkened. A street is seen behind.",
        "The bus and the sign suffer from severe darkening and mild noise respectively. A street is seen behind.",
    ],
)
def test_distortions_exchanged_between_the_former_and_the_latter_are_found(text):
    assert "hallucinated" in codes(text, *TWO)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        (
            "The noisy crowd at the bottom is moderately darkened. Noisy it may be in song.",
            "noisy crowd @ bottom : darken moderate",
        ),
        ("The beach at the bottom, grainy as sand must be, is moderately blurred.", "beach @ bottom : blur moderate"),
        ("The tarmac at the bottom is flat and dull by nature and moderately pixelated.", "tarmac @ bottom : pixelate moderate"),
        ("The rock at the bottom has kept its grain. It is moderately darkened.", "rock @ bottom : darken moderate"),
    ],
)
def test_what_a_thing_is_like_by_nature_is_no_distortion(text, spec):
    assert not codes(text, spec)


def test_a_region_of_which_something_is_said_to_a_degree_is_not_passed_over_but_one_without_a_word_is():
    specs = ("bus @ left : noise mild", "kiosk @ right : brighten mild")
    assert not codes("The bus on the left is slightly noisy. The kiosk on the right is a mite glassy in its upper half.", *specs)
    assert "missing" in codes("The bus on the left is slightly noisy. The kiosk on the right sells newspapers.", *specs)
