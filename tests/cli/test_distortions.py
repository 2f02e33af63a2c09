"""``annotate distortions``: list, show, sheet."""

import tomllib

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from annotate.cli.distortions import COMMAND
from tests.photos import crop


def run(*arguments: str):
    return CliRunner().invoke(COMMAND, arguments)


def test_list_names_every_function_of_a_taxonomy_with_its_category():
    lines = run("list", "--of", "dq495k").output.splitlines()
    assert len(lines) == 35
    assert any(line.split() == ["blur.motion", "*", "blur", "dq495k"] for line in lines)
    assert any(line.split() == ["pixelate.box", "pixelate", "dq495k"] for line in lines)


def test_list_without_a_name_goes_through_all_taxonomies():
    output = run("list").output
    assert "quantization.otsu" in output
    assert "kadid.jpeg" in output


def test_list_with_levels_prints_toml_for_a_recipe():
    levels = tomllib.loads(run("list", "--of", "blur.gaussian", "--levels").output)["plan"]["levels"]
    assert levels == {"blur.gaussian": [{"sigma": float(sigma)} for sigma in (1, 2, 3, 4, 5)]}


def test_show_tells_words_numbers_and_reach():
    output = run("show", "blur.lens").output
    assert "radius 8; severe; reads 8 px around" in output
    assert "no severity" in run("show", "quantization.otsu").output


@pytest.mark.parametrize("flags", [(), ("--region",)])
def test_sheet_draws_the_photo_and_five_levels(tmp_path, flags):
    photo, out = tmp_path / "photo.png", tmp_path / "sheet.png"
    Image.fromarray(crop(1)).save(photo)
    result = run("sheet", str(photo), "--of", "darken.shift_rgb", "--out", str(out), *flags)
    assert "1 distortions drawn" in result.output
    row = np.array(Image.open(out))[24 + 64, 190:]
    middles = [int(row[column * 194 + 96].sum()) for column in range(6)]
    assert middles == sorted(middles, reverse=True)
    assert middles[0] > middles[5]
    corners = [int(row[column * 194 + 3].sum()) for column in range(6)]
    assert (len(set(corners)) == 1) == bool(flags)


def test_a_file_that_is_no_picture_and_an_unknown_name_end_with_a_message(tmp_path):
    text = tmp_path / "text.png"
    text.write_text("no picture")
    result = run("sheet", str(text))
    assert result.exit_code == 2
    assert "not a readable picture" in result.output
    assert "Did you mean 'blur.lens'" in str(run("show", "blur.lense").exception)
