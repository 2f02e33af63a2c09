"""Blind baselines find a habit of the plan and find nothing where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from annotate.cli.stats import COMMAND
from annotate.scoring import blind_baselines as blind
from schemas.recipe import AnswerableSettings

ROWS = 400
ANY = AnswerableSettings(words_margin=0, words_share=0)


def rows(pick, kind=lambda draws, region: "blur", question=lambda row: "Which region?"):
    """Rows about pictures with four regions at random places; ``pick`` chooses the target, ``kind`` its distortion."""
    draws = np.random.default_rng(0)
    made = []
    for number in range(ROWS):
        regions = []
        for _ in range(4):
            x, y, side = (int(value) for value in draws.integers([0, 0, 5], [80, 80, 20]))
            sides = "left" if x + side / 2 < 50 else "right", "top" if y + side / 2 < 50 else "bottom"
            region = {
                "phrase": "the area",
                "label": "area",
                "where": "somewhere",
                "bbox": [x, y, x + side, y + side],
                "area": side * side + len(regions),
                "quadrant_share": 1,
            }
            regions.append(region | {"horizontal": sides[0], "vertical": sides[1]})
            regions[-1]["steps"] = [{"category": kind(draws, regions[-1])}]
        target = pick(draws, regions)
        row = {"source": {"sha256": str(number)}, "width": 100, "height": 100, "target": target, "regions": regions}
        row |= {name: regions[target][name] for name in ("horizontal", "vertical")}
        made.append(row | {"question": question(row)})
    return made


def at_random(draws, regions):
    return int(draws.integers(4))


def largest(draws, regions):
    return max(range(4), key=lambda i: regions[i]["area"])


def test_targets_drawn_evenly_cannot_be_guessed():
    for found in blind._targets("target", rows(at_random), ANY):
        assert abs(found.lead) < 2 * found.noise


def test_regions_that_can_be_no_target_by_their_place_do_not_count_towards_chance():
    made = rows(at_random)
    for row in made:
        for i, region in enumerate(row["regions"]):
            region["quadrant_share"] = 1.0 if i in (row["target"], 0) else 0.1
    (chance,) = {found.chance for found in blind._targets("target", made, AnswerableSettings(words_margin=0))}
    assert 0.5 < chance < 1


def test_the_largest_region_as_target_is_found_out_by_two_guessers():
    lead = {found.guesser: found.lead for found in blind._targets("target", rows(largest), ANY)}
    assert lead["largest region"] == pytest.approx(75)
    assert lead["area and position"] > 40
    assert lead["smallest region"] < 0


def test_a_phrase_that_only_the_finished_picture_tells_is_no_blind_guess_of_a_target():
    made = rows(at_random)
    for row in made:
        row["regions"][row["target"]]["phrase"] = "the area without a colour"
    for found in blind._targets("target", made, ANY):
        assert abs(found.lead) < 2 * found.noise


def test_a_question_that_gives_the_place_away_is_found_out():
    told = rows(at_random, question=lambda row: f"Which region, {row['vertical']} or {row['horizontal']}, is worst?")
    lead = {found.guesser: found.lead for found in blind._positions("words", told)}
    assert lead["question"] > 40
    plain = {found.guesser: found for found in blind._positions("words", rows(at_random))}
    assert plain["question"].lead < plain["question"].noise


def test_a_distortion_that_is_always_at_the_top_is_found_out():
    where = rows(at_random, kind=lambda draws, region: "blur" if region["vertical"] == "top" else "noise")
    lead = {found.guesser: found.lead for found in blind._referring("types", where)}
    assert lead["area and position"] > 30
    assert lead["phrase"] < 10


def test_the_command_prints_text_statistics_and_blind_baselines(good):
    result = CliRunner().invoke(COMMAND, [str(good)])
    assert result.exit_code == 0, result.output
    assert "guessed without the pixels" in result.output or "Too few" in result.output
