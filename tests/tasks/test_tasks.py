"""The four tasks: pools of the paper's sizes, rows that prove themselves, and damage that the proof names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.planning.strata import stratum
from annotate.tasks import tasks
from annotate.tasks._questions import asked, fill, pool, sizes
from annotate.truth.facts import named, names, short_answer, telltale, types
from annotate.truth.winners import misled
from distortions.categories import CATEGORIES
from schemas.recipe import AnswerableSettings, Recipe
from schemas.rows import TypeSeverity
from schemas.values import Answer, Candidate, Finding

PLANS = ([("blur", 1), ("noise", 1)], [("noise", 3), ("blur", 3)], [("brighten", 4)], [])
RECIPE = Recipe()


def rows_of(task, picture, provenance):
    """Every row of a task with a teacher whose text is as right as it must be for tests that judge no prose."""
    found = [each for each in task.candidates(picture, RECIPE) if isinstance(each, Candidate)]
    for candidate in found:
        request = task.request(candidate, picture)
        answer = request and Answer(request=request.id, text="Prose.", teacher="test", prompt="p")
        yield task.assemble(candidate, picture, answer, provenance)


def proof(task, row) -> set[str]:
    return {finding.code for finding in task.prove(row, RECIPE)} - {"text"}


def test_pools_have_the_papers_sizes():
    assert sizes("global_description") == {"whole": 26}
    assert sizes("local_description") == {"region": 18, "whole": 9}  # the paper has no pools for whole pictures
    assert {name: size for name, size in sizes("referring").items() if not name.endswith("_whole")} == {
        "short.one": 14,
        "short.two": 14,
        "long.one": 14,
        "long.two": 14,
    }
    grounding = sizes("grounding")
    assert [grounding[f"hyd.{ask}"] for ask in ("most", "least", "least_of_all")] == [12, 12, 12]
    assert [grounding[f"sid.{ask}"] for ask in ("strongest", "weakest")] == [8, 8]
    assert [grounding[f"dao.{ask}"] for ask in ("pair", "first", "last")] == [6, 6, 6]


@pytest.mark.parametrize("task", ["global_description", "local_description", "referring", "grounding"])
def test_no_question_stands_twice_and_placeholders_are_those_of_the_pool(task):
    wanted = {
        "region": {"region"},
        "short": {"region"},
        "long": {"region"},
        "sid": {"distortion"},
        "spatial": {"vertical", "horizontal"},
    }
    order = {"dao.pair": {"first", "second"}, "dao.first": {"first"}, "dao.last": {"last"}}
    for name in sizes(task):
        questions = pool(task, name)
        assert len({question.lower() for question in questions}) == len(questions)
        for question in questions:
            expected = set() if name.endswith("whole") else order.get(name, wanted.get(name.partition(".")[0], set()))
            assert set(re.findall(r"{(\w+)}", question)) == expected
            assert question[0].isupper()
            assert question[-1] in ".?"


def test_names_of_the_tasks_are_the_projects_and_kinds_are_all_quotas():
    assert tasks.names() == ["global_description", "grounding", "local_description", "referring"]
    kinds = [kind for task in tasks.all() for kind in task.kinds]
    assert sorted(kinds) == ["dao", "global_description", "hyd", "local_description", "long", "short", "sid"]


def test_every_kind_of_question_is_found_in_a_picture_that_can_answer_all(picture):
    found = [each for task in tasks.all() for each in task.candidates(picture(*PLANS), RECIPE) if isinstance(each, Candidate)]
    assert {each.kind for each in found} == {"global_description", "local_description", "hyd", "sid", "dao", "short", "long"}
    assert len({each.id for each in found}) == len(found)


@pytest.mark.parametrize("name", ["global_description", "local_description", "referring", "grounding"])
def test_rows_prove_themselves(name, picture, provenance):
    task = tasks.get(name)
    rows = list(rows_of(task, picture(*PLANS), provenance))
    assert rows
    for row in rows:
        assert proof(task, row) == set()
        assert type(row).model_validate_json(row.model_dump_json()) == row


@pytest.mark.parametrize("name", ["global_description", "local_description", "referring", "grounding"])
def test_the_same_candidate_always_gives_the_same_row(name, picture, provenance):
    task = tasks.get(name)
    assert list(rows_of(task, picture(*PLANS), provenance)) == list(rows_of(task, picture(*PLANS), provenance))


def test_short_answers_name_every_type_with_its_severity_in_order(picture):
    regions = picture([("blur", 1), ("brighten", 3)], [("saturate_strengthen", 5)]).regions
    assert short_answer(types(regions[0])) == "Mild blur, moderate brightening."
    assert short_answer(types(regions[1])) == "Severe saturation strengthening."


def test_questions_of_the_pool_fit_the_number_of_distortions(picture, provenance):
    task = tasks.get("referring")
    for row in rows_of(task, picture(*PLANS), provenance):
        number = "one" if len(row.types) == 1 else "two"
        region = {"region": (named(row.regions[row.target]),)}
        assert asked(row.question, "referring", f"{row.form}.{number}", region)
        other = fill("referring", f"{row.form}.{'two' if number == 'one' else 'one'}", row.id, region)
        assert "question_pool" in proof(task, row.model_copy(update={"question": other}))


def test_a_region_whose_phrase_fits_a_sibling_is_not_asked_about(picture):
    base = picture([("blur", 5)], [("noise", 5)])
    twins = tuple(region.model_copy(update={"phrase": "the area"}) for region in base.regions)
    doubled = base.model_copy(update={"regions": twins})
    for name in ("referring", "local_description"):
        found = list(tasks.get(name).candidates(doubled, RECIPE))
        assert found
        assert all(isinstance(each, Finding) and each.code == "phrase" for each in found)


def test_a_step_that_cannot_be_seen_refuses_every_question_that_touches_it(picture):
    faint = picture([("blur", 5)], [("noise", 1)], strengths={1: (0.001,)})
    codes = {
        task.name: [each.code if isinstance(each, Finding) else "" for each in task.candidates(faint, RECIPE)]
        for task in tasks.all()
    }
    assert codes["global_description"] == codes["grounding"] == ["unseen"]
    assert codes["local_description"].count("unseen") == 1
    assert codes["referring"].count("unseen") == 2


def test_a_severity_word_that_contradicts_what_is_seen_refuses_the_question(picture):
    lying = picture([("blur", 5)], [("noise", 3)], strengths={0: (0.3,)})
    assert [each.code for each in tasks.get("grounding").candidates(lying, RECIPE)] == ["word"]


def test_a_target_that_its_position_words_do_not_lead_to_is_not_asked_for(picture):
    base = picture(*PLANS)
    spread = tuple(region.model_copy(update={"quadrant_share": 0.3}) for region in base.regions)
    codes = {
        each.code
        for each in tasks.get("grounding").candidates(base.model_copy(update={"regions": spread}), RECIPE)
        if isinstance(each, Finding)
    }
    assert "words_share" in codes
    strict = Recipe(answerable=AnswerableSettings(words_iou=0.5))
    found = list(tasks.get("grounding").candidates(base, strict))
    assert not any(isinstance(each, Candidate) for each in found)
    assert "words_iou" in {each.code for each in found}


def test_a_target_across_the_middle_is_not_asked_for(picture):
    region = picture(*PLANS).regions[0]
    codes = [
        [refusal.code for refusal in misled(region.model_copy(update={"bbox": box}), 200, 100, RECIPE.answerable)]
        for box in ((0, 0, 200, 30), (0, 0, 183, 30), (0, 0, 178, 30), (120, 0, 140, 99), (120, 60, 140, 90))
    ]
    assert codes == [["words_margin"], ["words_margin"], [], ["words_margin"], []]


def test_a_phrase_that_says_where_gets_no_second_position(picture):
    regions = picture([], [], []).regions
    assert named(regions[0]) == "the dark area in the upper left"
    assert named(regions[2]) == "the grey road on the left"


@pytest.mark.parametrize(
    ("phrase", "where", "name"),
    [
        ("the red area", "in the upper left", "the red area in the upper left"),
        ("the red area", "in the lower right", "the red area"),
        ("the red area on the left", "on the left", "the red area on the left"),
        ("the largest area around the border", "around the border", "the largest area around the border"),
        ("the largest area over much of the picture", "over much of the picture", "the largest area over much of the picture"),
        ("the red area", "across the picture", "the red area"),
    ],
)
def test_a_position_adds_to_the_phrase_where_nobody_would_dispute_it(picture, phrase, where, name):
    (region,) = picture([]).regions
    height, width = region.mask.size
    changes = {"phrase": phrase, "where": where, "bbox": (0, 0, width // 3, height // 3)}
    assert named(region.model_copy(update=changes)) == name


def test_no_whole_description_of_regions_that_only_counting_tells_apart(picture):
    task, made = tasks.get("global_description"), picture(*PLANS)
    twins = [
        region.model_copy(update={"label": "bus", "where": "on the left", "area": 500, "seen_colour": ""})
        for region in made.regions
    ]
    (finding,) = task.candidates(made.model_copy(update={"regions": tuple(twins)}), RECIPE)
    assert finding.code == "counted"


def test_a_target_that_only_counting_tells_from_its_siblings_is_not_asked_for(picture):
    made = picture([("noise", 3), ("blur", 3)], [("blur", 1), ("noise", 1)], [])
    found = list(tasks.get("grounding").candidates(made, RECIPE))
    assert any(isinstance(each, Candidate) for each in found)
    alike = {"label": "bus", "where": "on the left", "area": 500, "seen_colour": ""}
    twins = made.model_copy(update={"regions": tuple(region.model_copy(update=alike) for region in made.regions)})
    found = list(tasks.get("grounding").candidates(twins, RECIPE))
    assert not any(isinstance(each, Candidate) for each in found)
    assert "counted" in {each.code for each in found}


def test_an_order_is_not_asked_for_beside_a_black_region_that_could_never_be_the_answer(picture, provenance):
    task, made = tasks.get("grounding"), picture([("noise", 3), ("blur", 3)], [("blur", 1), ("noise", 1)], [])
    (row, *_) = [row for row in rows_of(task, made, provenance) if row.subtask == "dao"]
    darker = tuple(region.model_copy(update={"colour": "black"}) if not region.steps else region for region in made.regions)
    found = list(task.candidates(made.model_copy(update={"regions": darker}), RECIPE))
    assert "dao_black" in {each.code for each in found if isinstance(each, Finding)}
    assert "dao" not in {each.kind for each in found if isinstance(each, Candidate)}
    assert "dao_black" in proof(task, row.model_copy(update={"regions": darker}))


def test_a_phrase_with_a_shade_that_the_photo_has_not_tells_what_was_done(picture):
    made = picture([("darken", 3)], [("blur", 3)], [])
    for seen, told in (("blue", False), ("dark blue", True)):
        area = {"label": "smooth blue area", "colour": "blue", "texture": 0.0, "seen_colour": seen}
        region = made.regions[0].model_copy(update=area)
        assert telltale((region, *made.regions[1:]), 0) == told


def test_an_answer_to_another_request_is_refused(picture, provenance):
    task, made = tasks.get("global_description"), picture(*PLANS)
    (candidate,) = task.candidates(made, RECIPE)
    with pytest.raises(ValueError, match="its own request"):
        task.assemble(candidate, made, Answer(request="other", text="x", teacher="t", prompt="p"), provenance)
    with pytest.raises(ValueError, match="its own request"):
        task.assemble(candidate, made, None, provenance)


def grounding(picture, provenance, subtask, ask):
    task = tasks.get("grounding")
    row = next(row for row in rows_of(task, picture(*PLANS), provenance) if (row.subtask, row.ask) == (subtask, ask))
    return task, row


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"target": 2}, "winner"),
        ({"target": 9}, "target"),
        ({"horizontal": "right"}, "position"),
        ({"answer": "Prose."}, "answer_parts"),
        ({"spatial": "Somewhere."}, "position"),
        ({"ask": "last"}, "dao_topic"),
        ({"topic": ("noise", "blur")}, "winner"),
        ({"topic": ("blur", "pixelate")}, "dao_unique"),
        ({"question": "Which region was first affected by noise and then by blur?"}, "question_pool"),
        ({"id": "0" * 32}, "identity"),
    ],
)
def test_damage_to_a_grounding_row_is_named(picture, provenance, change, code):
    task, row = grounding(picture, provenance, "dao", "pair")
    assert row.target == 0
    assert code in proof(task, row.model_copy(update=change))


def test_another_regions_mask_is_named(picture, provenance):
    task, row = grounding(picture, provenance, "hyd", "most")
    other = row.regions[(row.target + 1) % 4].mask
    assert proof(task, row.model_copy(update={"mask": other})) == {"target_mask"}


def test_a_changed_severity_word_is_named(picture, provenance):
    task = tasks.get("referring")
    row = next(row for row in rows_of(task, picture(*PLANS), provenance) if row.form == "short")
    worse = tuple(TypeSeverity(type=part.type, severity="severe") for part in row.types)
    assert proof(task, row.model_copy(update={"types": worse})) == {"structured_answer"}
    assert proof(task, row.model_copy(update={"answer": short_answer(worse)})) == {"short_answer"}


@given(st.text(max_size=20))
def test_every_key_draws_a_question_of_its_pool(key):
    values = {"first": names("blur"), "second": names("noise")}
    assert asked(fill("grounding", "dao.pair", key, values), "grounding", "dao.pair", values)


def test_all_questions_of_a_pool_come_up_about_equally_often():
    drawn = [fill("global_description", "whole", str(i)) for i in range(2600)]
    counts = [drawn.count(question) for question in pool("global_description", "whole")]
    assert min(counts) > 60
    assert max(counts) < 150


def test_no_two_categories_share_a_name_that_questions_use():
    everything = [name for category in CATEGORIES for name in names(category)]
    assert len(set(everything)) == len(everything)


def test_ranks_by_area_are_those_among_regions_that_may_be_asked_for(picture):
    areas = (50, 40, 30, 20)
    regions = tuple(region.model_copy(update={"area": area}) for region, area in zip(picture(*PLANS).regions, areas, strict=True))
    assert stratum(regions, (1,))[1] == "2 of 4"
    assert stratum(regions, (1,), (1, 3))[1] == "1 of 2"
    assert stratum(regions, ()) == ()
