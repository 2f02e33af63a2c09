import numpy as np
import pytest

from annotate.planning.palette import levels_of
from annotate.stages.distort import remeasure, render
from annotate.stages.plan import plan
from distortions import make_step, paste
from schemas.masks import decode
from schemas.recipe import AnswerableSettings, PlanSettings, Recipe
from schemas.values import Variant


@pytest.fixture(scope="module")
def recipe():
    return Recipe(plan=PlanSettings(variants=3))


@pytest.fixture(scope="module")
def rendered(recipe, photo_of, pixels, regions):
    variants = [(photo, variant) for photo in map(photo_of, range(6)) for variant in plan(photo, regions, recipe)]
    return [(variant, render(photo, pixels, regions, variant, recipe)) for photo, variant in variants]


def planned(*steps, aim="free"):
    return Variant(id="v", photo="p", number=0, aim=aim, steps=steps)


def test_pixels_are_those_of_the_photo_and_the_final_steps_alone(rendered, pixels, regions):
    masks = [decode(region.mask) for region in regions]
    for _, picture in rendered:
        again = paste(pixels, masks, [state.steps for state in picture.regions])
        np.testing.assert_array_equal(picture.image, again)


def test_outside_all_regions_nothing_changes_and_the_photo_is_not_written_to(rendered, pixels, regions):
    outside = ~np.any([decode(region.mask) for region in regions], axis=0)
    before = pixels.copy()
    for _, picture in rendered:
        np.testing.assert_array_equal(picture.image[outside], pixels[outside])
    np.testing.assert_array_equal(pixels, before)


def test_rendering_again_gives_the_same_picture_and_the_same_measures(rendered, recipe, photo_of, pixels, regions):
    variant, picture = rendered[4]
    photo = next(photo_of(number) for number in range(6) if photo_of(number).sha256 == variant.photo)
    again = render(photo, pixels, regions, variant, recipe)
    np.testing.assert_array_equal(again.image, picture.image)
    assert again.regions == picture.regions
    assert again.redrawn == picture.redrawn


def test_every_step_that_is_kept_shows_and_its_word_fits_its_strength(rendered, recipe):
    limits = recipe.answerable
    for _, picture in rendered:
        for state in picture.regions:
            assert len(state.measures) == len(state.steps)
            for step, measure in zip(state.steps, state.measures, strict=True):
                assert limits.seen(measure.strength, measure.change)
                assert limits.misfit(step.severity, measure.strength, measure.change) == 0


def test_a_redrawn_step_keeps_its_category_and_mostly_its_severity_word(rendered):
    kept = []
    for variant, picture in rendered:
        for steps, state in zip(variant.steps, picture.regions, strict=True):
            if len(steps) == len(state.steps) and variant.aim != "free":
                assert [one.category for one in steps] == [one.category for one in state.steps]
                kept += [one.severity == other.severity for one, other in zip(steps, state.steps, strict=True)]
    assert np.mean(kept) > 0.8


def test_clean_regions_and_single_steps_have_no_order_gap_and_pairs_that_do_not_commute_have_one(rendered):
    states = [state for _, picture in rendered for state in picture.regions]
    assert all(state.order_gap == 0 for state in states if len(state.steps) < 2)
    assert any(state.order_gap > 0.05 for state in states if len(state.steps) == 2)
    assert all(state.strength == 0 for state in states if not state.steps)


def test_a_single_step_measures_as_strong_as_its_region(rendered):
    for _, picture in rendered:
        for state in picture.regions:
            if len(state.steps) == 1:
                assert state.measures[0].strength == state.strength > 0


def test_an_unseen_step_has_its_level_raised_within_its_word_first(recipe, photo_of, pixels, regions):
    step = make_step("compression.jpeg", 1, 5)
    felt = render(photo_of(0), pixels, regions[:1], planned((step,)), recipe).regions[0].measures[0]
    strict = AnswerableSettings(min_strength=felt.strength + 0.01, redraws=1)
    picture = render(photo_of(0), pixels, regions[:1], planned((step,)), recipe.model_copy(update={"answerable": strict}))
    assert [finding.code for finding in picture.redrawn] == ["unseen"]
    assert "compression.jpeg level 1 (mild)" in picture.redrawn[0].message
    assert {finding.subject for finding in picture.redrawn} == {"v"}
    assert [(step.function, step.level) for step in picture.regions[0].steps] == [("compression.jpeg", 2)]


