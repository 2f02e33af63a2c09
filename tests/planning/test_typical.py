"""What is known beforehand of functions and levels, and the rule it serves: a step shows and its word fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.planning.palette import palette
from annotate.planning.typical import TYPICAL, foresee, likely, promises
from annotate.truth.facts import step_faults
from distortions import make_step, pool
from schemas.recipe import AnswerableSettings, PlanSettings
from schemas.values import StepMeasure, severity_word

LIMITS = AnswerableSettings()
WORDS = ("mild", "moderate", "severe")


def faults(word, strength, change, limits=LIMITS, texture=0.01, name="blur.gaussian"):
    step = next(make_step(name, level, 0) for level in range(1, 6) if severity_word(level) == word)
    return [code for _, code in step_faults((step,), (StepMeasure(strength=strength, change=change),), texture, limits)]


@pytest.mark.parametrize(
    ("word", "strength", "change", "expected"),
    [
        ("mild", 0.19, 20, ["unseen"]),  # too weak
        ("mild", 0.12, 33, []),  # weak in structure, but a plain change of light
        ("mild", 0.4, 7.9, ["unseen"]),  # strong by the measure, but next to nothing changes: a bare area
        ("mild", 0.51, 20, ["word"]),
        ("mild", 0.4, 46, ["word"]),  # a change of colour that the measure underrates
        ("moderate", 0.29, 20, ["word"]),
        ("moderate", 0.25, 46, []),  # by its change alone
        ("moderate", 0.5, 9.9, ["unseen"]),
        ("moderate", 0.79, 20, ["word"]),
        ("moderate", 0.6, 81, ["word"]),
        ("severe", 0.54, 20, ["word"]),
        ("severe", 0.4, 66, []),
        ("severe", 0.8, 11.9, ["word"]),
        ("severe", 1.0, 200, []),
    ],
)  # fmt: skip
def test_a_step_ships_if_it_shows_and_its_word_fits(word, strength, change, expected):
    assert faults(word, strength, change) == expected


@pytest.mark.parametrize(
    ("setting", "value", "word", "strength", "change", "expected"),
    [
        ("min_strength", 0.3, "mild", 0.25, 20, ["unseen"]),
        ("plain_change", 19.0, "mild", 0.1, 20, []),
        ("min_change", (21.0, 21.0, 21.0), "mild", 0.3, 20, ["unseen"]),
        ("min_change", (1.0, 21.0, 21.0), "moderate", 0.5, 20, ["word"]),
        ("mild", (0.0, 0.2), "mild", 0.3, 20, ["word"]),
        ("mild_change", (0.0, 19.0), "mild", 0.3, 20, ["word"]),
        ("moderate", (0.6, 0.78), "moderate", 0.5, 20, ["word"]),
        ("moderate_change", (19.0, 80.0), "moderate", 0.25, 20, []),
        ("severe", (0.9, 1.0), "severe", 0.8, 20, ["word"]),
        ("severe_change", (19.0, 255.0), "severe", 0.3, 20, []),
    ],
)
def test_every_threshold_is_a_setting(setting, value, word, strength, change, expected):
    assert faults(word, strength, change) != expected
    assert faults(word, strength, change, AnswerableSettings(**{setting: value})) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("compression.jpeg", ["unseen"]), ("noise.poisson", ["unseen"]), ("blur.lens", [])]
)
def test_blocks_and_grain_that_are_weaker_than_the_texture_are_not_seen(name, expected):
    assert faults("mild", 0.4, 11.4, texture=0.05, name=name) == expected
    assert faults("mild", 0.4, 11.5, texture=0.05, name=name) == []
    assert faults("mild", 0.4, 11.4, AnswerableSettings(texture_change=0.8), texture=0.05, name=name) == []


@pytest.mark.parametrize(
    ("setting", "value", "name", "strength", "change"),
    [
        ("blur_change", 12.0, "blur.gaussian", 0.4, 11.0),
        ("contrast_strength", 0.4, "contrast_weaken.scale", 0.38, 40.0),  # however plain the change
        ("contrast_strength", 0.4, "contrast_strengthen.scale", 0.38, 20.0),
        ("saturation_change", 12.0, "saturate_weaken.hsv", 0.4, 11.0),
        ("min_strength", 0.3, "saturate_weaken.hsv", 0.28, 40.0),
    ],
)
def test_what_looks_natural_must_be_stronger_to_be_seen(setting, value, name, strength, change):
    assert faults("mild", strength, change, AnswerableSettings(**{setting: value}), name=name) == ["unseen"]
    assert faults("mild", strength, change, AnswerableSettings(**{setting: value / 2}), name=name) == []


@pytest.mark.parametrize(("other", "expected"), [("noise.poisson", [0]), ("brighten.shift_rgb", [])])
def test_a_weak_step_is_not_seen_beside_noise(other, expected):
    steps = (make_step("darken.shift_rgb", 1, 0), make_step(other, 1, 0))
    measures = (StepMeasure(strength=0.28, change=20.0), StepMeasure(strength=0.45, change=20.0))
    assert [index for index, _ in step_faults(steps, measures, 0.01, LIMITS)] == expected


@given(st.floats(0, 1), st.floats(0, 255))
def test_a_step_too_strong_for_a_word_is_not_too_weak_for_a_stronger_one_unless_too_little_changes(strength, change):
    found = [LIMITS.misfit(word, strength, change) for word in WORDS]
    assert found == sorted(found, reverse=True)
    if LIMITS.seen(strength, change) and change >= max(LIMITS.min_change):
        assert 0 in found


def test_every_function_of_the_taxonomy_is_known_at_five_levels():
    assert set(TYPICAL) == {one.name for one in pool("dq495k")}
    assert all(len(levels) == 5 for levels in TYPICAL.values())


def test_every_word_is_in_reach_of_every_category():
    known = palette(PlanSettings(), LIMITS)
    for category, functions in known.functions.items():
        words = {word for name in functions for word in known.words(category, function=name)}
        assert words == set(WORDS), category


def test_levels_that_would_hardly_fit_their_word_are_not_planned():
    known, every = palette(PlanSettings(), LIMITS), palette(PlanSettings())
    assert 1 not in known.functions["brighten"]["brighten.shift_rgb"]
    assert 1 in every.functions["brighten"]["brighten.shift_rgb"]
    assert set(known.pairs) == set(every.pairs)


def test_levels_with_the_recipes_own_numbers_are_planned_without_foresight():
    levels = tuple({"shift": shift} for shift in (0.05, 0.1, 0.2, 0.3, 0.4))
    changed = PlanSettings(functions=("brighten.shift_rgb",), levels={"brighten.shift_rgb": levels})
    assert palette(changed, LIMITS).functions["brighten"]["brighten.shift_rgb"] == (1, 2, 3, 4, 5)


def test_a_word_of_which_nothing_would_fit_keeps_its_levels():
    nothing = AnswerableSettings(min_change=(255.0, 255.0, 255.0))
    assert palette(PlanSettings(functions=("blur.gaussian",)), nothing).functions == {"blur": {"blur.gaussian": (1, 2, 3, 4, 5)}}
    no_mild = AnswerableSettings(min_change=(255.0, 10.0, 12.0))
    assert set(palette(PlanSettings(), no_mild).functions["noise"]["noise.impulse"]) >= {1, 2}


def test_a_region_that_shows_more_than_typical_is_expected_to_show_more_of_anything():
    strength, change = TYPICAL["blur.gaussian"][1]
    same = foresee(StepMeasure(strength=strength, change=change), ("blur.gaussian", 2), ("blur.lens", 3))
    more = foresee(StepMeasure(strength=(1 + strength) / 2, change=2 * change), ("blur.gaussian", 2), ("blur.lens", 3))
    assert same == pytest.approx(TYPICAL["blur.lens"][2])
    assert more[0] > same[0]
    assert more[1] > same[1]


def test_nothing_is_foreseen_of_functions_that_are_not_known():
    assert foresee(StepMeasure(strength=0.5, change=5), ("blur.gaussian", 2), ("mine.own", 3)) is None
    assert promises("mine.own", 1, LIMITS)


def test_a_forecast_leaves_room_for_its_uncertainty():
    assert likely("mild", (0.15, 20), LIMITS)
    assert not likely("mild", (0.1, 20), LIMITS)
    assert likely("severe", (0.5, 60), LIMITS)
    assert not likely("severe", (0.4, 40), LIMITS)
