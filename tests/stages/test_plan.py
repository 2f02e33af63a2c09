from collections import Counter, defaultdict

import pytest

from annotate.planning.palette import palette
from annotate.stages.plan import aim_of, plan
from distortions import allowed_pairs
from schemas.keys import generator
from schemas.recipe import PlanSettings, Recipe

PHOTOS = 150


@pytest.fixture(scope="module")
def recipe():
    return Recipe(plan=PlanSettings(variants=4, whole_share=0.0))


@pytest.fixture(scope="module")
def planned(recipe, regions, photo_of):
    return [variant for number in range(PHOTOS) for variant in plan(photo_of(number), regions, recipe)]


def kinds(variant):
    return [tuple(step.category for step in steps) for steps in variant.steps]


def test_the_same_photo_gets_the_same_plan_whatever_was_planned_before(recipe, regions, photo_of):
    alone = plan(photo_of(7), regions, recipe)
    plan(photo_of(8), regions, recipe)
    assert plan(photo_of(7), regions, recipe) == alone


def test_another_seed_plans_other_steps(recipe, regions, photo_of):
    other = recipe.model_copy(update={"seed": 1})
    assert plan(photo_of(7), regions, other)[0].steps != plan(photo_of(7), regions, recipe)[0].steps


def test_variants_have_ids_of_their_own_and_one_entry_for_each_region(planned, regions):
    assert len({variant.id for variant in planned}) == len(planned) == 4 * PHOTOS
    assert all(len(variant.steps) == len(regions) for variant in planned)


def test_pairs_are_allowed_ones_and_stay_below_level_four(planned):
    pairs = [steps for variant in planned for steps in variant.steps if len(steps) == 2]
    assert pairs
    assert {(one.category, other.category) for one, other in pairs} <= allowed_pairs()
    assert max(step.level for steps in pairs for step in steps) == 3


def test_single_steps_use_all_five_levels_and_no_region_has_more_than_two_steps(planned):
    singles = Counter(steps[0].level for variant in planned for steps in variant.steps if len(steps) == 1)
    assert set(singles) == {1, 2, 3, 4, 5}
    assert max(len(steps) for variant in planned for steps in variant.steps) == 2


def test_step_seeds_are_keyed_apart(planned):
    seeds = [step.seed for variant in planned for steps in variant.steps for step in steps]
    assert len(set(seeds)) == len(seeds)
    assert max(seeds) < 2**52


def test_aims_have_their_shares_in_every_photo():
    settings = PlanSettings(variants=10, sid_share=0.3, dao_share=0.4, whole_share=0.1)
    for number in range(20):
        counts = Counter(aim_of(f"{number:064x}", variant, settings) for variant in range(10))
        assert counts == {"sid": 3, "dao": 4, "free": 2, "whole": 1}


def test_whole_pictures_take_only_the_room_that_sid_and_dao_leave():
    settings = PlanSettings(variants=10, sid_share=0.5, dao_share=0.5, whole_share=0.5)
    assert {aim_of(f"{number:064x}", variant, settings) for number in range(9) for variant in range(10)} == {"sid", "dao"}


def test_a_whole_picture_is_planned_as_one_region_that_is_never_clean(regions, photo_of):
    recipe = Recipe(plan=PlanSettings(variants=2, sid_share=0.0, dao_share=0.0, whole_share=1.0, clean_share=0.9))
    planned = [variant for number in range(60) for variant in plan(photo_of(number), regions, recipe)]
    assert {variant.aim for variant in planned} == {"whole"}
    assert {len(variant.steps) for variant in planned} == {1}
    assert {len(variant.steps[0]) for variant in planned} == {1, 2}
    assert {step.category for variant in planned for step in variant.steps[0]} == set(palette(PlanSettings()).categories)


def test_a_sid_picture_has_one_function_at_several_severities_and_its_category_nowhere_else(planned):
    for variant in (one for one in planned if one.aim == "sid"):
        categories = Counter(category for kind in kinds(variant) for category in kind)
        words = defaultdict(list)
        for steps in variant.steps:
            if len(steps) == 1:
                words[steps[0].category, steps[0].function].append(steps[0].severity)
        assert any(len(found) == len(set(found)) == categories[category] >= 2 for (category, _), found in words.items())


def test_a_dao_picture_has_one_ordered_pair_once_and_a_distractor(planned):
    for variant in (one for one in planned if one.aim == "dao"):
        pairs = Counter(kind for kind in kinds(variant) if len(kind) == 2)
        single = {kind[0] for kind in kinds(variant) if len(kind) == 1}
        assert any(count == 1 and (pairs[pair[::-1]] == 1 or single & set(pair)) for pair, count in pairs.items())


def test_functions_of_a_category_come_equally_often_where_all_can_carry_the_word(recipe):
    known, draws = palette(recipe.plan, recipe.answerable), generator(0, "functions")
    for category in known.categories:
        counts = Counter(known.draw_step(draws, category, (4, 5)).function for _ in range(400))
        assert set(counts) == set(palette(recipe.plan).functions[category])
        assert min(counts.values()) > 0.5 * max(counts.values())


def test_only_levels_that_promise_to_show_as_their_word_says_are_planned(planned, recipe):
    usable = palette(recipe.plan, recipe.answerable).functions
    steps = [step for variant in planned for steps in variant.steps for step in steps]
    assert all(step.level in usable[step.category][step.function] for step in steps)


def test_categories_come_about_equally_often(planned):
    # Exactly even they cannot be: an order can only be told with compression, quantization or noise in it.
    counts = Counter(step.category for variant in planned for steps in variant.steps for step in steps)
    assert set(counts) == set(palette(PlanSettings()).categories)
    assert min(counts.values()) > 0.5 * max(counts.values())


def test_categories_come_equally_often_where_no_order_is_planned(regions, photo_of):
    recipe = Recipe(plan=PlanSettings(variants=4, dao_share=0.0, whole_share=0.0))
    planned = [variant for number in range(PHOTOS) for variant in plan(photo_of(number), regions, recipe)]
    counts = Counter(step.category for variant in planned for steps in variant.steps for step in steps)
    assert min(counts.values()) > 0.65 * max(counts.values())


def test_every_region_is_the_most_degraded_equally_often(planned, regions):
    winners = Counter()
    for variant in planned:
        sums = [sum(step.level for step in steps) for steps in variant.steps]
        if sums.count(max(sums)) == 1:
            winners[sums.index(max(sums))] += 1
    total = sum(winners.values())
    assert all(abs(winners[index] / total - 1 / len(regions)) < 0.07 for index in range(len(regions)))


def test_free_pictures_have_a_region_well_ahead_and_one_well_behind(planned):
    free = [
        sorted(sum(step.level for step in steps) for steps in variant.steps if steps)
        for variant in planned
        if variant.aim == "free"
    ]
    ahead = [sums for sums in free if len(sums) > 1 and all(high - low >= 1 for low, high in (sums[:2], sums[-2:]))]
    assert len(ahead) > 0.95 * len(free)


def test_one_region_is_planned_without_comparison(recipe, regions, photo_of):
    assert {variant.aim for variant in plan(photo_of(3), regions[:1], recipe)} <= {"free", "sid", "dao"}
    assert all(len(variant.steps) == 1 for variant in plan(photo_of(3), regions[:1], recipe))


def test_weights_make_categories_of_pairs_even():
    known = palette(PlanSettings())
    totals = Counter()
    for pair, weight in zip(known.pairs, known.weights, strict=True):
        for category in pair:
            totals[category] += weight
    assert max(totals.values()) - min(totals.values()) < 0.01
