"""Which region a grounding question has as its one answer, and which rule refuses the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.truth.facts import Refusal, level_sum
from annotate.truth.lookalikes import LOOKALIKES
from annotate.truth.winners import asks, topics, winner
from distortions import list_distortions
from distortions.categories import CATEGORIES
from schemas.recipe import AnswerableSettings

SETTINGS = AnswerableSettings(
    hyd_margin_levels=2, hyd_margin_strength=0.05, sid_margin_strength=0.02, dao_gap=0.05, hyd_least_strength=0.15
)


def code(result: object) -> str:
    assert isinstance(result, Refusal)
    return result.code


def test_most_degraded_is_the_region_with_the_largest_sum_and_strength(picture):
    regions = picture([("blur", 2)], [("noise", 3), ("blur", 3)], [], strengths={1: (0.5, 0.6)}).regions
    assert winner("hyd", regions, "most", (), SETTINGS) == 1
    assert winner("hyd", regions, "least", (), SETTINGS) == 0


def test_a_lead_of_one_level_is_no_lead(picture):
    regions = picture([("blur", 3)], [("noise", 4)]).regions
    assert code(winner("hyd", regions, "most", (), SETTINGS)) == "hyd_margin_levels"


def test_equal_strengths_refuse_even_where_levels_differ(picture):
    regions = picture([("blur", 1)], [("noise", 5)], strengths={0: (0.5,), 1: (0.52,)}).regions
    assert code(winner("hyd", regions, "most", (), SETTINGS)) == "hyd_margin_strength"


def test_levels_and_strength_that_name_different_regions_refuse(picture):
    regions = picture([("blur", 1)], [("noise", 5)], strengths={0: (0.9,), 1: (0.2,)}).regions
    assert code(winner("hyd", regions, "most", (), SETTINGS)) == "hyd_disagree"
    assert code(winner("hyd", regions, "least", (), SETTINGS)) == "hyd_disagree"


def test_the_least_degraded_region_must_be_seen_to_be_degraded(picture):
    regions = picture([("blur", 1)], [("noise", 5)], strengths={0: (0.14,), 1: (0.9,)}).regions
    assert code(winner("hyd", regions, "least", (), SETTINGS)) == "hyd_least_strength"
    assert winner("hyd", regions, "most", (), SETTINGS) == 1


@pytest.mark.parametrize("mild", ["saturate_weaken", "brighten", "contrast_weaken"])
def test_a_change_of_colour_or_light_is_not_the_worst_beside_damage_of_like_strength(picture, mild):
    regions = picture([(mild, 5)], [("noise", 3)], strengths={0: (0.8,), 1: (0.65,)}).regions
    assert code(winner("hyd", regions, "most", (), SETTINGS)) == "hyd_margin_strength"
    assert code(winner("hyd", regions, "least", (), SETTINGS)) == "hyd_margin_strength"
    turned = picture([(mild, 3)], [("noise", 5)], strengths={0: (0.65,), 1: (0.8,)}).regions
    assert winner("hyd", turned, "most", (), SETTINGS) == 1
    assert winner("hyd", turned, "least", (), SETTINGS) == 0


def test_two_regions_of_one_category_are_weighed_alike(picture):
    regions = picture([("saturate_weaken", 5)], [("saturate_weaken", 1)], strengths={0: (0.8,), 1: (0.4,)}).regions
    assert winner("hyd", regions, "most", (), SETTINGS) == 0


def test_what_is_much_larger_is_seen_first(picture):
    small, large = picture([("noise", 5)], [("blur", 2)], strengths={0: (0.75,), 1: (0.55,)}).regions
    assert winner("hyd", (small, large), "most", (), SETTINGS) == 0
    large = large.model_copy(update={"area": 64 * small.area})
    assert code(winner("hyd", (small, large), "most", (), SETTINGS)) == "hyd_margin_strength"
    small, large = (small.model_copy(update={"area": large.area}), large.model_copy(update={"area": small.area}))
    assert winner("hyd", (small, large), "most", (), SETTINGS) == 0


def test_a_category_without_a_weight_of_its_own_has_that_of_the_others(picture):
    regions = picture([("made_up", 5)], [("noise", 2)], strengths={0: (0.8,), 1: (0.4,)}).regions
    assert winner("hyd", regions, "most", (), SETTINGS) == 0


def test_one_distorted_region_leaves_nothing_to_compare(picture):
    assert code(winner("hyd", picture([("blur", 5)], []).regions, "most", (), SETTINGS)) == "hyd_few"


def test_a_clean_region_is_least_degraded_only_where_it_competes(picture):
    regions = picture([("blur", 2)], [("noise", 5)], []).regions
    competing = SETTINGS.model_copy(update={"hyd_clean_competes": True})
    assert winner("hyd", regions, "least", (), SETTINGS) == 0
    assert winner("hyd", regions, "least_of_all", (), competing) == 2
    assert code(winner("hyd", regions, "least_of_all", (), SETTINGS)) == "hyd_ask"
    assert code(winner("hyd", regions, "least", (), competing)) == "hyd_ask"


def test_two_clean_regions_cannot_both_be_the_least_degraded(picture):
    competing = SETTINGS.model_copy(update={"hyd_clean_competes": True})
    assert (
        code(winner("hyd", picture([("blur", 2)], [("noise", 5)], [], []).regions, "least_of_all", (), competing))
        == "hyd_margin_levels"
    )


def test_strongest_and_weakest_compare_one_distortion_only(picture):
    regions = picture([("blur", 1), ("noise", 3)], [("blur", 5)], [("noise", 1)]).regions
    assert winner("sid", regions, "strongest", ("blur",), SETTINGS) == 1
    assert winner("sid", regions, "weakest", ("blur",), SETTINGS) == 0
    assert winner("sid", regions, "strongest", ("noise",), SETTINGS) == 0


def test_levels_with_one_severity_word_are_no_different_strengths(picture):
    regions = picture([("blur", 4)], [("blur", 5)]).regions
    assert code(winner("sid", regions, "strongest", ("blur",), SETTINGS)) == "sid_severity"


def test_measured_strength_must_agree_with_the_levels(picture):
    regions = picture([("blur", 1)], [("blur", 5)], strengths={0: (0.6,), 1: (0.5,)}).regions
    assert code(winner("sid", regions, "strongest", ("blur",), SETTINGS)) == "sid_disagree"
    close = picture([("blur", 1)], [("blur", 5)], strengths={0: (0.5,), 1: (0.51,)}).regions
    assert code(winner("sid", close, "strongest", ("blur",), SETTINGS)) == "sid_margin_strength"


def test_the_change_of_the_pixels_must_agree_too_and_by_a_factor(picture):
    weak, strong = picture([("blur", 1)], [("blur", 5)]).regions

    def changed(change):
        return strong.model_copy(update={"measures": (strong.measures[0].model_copy(update={"change": change}),)})

    least = weak.measures[0].change
    for ask in ("strongest", "weakest"):
        assert code(winner("sid", (weak, changed(least - 1)), ask, ("blur",), SETTINGS)) == "sid_disagree"
        assert code(winner("sid", (weak, changed(least * 1.1)), ask, ("blur",), SETTINGS)) == "sid_margin_change"
    assert winner("sid", (weak, changed(least * 1.2)), "strongest", ("blur",), SETTINGS) == 1


def test_a_distortion_that_may_be_taken_for_the_one_asked_for_spoils_the_question(picture):
    noisy = [("noise", 1)], [("noise", 4)]  # strengths 0.3 and 0.75
    weak = picture(*noisy, [("oversharpen", 1)], strengths={2: (0.35,)}).regions
    assert code(winner("sid", weak, "weakest", ("noise",), SETTINGS)) == "sid_alike"
    assert winner("sid", weak, "strongest", ("noise",), SETTINGS) == 1
    strong = picture(*noisy, [("oversharpen", 4)], strengths={2: (0.7,)}).regions
    assert code(winner("sid", strong, "strongest", ("noise",), SETTINGS)) == "sid_alike"
    assert winner("sid", strong, "weakest", ("noise",), SETTINGS) == 0


def test_only_the_function_that_looks_so_is_taken_for_another_category(picture):
    blurred = picture([("blur", 1)], [("blur", 4)], [("compression", 4)]).regions
    assert winner("sid", blurred, "strongest", ("blur",), SETTINGS) == 1
    wavelets = blurred[2].steps[0].model_copy(update={"function": "compression.jpeg_2000"})
    smeared = (*blurred[:2], blurred[2].model_copy(update={"steps": (wavelets,)}))
    assert code(winner("sid", smeared, "strongest", ("blur",), SETTINGS)) == "sid_alike"


def test_nothing_is_its_own_lookalike_and_all_names_are_known():
    for category, others in LOOKALIKES.items():
        assert category in CATEGORIES
        for other in others:
            assert other in CATEGORIES or other in list_distortions()
            assert other.split(".")[0] != category


def test_a_distortion_in_one_region_only_cannot_be_compared(picture):
    assert code(winner("sid", picture([("blur", 1)], [("noise", 5)]).regions, "strongest", ("blur",), SETTINGS)) == "sid_few"


def test_order_is_answered_by_the_region_with_the_same_types_the_right_way_round(picture):
    regions = picture([("blur", 2), ("noise", 2)], [("noise", 2), ("blur", 2)]).regions
    assert winner("dao", regions, "pair", ("blur", "noise"), SETTINGS) == 0
    assert winner("dao", regions, "pair", ("noise", "blur"), SETTINGS) == 1
    assert winner("dao", regions, "first", ("noise",), SETTINGS) == 1
    assert winner("dao", regions, "last", ("noise",), SETTINGS) == 0


def test_two_regions_of_the_same_order_have_no_single_answer(picture):
    regions = picture([("blur", 2), ("noise", 2)], [("blur", 1), ("noise", 3)]).regions
    assert code(winner("dao", regions, "pair", ("blur", "noise"), SETTINGS)) == "dao_unique"


def test_a_lone_distortion_is_a_distractor_for_the_pair_but_spoils_first(picture):
    regions = picture([("blur", 2), ("noise", 2)], [("blur", 2)]).regions
    assert winner("dao", regions, "pair", ("blur", "noise"), SETTINGS) == 0
    assert code(winner("dao", regions, "first", ("blur",), SETTINGS)) == "dao_unique"


def test_without_a_region_that_shares_a_type_the_order_need_not_be_looked_at(picture):
    regions = picture([("blur", 2), ("noise", 2)], [("pixelate", 2)]).regions
    assert code(winner("dao", regions, "pair", ("blur", "noise"), SETTINGS)) == "dao_distractor"


def test_an_order_that_cannot_be_seen_is_not_asked_for(picture):
    regions = picture([("blur", 2), ("noise", 2)], [("blur", 2)], order_gap=0.01).regions
    assert code(winner("dao", regions, "pair", ("blur", "noise"), SETTINGS)) == "dao_gap"


def test_the_distractor_whose_order_cannot_be_seen_spoils_the_question_too(picture):
    good = picture([("blur", 2), ("noise", 2)], [("noise", 2), ("blur", 2)]).regions
    regions = (good[0], good[1].model_copy(update={"order_gap": 0.0}))
    assert code(winner("dao", regions, "pair", ("blur", "noise"), SETTINGS)) == "dao_gap"


def test_an_order_must_be_plain_where_another_region_differs_in_nothing_else(picture):
    settings = SETTINGS.model_copy(update={"dao_rival_gap": 0.4})
    one, other = [("blur", 2), ("noise", 2)], [("noise", 2), ("blur", 2)]
    assert winner("dao", picture(one, [("blur", 2)], order_gap=0.3).regions, "pair", ("blur", "noise"), settings) == 0
    assert code(winner("dao", picture(one, other, order_gap=0.3).regions, "pair", ("blur", "noise"), settings)) == "dao_gap"
    assert winner("dao", picture(one, other, order_gap=0.4).regions, "pair", ("blur", "noise"), settings) == 0


@pytest.mark.parametrize("other", ["brighten", "pixelate"])
def test_some_orders_are_never_told_from_their_reverse_by_eye(picture, other):
    one, reverse = [("quantization", 3), (other, 3)], [(other, 2), ("quantization", 2)]
    topic, limits = ("quantization", other), AnswerableSettings()
    assert winner("dao", picture(one, [(other, 2)], order_gap=0.9).regions, "pair", topic, limits) == 0
    assert code(winner("dao", picture(one, reverse, order_gap=0.9).regions, "pair", topic, limits)) == "dao_gap"


def test_a_region_that_looks_as_if_it_matched_spoils_the_order(picture):
    pair = [("blur", 2), ("noise", 2)]
    regions = picture(pair, [("blur", 2), ("oversharpen", 2)]).regions
    assert code(winner("dao", regions, "last", ("noise",), SETTINGS)) == "dao_alike"
    assert code(winner("dao", regions, "pair", ("blur", "noise"), SETTINGS)) == "dao_alike"
    faint = picture(pair, [("blur", 2), ("oversharpen", 2)], strengths={1: (0.45, 0.3)}).regions
    assert winner("dao", faint, "last", ("noise",), SETTINGS) == 0
    alone = picture(pair, [("oversharpen", 3)], [("blur", 1)]).regions
    assert code(winner("dao", alone, "last", ("noise",), SETTINGS)) == "dao_alike"
    assert winner("dao", alone, "pair", ("blur", "noise"), SETTINGS) == 0


@given(st.data())
def test_a_winner_always_leads_and_never_depends_on_the_order_of_the_regions(picture, data):
    kinds = st.sampled_from(["blur", "noise", "pixelate"])
    plan = st.lists(st.tuples(kinds, st.integers(1, 5)), max_size=2, unique_by=lambda each: each[0])
    plans = data.draw(st.lists(plan, min_size=2, max_size=4))
    regions = picture(*plans).regions
    for subtask in ("hyd", "sid", "dao"):
        for ask in asks(subtask, SETTINGS):
            for topic in topics(subtask, regions, ask):
                target = winner(subtask, regions, ask, topic, SETTINGS)
                mirrored = winner(subtask, regions[::-1], ask, topic, SETTINGS)
                if isinstance(target, Refusal):
                    assert isinstance(mirrored, Refusal)
                    continue
                assert mirrored == len(regions) - 1 - target
                if subtask == "hyd":
                    others = [level_sum(r) for i, r in enumerate(regions) if i != target and r.steps]
                    sign = 1 if ask == "most" else -1
                    assert all(sign * (level_sum(regions[target]) - other) >= 2 for other in others)


@pytest.mark.parametrize(
    ("subtask", "ask", "topic"), [("hyd", "most", ("blur",)), ("sid", "strongest", ()), ("dao", "pair", ("blur",))]
)
def test_a_topic_of_the_wrong_length_is_refused(picture, subtask, ask, topic):
    assert code(winner(subtask, picture([("blur", 1)], [("blur", 5)]).regions, ask, topic, SETTINGS)) == f"{subtask}_topic"
