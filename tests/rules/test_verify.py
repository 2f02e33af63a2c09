"""Verification accepts a good dataset and names every kind of damage to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from annotate.cli.verify import COMMAND
from annotate.dataset import entry, open_dataset
from annotate.mapping import processes
from annotate.rules import rules
from annotate.sources import PhotoFile
from annotate.stages.source import scan
from annotate.stages.verify import verify_dataset
from schemas.errors import UsageError, VerificationError
from tests.rules.conftest import RECIPE
from tests.rules.damage import DAMAGES, UNREAD, Copy


@pytest.fixture
def copy(good, tmp_path) -> Copy:
    return Copy(shutil.copytree(good, tmp_path / "dataset", ignore=shutil.ignore_patterns(".annotate")))


def test_the_good_dataset_is_accepted_from_its_files_alone(good):
    report = verify_dataset(good)
    assert report.faults == ()
    assert report.rows == sum(sum(part.rows.values()) for part in open_dataset(good).manifest.splits.values())


def test_the_good_dataset_renders_again_from_its_photos(good, photos):
    report = verify_dataset(good, photos)
    assert report.faults == ()
    assert report.rendered == report.pictures > 0


def test_there_are_at_least_forty_kinds_of_damage():
    assert len({each.name for each in DAMAGES}) == len(DAMAGES) >= 40


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_damage_is_named(copy, photos, damage):
    damage.do(copy)
    report = verify_dataset(copy.folder, photos if damage.photos else None)
    found = {fault.rule for fault in report.faults}
    assert damage.rules <= found
    if damage.code:
        assert damage.code in {fault.finding.code for fault in report.faults}
    assert all(fault.finding.message and fault.finding.subject for fault in report.faults)


@pytest.mark.parametrize("damage", UNREAD, ids=lambda damage: damage.name)
def test_what_cannot_be_read_is_refused_with_a_sentence(copy, damage):
    damage.do(copy)
    with pytest.raises(UsageError, match=damage.sentence):
        verify_dataset(copy.folder)


def test_a_photo_that_is_missing_is_named(good):
    report = verify_dataset(good, {})
    assert {fault.rule for fault in report.faults} == {"photos"}


def test_a_recompressed_copy_of_a_photo_in_the_other_split_is_named(good, photos, tmp_path):
    original = next(path for path in photos.values() if path.name == "rocket.jpg")
    with Image.open(original) as image:
        image.save(tmp_path / "copy.jpg", quality=60)
    twins = [scan(PhotoFile(path, path.name), RECIPE.photos) for path in (original, tmp_path / "copy.jpg")]
    (row, *_) = open_dataset(good).rows("referring")
    entries = [
        entry(row, "referring", split)._replace(source=photo.sha256, split=split)
        for photo, split in zip(twins, ("train", "test"), strict=True)
    ]
    (finding,) = rules.get("near_duplicates").find(twins, entries, RECIPE)
    assert "rocket.jpg" in finding.message
    assert not list(rules.get("near_duplicates").find(twins, [each._replace(split="train") for each in entries], RECIPE))


def test_two_processes_find_the_same(copy, photos):
    DAMAGES[0].do(copy)
    alone = verify_dataset(copy.folder, photos)
    with processes(2) as mapper:
        together = verify_dataset(copy.folder, photos, mapper)
    assert together.faults == alone.faults


def test_the_command_ends_with_its_own_exit_code_and_a_report_for_programs(copy, tmp_path):
    damage = next(each for each in DAMAGES if each.name == "severity of a short answer changed")
    damage.do(copy)
    path = tmp_path / "report.json"
    result = CliRunner().invoke(COMMAND, [str(copy.folder), "--workers", "1", "--json", str(path)])
    assert isinstance(result.exception, VerificationError)
    assert result.exception.exit_code == 3
    assert "FAIL questions" in result.output
    assert json.loads(path.read_text())["rules"]["questions"] == 1


def test_the_page_on_tasks_names_every_rule_and_the_number_of_kinds_of_damage():
    page = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text()
    assert [name for name in rules.names() if f"`{name}`" not in page] == []
    assert f"{len(DAMAGES)} kinds of damage" in page