def test_a_step_that_never_shows_is_left_out_and_the_rest_stays(recipe, photo_of, pixels, regions):
    flat = np.full_like(pixels, 128)
    steps = (make_step("blur.gaussian", 2, 5), make_step("brighten.shift_rgb", 3, 6))
    picture = render(photo_of(0), flat, regions[:1], planned(steps, aim="dao"), recipe)
    assert [step.category for step in picture.regions[0].steps] == ["brighten"]
    assert picture.redrawn[-1].code == "dropped"


def test_where_the_plan_leaves_it_open_another_category_of_the_same_level_shows_instead(recipe, photo_of, pixels, regions):
    flat, patient = np.full_like(pixels, 128), recipe.model_copy(update={"answerable": AnswerableSettings(redraws=30)})
    steps = (make_step("blur.gaussian", 5, 5),)
    (step,) = render(photo_of(0), flat, regions[:1], planned(steps), patient).regions[0].steps
    assert step.category != "blur"
    assert step.level == 5
    assert render(photo_of(0), flat, regions[:1], planned(steps, aim="sid"), patient).regions[0].steps == ()


def test_a_severe_word_on_a_faint_change_is_redrawn(recipe, photo_of, pixels, regions):
    limits = AnswerableSettings(severe=(0.6, 1.0), severe_change=(80.0, 255.0))
    picture = render(
        photo_of(0), pixels, regions[:1], planned((make_step("brighten.shift_rgb", 4, 6),)), Recipe(answerable=limits)
    )
    assert picture.redrawn[0].code == "word"
    (step,), (measure,) = picture.regions[0].steps, picture.regions[0].measures
    assert (step.category, step.severity) == ("brighten", "severe")
    assert limits.misfit("severe", measure.strength, measure.change) == 0


@pytest.mark.parametrize(("least", "words"), [(5.0, ["moderate"]), (255.0, [])])
def test_a_word_that_nothing_will_reach_becomes_the_nearest_and_a_step_that_nothing_saves_is_given_up_at_once(
    photo_of, pixels, regions, least, words
):
    limits = AnswerableSettings(severe=(0.999, 1.0), severe_change=(255.0, 255.0), min_change=(least, least, least), redraws=5)
    planned_step = make_step("brighten.shift_rgb", 4, 6)
    picture = render(photo_of(0), pixels, regions[:1], planned((planned_step,), aim="sid"), Recipe(answerable=limits))
    codes = [finding.code for finding in picture.redrawn]
    assert set(codes) == {"word"} if words else codes == ["unseen", "dropped"]
    assert [step.severity for step in picture.regions[0].steps] == words


def test_a_feathered_picture_is_what_distortions_paste(recipe, photo_of, pixels, regions):
    soft = recipe.model_copy(update={"plan": PlanSettings(feather=5)})
    picture = render(photo_of(0), pixels, regions[:1], planned((make_step("blur.gaussian", 4, 6),)), soft)
    expected = paste(pixels, [decode(regions[0].mask)], [picture.regions[0].steps], 5)
    np.testing.assert_array_equal(picture.image, expected)


def test_levels_of_a_word_are_cut_to_those_allowed():
    assert levels_of("mild", (1, 2, 3)) == (1, 2)
    assert levels_of("severe", (1, 2, 3)) == ()


def test_a_region_is_measured_again_from_its_steps_alone(rendered, recipe, pixels):
    for _, picture in rendered[:4]:
        assert tuple(remeasure(pixels, state, recipe) for state in picture.regions) == picture.regions


def test_chains_that_begin_with_a_step_over_the_whole_picture_are_rendered_exactly(recipe, photo_of, pixels, regions):
    steps = (make_step("blur.zoom", 2, 5), make_step("noise.gaussian_rgb", 2, 6))
    lax = AnswerableSettings(min_strength=0.0, mild=(0.0, 1.0), mild_change=(0.0, 255.0))
    picture = render(photo_of(0), pixels, regions[:1], planned(steps), recipe.model_copy(update={"answerable": lax}))
    assert picture.regions[0].steps[0].function == "blur.zoom"
    expected = paste(pixels, [decode(regions[0].mask)], [picture.regions[0].steps])
    np.testing.assert_array_equal(picture.image, expected)
