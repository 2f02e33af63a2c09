"""Pictures that are distorted all over: built, proved, and damage to them named."""

from __future__ import annotations

import shutil

import pytest

from annotate.dataset import open_dataset
from annotate.mapping import in_process
from annotate.pipeline import BuildOrder, build
from annotate.sheets import draw_row, sample
from annotate.stages.verify import verify_dataset
from annotate.watch import Silent
from schemas.masks import decode, encode, full
from schemas.recipe import PhotoSettings, PlanSettings, Recipe, SplitSettings
from tests.rules.damage import Copy

RECIPE = Recipe(
    name="whole",
    photos=PhotoSettings(long_side=224),
    split=SplitSettings(test_share=0.0),
    plan=PlanSettings(variants=2, whole_share=0.5, sid_share=0.0, dao_share=0.0),
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "dataset"
    build(BuildOrder(RECIPE, folder, "train"), in_process, Silent())
    return folder


@pytest.fixture
def copy(dataset, tmp_path):
    return Copy(shutil.copytree(dataset, tmp_path / "dataset", ignore=shutil.ignore_patterns(".annotate")))


def wholes(dataset, task):
    return [row for row in open_dataset(dataset).rows(task) if row.regions[0].covers_picture]


def is_whole(row):
    return row["regions"][0]["label"] == "whole picture"


def test_half_of_the_pictures_are_distorted_all_over_and_the_proof_accepts_them(dataset, photos):
    report = verify_dataset(dataset, photos)
    assert report.faults == ()
    tasks = ("global_description", "grounding", "local_description", "referring")
    pictures = {row.image.path for task in tasks for row in open_dataset(dataset).rows(task)}
    assert 2 * len({row.image.path for row in wholes(dataset, "global_description")}) == len(pictures) == 8


def test_they_are_described_and_referred_to_but_nothing_is_searched_for_in_them(dataset):
    assert not wholes(dataset, "grounding")
    for task in ("global_description", "local_description", "referring"):
        for row in wholes(dataset, task):
            (region,) = row.regions
            assert region.mask == full(row.height, row.width)
            assert (region.phrase, region.where) == ("the whole picture", "throughout the picture")
            assert region.steps
            assert not {"left", "right", "upper", "lower"}.intersection(row.question.split())
    assert {row.form for row in wholes(dataset, "referring")} == {"short", "long"}


def test_they_are_drawn_like_the_others(dataset):
    shown = [each for each in sample(open_dataset(dataset), "referring", 20) if each.row.regions[0].covers_picture]
    assert shown
    assert draw_row(shown[0]).width > 0


def _cut_the_mask(row):
    mask = decode(full(row["height"], row["width"]))
    mask[:3, :3] = False
    row["regions"][0]["mask"] = encode(mask).model_dump()


def _rename(row):
    for region in row["regions"]:
        region.update(label="photograph", phrase="the photograph")


def _name_a_region_so(row):
    row["regions"][0].update(label="whole picture", raw_label="whole picture")


@pytest.mark.parametrize(
    ("change", "where"),
    [(_cut_the_mask, is_whole), (_rename, is_whole), (_name_a_region_so, lambda row: not is_whole(row))],
)
def test_damage_to_them_is_named(copy, change, where):
    copy.everywhere(change, where)
    assert "whole" in {fault.rule for fault in verify_dataset(copy.folder).faults}


def test_a_picture_of_regions_cannot_be_passed_off_as_one_that_the_plan_distorts_all_over(copy):
    (path, number), *_ = {(row.image.path, row.provenance.variant) for row in wholes(copy.folder, "referring")}

    def renumber(row):
        row["provenance"]["variant"] = 1 - number

    copy.everywhere(renumber, lambda row: row["image"]["path"] == path)
    assert "whole" in {fault.rule for fault in verify_dataset(copy.folder).faults}
