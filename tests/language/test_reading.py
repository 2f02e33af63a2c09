"""Reading: words, patterns, negation, severity words, which region a part of a sentence speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.language.lexicon import lexicon
from annotate.language.reading.claims import read
from annotate.language.reading.references import WHOLE
from annotate.language.reading.words import expand, words_of
from distortions.categories import CATEGORIES
from schemas.values import TextRequest
from tests.sentences import picture, region_state


def reading(text, *specs, kind="global"):
    states = tuple(region_state(index, spec) for index, spec in enumerate(specs))
    return read(TextRequest(id="one", kind=kind, picture=picture(states), targets=() if kind == "global" else (0,)), text)


SHOWN = {"blur", "noise", "compression", "darken", "pixelate"}


def claimed(text, *specs, kind="global"):
    claims = reading(text, *specs, kind=kind).claims
    return {(claim.place, claim.polarity, min(claim.categories & SHOWN, default="")) for claim in claims}


KNOWN = words_of("the bus sky blur noise no not severe mild is and, . on left of without crisp it contrast reduced")
BUS_AND_SKY = ("bus @ left : blur mild", "sky @ top : noise mild")


def test_words_are_respelt_and_hyphens_and_possessives_opened():
    assert words_of("The tram's washed-out COLORS aren't gray.") == [
        "the",
        "tram",
        "'s",
        "washed",
        "out",
        "colours",
        "aren't",
        "grey",
        ".",
    ]


def test_patterns_expand_to_every_choice():
    assert expand("blur{,red}") == ["blur", "blurred"]
    assert expand("{too ,}{low,high}") == ["too low", "too high", "low", "high"]
    assert expand("{{far ,}too,very} soft") == ["far too soft", "too soft", "very soft"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The bus is blurred and the sky is noisy.", {(0, "asserted", "blur"), (1, "asserted", "noise")}),
        ("Blur softens the bus, while noise covers the sky.", {(0, "asserted", "blur"), (1, "asserted", "noise")}),
        ("The bus is blurred. Above it lies the sky. It is noisy.", {(0, "asserted", "blur"), (1, "asserted", "noise")}),
        ("Covered in noise, the sky looks restless.", {(1, "asserted", "noise")}),
        ("The bus, standing below the sky, is blurred.", {(0, "asserted", "blur")}),
        ("The bus is blurred, unlike the noisy sky.", {(0, "asserted", "blur"), (1, "asserted", "noise")}),
        ("There is no blur on the bus.", {(0, "denied", "blur")}),
        ("The bus shows neither blur nor noise.", {(0, "denied", "blur"), (0, "denied", "noise")}),
        ("The bus is free of blur and noise.", {(0, "denied", "blur"), (0, "denied", "noise")}),
        ("The bus has no measurable noise.", {(0, "denied", "noise")}),
        ("The bus is not only blurred but also noisy.", {(0, "asserted", "blur"), (0, "asserted", "noise")}),
        ("There is no blur on the bus, and noise covers the sky.", {(0, "denied", "blur"), (1, "asserted", "noise")}),
        ("The whole picture is noisy.", {(WHOLE, "asserted", "noise")}),
        ("The bus is crisp.", {(0, "praised", "blur")}),
        ("The bus is no longer crisp.", {(0, "asserted", "blur")}),
        ("Mosquito noise surrounds the bus.", {(0, "asserted", "compression")}),
        ("A dark jacket and sharp rocks lie beside the bus, in stark contrast to the sky.", set()),
    ],
)
def test_each_claim_belongs_to_the_region_it_is_made_of(text, expected):
    assert claimed(text, *BUS_AND_SKY) == expected


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("The bus has mild blur.", {"mild"}),
        ("The bus is heavily blurred.", {"severe"}),
        ("The blur on the bus is severe.", {"severe"}),
        ("The bus has a slight but visible blur.", {"mild", "moderate"}),
        ("The bus has blur of a mild kind.", {"mild"}),
        ("The bus has blur and stands in heavy rain.", set()),
    ],
)
def test_severity_words_belong_to_the_distortion_beside_them(text, severity):
    (claim,) = reading(text, "bus @ left : blur mild").claims
    assert claim.severity == severity


def test_interrupted_terms_are_read():
    (claim,) = reading("The contrast of the bus is severely reduced.", "bus @ left : contrast_weaken severe").claims
    assert "contrast_weaken" in claim.categories
    assert claim.severity == {"severe"}


def test_regions_of_one_label_are_told_apart_by_their_place():
    specs = ("area @ left : blur mild", "area @ lower right : noise mild")
    text = "The patch on the left hand side is blurred. The zone at the bottom right is noisy."
    assert claimed(text, *specs) == {(0, "asserted", "blur"), (1, "asserted", "noise")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The contrast of the bus and of its windows is visibly reduced.", {"contrast_weaken"}),
        ("The contrast of the bus, which is a red one, is rather too hard.", {"contrast_strengthen"}),
        ("The contrast of the bus shows the weak lamp.", set()),
        ("The contrast is fine, and the bus is low.", set()),
        ("The colours of the bus are stronger than they should be.", {"saturate_strengthen"}),
    ],
)
def test_what_is_said_of_a_quality_further_on_in_the_clause_is_read(text, expected):
    claims = reading(text, "bus @ left : blur mild").claims
    assert {category for claim in claims if claim.polarity == "asserted" for category in claim.categories} >= expected
    assert expected or not any(claim.polarity == "asserted" for claim in claims)


@pytest.mark.parametrize(
    "text",
    [
        "A dark blue area of hulls lies below a white area of mist. Around the hulls one sees noise.",
        "A dark blue wall stands below a white area. The wall is noisy.",
        "There is a dark blue area, and a white area above. The first is noisy.",
        "There is a white area, and below it a dark blue area. The latter is noisy.",
        "There is a white area above a dark blue area. The blue half is noisy.",
        "A dark blue area and a white area make up the view. The hulls show noise.",
    ],
)
def test_regions_are_known_by_the_names_that_a_text_gives_them(text):
    claims = reading(text, "dark blue area @ left : noise mild", "white area @ top").claims
    assert {claim.place for claim in claims if "noise" in claim.categories} == {0}


def test_nothing_and_neither_deny_what_is_said_of_them():
    for text in (
        "Nothing in the bus is blurred.",
        "Neither the bus nor its door is blurred.",
        "No part of the bus looks blurred.",
    ):
        assert claimed(text, *BUS_AND_SKY) == {(0, "denied", "blur")}, text


def test_effects_are_excused_where_another_distortion_explains_them_but_names_are_not():
    effect, name = (
        next(claim for claim in reading(text, "bus @ left : contrast_strengthen mild").claims)
        for text in ("The bus burns out to white.", "The bus is overexposed.")
    )
    assert "contrast_strengthen" in effect.excused
    assert not name.excused


def test_every_category_has_words_and_no_wording_is_empty():
    assert lexicon().categories >= CATEGORIES.keys()
    for category in CATEGORIES.values():
        assert any(category.key in claim.categories for claim in reading(f"The bus has {category.noun}.", "bus @ left").claims), (
            category.key
        )


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    reading(text, *BUS_AND_SKY)


@given(st.lists(st.sampled_from(KNOWN), max_size=40))
def test_any_sequence_of_known_words_can_be_read_and_places_exist(words):
    for claim in reading(" ".join(words), *BUS_AND_SKY).claims:
        assert claim.place in {-2, -1, 0, 1}
