"""The order of two distortions: gaps are measured, not assumed."""

import numpy as np
from click.testing import CliRunner
from PIL import Image

from annotate.cli import annotate
from annotate.planning.orders import as_table, order_gaps, pairs_to_measure
from distortions import allowed_pairs


def scene():
    y, x = np.mgrid[:64, :80]
    waves = np.stack([120 + 80 * np.sin(x / 6), 110 + 70 * np.cos(y / 5), x + y], axis=-1)
    return np.clip(waves + np.random.default_rng(1).normal(0, 6, waves.shape), 0, 255).astype(np.uint8)


def test_every_allowed_pair_is_measured_once_whatever_its_order():
    pairs = pairs_to_measure()
    assert {(min(pair), max(pair)) for pair in allowed_pairs()} == set(pairs)
    assert all(len(functions) == 1 for functions in pairs.values())


def test_noise_and_blur_do_not_commute_while_a_pointwise_pair_in_one_channel_order_is_close():
    pairs = pairs_to_measure()
    gaps = {
        gap.categories: gap for gap in order_gaps(scene(), {key: pairs[key] for key in [("blur", "noise"), ("blur", "brighten")]})
    }
    assert gaps["blur", "noise"].strength > 3 * gaps["blur", "brighten"].strength
    assert gaps["blur", "noise"].change > 1


def test_the_same_seed_gives_the_same_gap():
    pairs = {("blur", "noise"): (("blur.gaussian", "noise.gaussian_rgb"),)}
    one, same = (list(order_gaps(scene(), pairs, seed=4)) for _ in range(2))
    assert one == same


def test_the_table_names_the_orders_that_are_allowed():
    pairs = {key: value for key, value in pairs_to_measure().items() if key in {("blur", "noise"), ("brighten", "oversharpen")}}
    table = as_table(order_gaps(scene(), pairs))
    assert "| blur, noise | both |" in table
    assert "| brighten, oversharpen | oversharpen > brighten |" in table


def test_the_verb_reads_files_and_folders_and_prints_a_table(tmp_path):
    Image.fromarray(scene()).save(tmp_path / "one.png")
    result = CliRunner().invoke(annotate, ["distortions", "order", str(tmp_path), "--side", "48"])
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n| ") >= 40


def test_a_file_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "note.png").write_text("no picture")
    result = CliRunner().invoke(annotate, ["distortions", "order", str(tmp_path)])
    assert result.exit_code == 2
    assert "note.png: not a picture" in result.output
