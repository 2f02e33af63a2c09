"""Every phrase singles its region out, says only what is true, and is as short as it can be."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.regions.colours import COLOUR_NAMES
from annotate.regions.phrases import descriptive_label, refer, rephrase
from annotate.regions.positions import _PHRASES, position_words
from schemas.values import Region, RegionState, Rle

W, H = 200, 100
LABELS = ("", "bus", "red bus", "trees", "tree", "patch of grass", "grass")


def region(index, box, colour="grey", *, texture=0.02, label="", where="in the centre", click=None):
    horizontal, vertical = position_words(box, W, H)
    said = label or descriptive_label(colour, texture)
    return Region(
        index=index, label=said, raw_label=said, phrase=said, where=where, horizontal=horizontal, vertical=vertical, bbox=box,
        area=max(1, (box[2] - box[0]) * (box[3] - box[1]) // 2), mask=Rle(size=(H, W), counts="0"), holes=0, components=1,
        click=click or (box[0], box[1]), quadrant_share=1.0, quarter_inside=False, quarter_nearest=False, colour=colour,
        brightness=0.5, texture=texture, colourfulness=0.5,
    )  # fmt: skip


@st.composite
def pictures(draw):
    count = draw(st.integers(1, 8))
    clicks = draw(st.lists(st.tuples(st.integers(0, W - 1), st.integers(0, H - 1)), min_size=count, max_size=count, unique=True))
    regions = []
    for index, (x, y) in enumerate(clicks):
        x1, y1 = draw(st.integers(x + 1, W)), draw(st.integers(y + 1, H))
        colour = draw(st.sampled_from(COLOUR_NAMES[1:7]))
        texture = draw(st.sampled_from((0.001, 0.015, 0.03, 0.06)))
        label, where = draw(st.sampled_from(LABELS)), draw(st.sampled_from(sorted(_PHRASES.values())))
        regions.append(region(index, (x, y, x1, y1), colour, texture=texture, label=label, where=where, click=(x, y)))
    return regions


@settings(max_examples=80, deadline=None)
@given(pictures())
def test_the_predicates_of_every_phrase_select_exactly_its_region(regions):
    for target in regions:
        assert refer(target, regions).selects(regions) == [target]


@settings(max_examples=80, deadline=None)
@given(pictures())
def test_no_two_regions_of_a_picture_share_a_phrase(regions):
    phrases = [one.phrase for one in rephrase(regions)]
    assert len(set(phrases)) == len(phrases)


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_a_phrase_says_only_what_is_true_of_its_region(regions):
    for target, said in zip(regions, rephrase(regions), strict=True):
        expression = refer(target, regions)
        assert said.phrase == expression.text
        assert said.phrase.startswith("the ")
        assert expression.colour in ("", target.colour)
        assert expression.where in ("", target.where)
        assert expression.noun in ("area", target.label)


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_no_careful_phrase_says_what_it_could_do_without(regions):
    for target in regions:
        found = refer(target, regions)
        said = [name for name in ("colour", "where", "size") if getattr(found, name) and (found.noun, name) != ("area", "colour")]
        for name in said if found.careful else ():
            fewer = replace(found, **{name: ""})
            if fewer.noun != "area" or fewer.colour or fewer.where:
                assert fewer.selects(regions) != [target]


@settings(max_examples=80, deadline=None)
@given(pictures())
def test_a_careful_phrase_fits_no_sibling_by_any_words_that_may_be_said_of_it(regions):
    for target in regions:
        found = refer(target, regions)
        others = [one for one in regions if one is not target and found.careful and not found.size and found.colour]
        for other in others:
            assert not (found.noun == "area" and other.colour == found.colour and other.where == target.where)


def test_phrases_change_with_refined_labels():
    regions = [region(0, (0, 0, 60, 90), "red"), region(1, (120, 0, 180, 90), "red", where="on the right")]
    regions[0] = regions[0].model_copy(update={"where": "on the left"})
    assert [one.phrase for one in rephrase(regions)] == ["the red area on the left", "the red area on the right"]
    named = [regions[0].model_copy(update={"label": "bus"}), regions[1].model_copy(update={"label": "wall"})]
    assert [one.phrase for one in rephrase(named)] == ["the bus", "the wall"]
    twins = [one.model_copy(update={"label": "red bus"}) for one in regions]
    assert [one.phrase for one in rephrase(twins)] == ["the red bus on the left", "the red bus on the right"]


def test_singular_and_plural_of_a_noun_may_mean_each_other():
    regions = [
        region(0, (0, 0, 60, 90), "green", label="trees", where="on the left"),
        region(1, (120, 0, 180, 90), "green", label="tall tree", where="on the right"),
    ]
    assert rephrase(regions)[0].phrase != "the trees"


def state(one, seen_colour="", seen_texture=None):
    return RegionState(
        **dict(one), steps=(), measures=(), strength=0.0, order_gap=0.0, seen_colour=seen_colour or one.colour,
        seen_texture=one.texture if seen_texture is None else seen_texture,
    )  # fmt: skip


@st.composite
def finished(draw):
    return [
        state(one, draw(st.sampled_from(COLOUR_NAMES)), draw(st.sampled_from((0.001, 0.02, 0.06)))) for one in draw(pictures())
    ]


@settings(max_examples=80, deadline=None)
@given(finished())
def test_in_a_finished_picture_phrases_select_by_what_is_seen(regions):
    for target in regions:
        found = refer(target, regions)
        assert found.selects(regions) == [target]
        assert found.colour in ("", target.seen_colour)


def test_an_area_is_named_by_the_colour_it_has_in_the_finished_picture():
    one = region(0, (0, 0, 60, 40), "blue", where="in the upper left")
    other = region(1, (140, 60, 200, 100), "red", where="in the lower right")
    assert [each.phrase for each in rephrase([one, other])] == ["the blue area", "the red area"]
    drained = rephrase([state(one, "grey"), state(other)])
    assert [each.phrase for each in drained] == ["the grey area", "the red area"]
    alike = rephrase([state(one, "red"), state(other)])
    assert [each.phrase for each in alike] == ["the red area in the upper left", "the red area in the lower right"]


def test_a_patch_that_is_no_region_makes_a_phrase_say_more_or_be_refused():
    one = region(0, (0, 0, 60, 40), "blue", where="in the upper left")
    other = region(1, (140, 60, 200, 100), "red", where="in the lower right")

    def said(double, double_there):
        target = state(one).model_copy(update={"double": double, "double_there": double_there})
        found = refer(target, [target, other])
        return found.text, found.careful

    assert said(0.1, 0.0) == ("the blue area", True)
    assert said(0.6, 0.1) == ("the blue area in the upper left", True)
    assert said(0.6, 0.6) == ("the largest blue area", True)
    assert said(3.0, 0.6) == ("the largest blue area in the upper left", True)
    assert said(3.0, 3.0) == ("the blue area", False)


def test_a_place_that_may_be_disputed_is_not_said():
    wide = region(0, (0, 30, 180, 60), "blue", where="at the top")
    low = region(1, (10, 70, 40, 100), "blue", where="in the lower left", click=(11, 71))
    assert [one.phrase for one in rephrase([wide, low])] == ["the largest blue area", "the blue area in the lower left"]


def test_what_no_words_tell_apart_is_compared_and_last_counted():
    box = (10, 10, 60, 40)
    pair = [region(0, (0, 0, 80, 50), where="in the upper left"), region(1, box, where="in the upper left")]
    assert not refer(pair[1], pair).careful
    assert [one.phrase for one in rephrase(pair)] == ["the largest grey area", "the smaller grey area"]
    three = [region(index, (10 * index, 10, 10 * index + 50, 40), where="in the upper left") for index in range(3)]
    assert [one.phrase for one in rephrase(three)] == [
        f"the {nth} grey area from the left" for nth in ("first", "second", "third")
    ]


def test_a_place_is_added_where_a_larger_part_of_the_colour_is_no_region():
    boxes = [(0, 0, 60, 40), (140, 60, 200, 100)]
    places = ("in the upper left", "in the lower right")
    pair = [
        state(region(at, box, colour, where=where))
        for at, (box, colour, where) in enumerate(zip(boxes, ("grey", "blue"), places, strict=True))
    ]
    rivalled = pair[0].model_copy(update={"double": 9.0, "double_there": 4.0})
    assert refer(rivalled, [rivalled, pair[1]]).text == "the grey area in the upper left"
    nowhere_less = pair[0].model_copy(update={"double": 9.0, "double_there": 9.0})
    assert refer(nowhere_less, [nowhere_less, pair[1]]).text == "the grey area"


def test_an_area_of_no_one_colour_is_named_by_its_place_and_rivals_others_by_its_patches_alone():
    mixed = region(0, (0, 0, 60, 40), "", where="in the upper left")
    blue = region(1, (140, 60, 200, 100), "blue", where="in the lower right")
    assert [one.phrase for one in rephrase([mixed, blue])] == ["the area in the upper left", "the blue area"]
    patched = state(blue).model_copy(update={"double": 0.5, "double_there": 0.1})
    assert refer(patched, [state(mixed), patched]).text == "the blue area in the lower right"
    filling = state(mixed).model_copy(update={"double": 3.0, "double_there": 0.8})
    assert refer(filling, [filling, patched]).careful
    small = state(mixed).model_copy(update={"double": 3.0, "double_there": 1.5})
    assert not refer(small, [small, patched]).careful
