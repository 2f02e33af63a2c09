"""A step must look like its name: conditions on tones, what is foreseen of them, and what becomes of steps that do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.planning.foresight import GROWTH, TONES, expected, foreseen, may_be_told
from annotate.planning.palette import palette
from annotate.planning.typical import TYPICAL
from annotate.regions.measures import tones
from annotate.truth.facts import step_faults
from annotate.truth.likeness import Seen, alike, suits
from distortions import categories, make_step, pool
from schemas.recipe import AnswerableSettings, PlanSettings
from schemas.values import StepMeasure, Tones

LIMITS = AnswerableSettings()
PLAIN = Tones(lightness=50, spread=12, chroma=30, detail=8, clipped=0)


def changed(**fields):
    return PLAIN.model_copy(update=fields)


def looks(category, finished, photo=PLAIN, without=PLAIN, word="moderate", change=30.0):
    return alike(category, Seen(word, change, photo, without, finished), LIMITS.likeness)


@pytest.mark.parametrize(
    ("category", "like", "unlike"),
    [
        ("darken", {"lightness": 35}, {"lightness": 46}),
        ("brighten", {"lightness": 64}, {"lightness": 58}),
        ("contrast_strengthen", {"spread": 18}, {"spread": 14}),
        ("contrast_strengthen", {"spread": 18, "lightness": 57}, {"spread": 18, "lightness": 70}),  # reads as brightening
        ("contrast_weaken", {"spread": 7}, {"spread": 9}),
        ("saturate_weaken", {"chroma": 12}, {"chroma": 20}),
        ("saturate_strengthen", {"chroma": 45}, {"chroma": 36}),
        ("blur", {"detail": 4}, {"detail": 7}),
        ("blur", {"detail": 4}, {"detail": 4, "lightness": 8}),  # nothing is seen in the dark
        ("noise", {"detail": 12}, {"detail": 12, "clipped": 0.5}),
        ("compression", {"detail": 7}, {"detail": 7, "lightness": 8}),
        ("oversharpen", {"detail": 20}, {"detail": 12}),
        ("quantization", {"detail": 10}, {"detail": 10, "lightness": 70}),
    ],
)
def test_a_category_is_told_by_the_tones_it_leaves(category, like, unlike):
    assert looks(category, changed(**like))
    assert not looks(category, changed(**unlike))


@pytest.mark.parametrize(
    ("category", "word", "finished", "louder"),
    [
        ("darken", "mild", {"lightness": 36}, {"lightness": 24}),  # half the light is no mild loss
        ("darken", "moderate", {"lightness": 30}, {"lightness": 3}),  # nor is black a moderate one
        ("saturate_strengthen", "mild", {"chroma": 44}, {"chroma": 55}),
        ("compression", "mild", {"detail": 5}, {"detail": 2}),
        ("compression", "moderate", {"detail": 2}, {"detail": 1}),
    ],
)
def test_what_looks_worse_than_its_word_is_unlike_it_and_may_be_called_severe(category, word, finished, louder):
    assert looks(category, changed(**finished), word=word, change=12)
    assert not looks(category, changed(**louder), word=word, change=12)
    assert looks(category, changed(**louder), word="severe", change=12)


def test_a_severe_gain_of_colour_must_be_large_and_a_mild_compression_small():
    assert looks("saturate_strengthen", changed(chroma=52), word="severe")
    assert not looks("saturate_strengthen", changed(chroma=46), word="severe")
    assert not looks("compression", changed(detail=5), word="mild", change=14)


def test_steps_of_tone_get_lost_in_texture_unless_they_are_plain():
    textured = {"photo": changed(detail=12), "without": changed(detail=12), "finished": changed(detail=15)}
    assert not looks("quantization", **textured, change=20)
    assert looks("quantization", **textured, change=40)


def test_what_another_step_undoes_is_unlike_its_name():
    # Darkened by 14 against the region without it, but the finished region is as light as the photo.
    assert not looks("darken", changed(lightness=48), without=changed(lightness=62))
    assert not looks("saturate_weaken", changed(chroma=25), without=changed(chroma=60))


@pytest.mark.parametrize(
    ("category", "photo"),
    [
        ("saturate_weaken", {"chroma": 8}),
        ("saturate_strengthen", {"chroma": 5}),
        ("saturate_strengthen", {"lightness": 10}),
        ("darken", {"lightness": 10}),
        ("brighten", {"lightness": 95}),
        ("contrast_weaken", {"spread": 3}),
        ("blur", {"detail": 1}),
        ("oversharpen", {"lightness": 5}),
    ],
)
def test_some_regions_suit_no_step_of_a_category(category, photo):
    assert suits(category, PLAIN, LIMITS.likeness)
    assert not suits(category, changed(**photo), LIMITS.likeness)
    known = palette(PlanSettings(), LIMITS).within(changed(**photo), LIMITS)
    assert category not in known.categories
    assert all(category not in pair for pair in known.pairs)


def test_a_category_without_conditions_always_looks_like_its_name():
    black = Tones(lightness=0, spread=0, chroma=0, detail=0, clipped=1)
    assert suits("mine", black, LIMITS.likeness)
    assert looks("mine", black)


def test_a_step_unlike_its_name_must_not_ship_where_the_tones_are_known():
    step = make_step("darken.shift_rgb", 3, 0)
    measure = StepMeasure(change=50.0, strength=0.4, without=PLAIN)
    for finished, codes in ((changed(lightness=30), []), (changed(lightness=49), ["unlike"])):
        assert [code for _, code in step_faults((step,), (measure,), 0.03, LIMITS, (PLAIN, finished))] == codes
    unknown = measure.model_copy(update={"without": None})
    assert not list(step_faults((step,), (unknown,), 0.03, LIMITS, (PLAIN, changed(lightness=49))))


def test_tones_are_measured_inside_the_mask_alone():
    crop = np.full((20, 20, 3), 255, np.uint8)
    crop[5:15, 5:15] = 0
    mask = np.zeros((20, 20), bool)
    mask[7:13, 7:13] = True
    assert tones(crop, mask) == Tones(lightness=0, spread=0, chroma=0, detail=0, clipped=1)
    crop[5:15, 5:15] = (255, 0, 0)
    red = tones(crop, mask)
    assert (red.lightness, red.chroma) == pytest.approx((53.3, 104.5), abs=0.6)


@given(st.integers(0, 255), st.floats(0, 1))
def test_grey_has_no_chroma_and_its_share_of_white_is_clipped(level, share):
    crop = np.full((16, 16, 3), level, np.uint8)
    crop[: int(16 * share)] = 255
    seen = tones(crop, np.ones((16, 16), bool))
    assert seen.chroma < 1
    assert seen.clipped >= int(16 * share) / 16


def test_every_function_of_the_taxonomy_is_foreseen():
    names = {one.name for one in pool("dq495k")}
    assert set(TONES) == set(GROWTH) == names
    assert all(len(levels) == 5 for levels in TONES.values())


def test_a_region_in_the_middle_is_expected_to_change_as_is_typical():
    middle = Tones(lightness=45, spread=11.4, chroma=16.8, detail=6.6, clipped=0)
    for name, levels in TYPICAL.items():
        assert expected(middle, name, 3) == pytest.approx(levels[2])


def test_more_is_expected_of_a_blur_where_there_is_more_detail():
    assert expected(changed(detail=20), "blur.gaussian", 2) > expected(changed(detail=3), "blur.gaussian", 2)


def test_pairs_are_foreseen_together():
    limits = LIMITS
    noisy = (make_step("blur.gaussian", 1, 0), make_step("noise.gaussian_rgb", 3, 1))
    assert not may_be_told(noisy, changed(detail=5), limits)  # noise covers the little that a blur takes
    assert foreseen(PLAIN, "mine.own", 1) is None


def test_every_category_of_the_taxonomy_can_be_told_somewhere():
    places = [PLAIN, changed(lightness=30, chroma=45), changed(spread=9, detail=5), changed(lightness=70, chroma=22, spread=8)]
    told = {category for place in places for category in palette(PlanSettings(), LIMITS).within(place, LIMITS).categories}
    assert told == {entry.key for entry in categories("dq495k")}
