"""Sheets for people: every task can be drawn, the sample repeats itself, and nothing to show is said."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from PIL import Image

from annotate.cli.show import COMMAND
from annotate.dataset import open_dataset
from annotate.sheets import draw_row, sample
from schemas.errors import UsageError


def test_every_task_is_drawn_on_its_own_sheets(good, tmp_path):
    result = CliRunner().invoke(COMMAND, [str(good), "--count", "3", "--out", str(tmp_path / "sheets")])
    assert result.exit_code == 0, result.output
    sheets = sorted((tmp_path / "sheets").iterdir())
    assert [path.name for path in sheets] == [
        "global_description-01.png",
        "grounding-01.png",
        "local_description-01.png",
        "referring-01.png",
    ]
    for path in sheets:
        with Image.open(path) as sheet:
            assert sheet.width == 1680


def test_the_sample_is_the_same_every_time_and_grows_at_its_end(good):
    dataset = open_dataset(good)
    few, again, more = ({shown.row.id for shown in sample(dataset, "referring", count)} for count in (3, 3, 6))
    assert few == again
    assert few < more


def test_the_target_is_outlined_in_yellow(good):
    dataset = open_dataset(good)
    (shown,) = sample(dataset, "grounding", 1)
    colours = draw_row(shown).getcolors(maxcolors=10**6)
    assert any(abs(r - 255) < 12 and abs(g - 214) < 12 and b < 12 for _, (r, g, b) in colours)


def test_a_dataset_without_such_rows_is_said(good, tmp_path):
    path = tmp_path / "nothing"
    with pytest.raises(UsageError, match="no finished dataset"):
        CliRunner().invoke(COMMAND, [str(path)], catch_exceptions=False)
