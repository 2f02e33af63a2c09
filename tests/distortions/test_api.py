"""The public interface: what it takes, what it refuses and how it says so, and how distortions are found and added."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import distortions
from distortions import (
    Distortion,
    UnknownDistortionError,
    catalogue,
    compose,
    distort,
    get,
    level_table,
    list_distortions,
    make_step,
    paste,
    pool,
    render_box,
)
from distortions.categories import categories, category
from distortions.level_tables import as_toml, describe
from schemas.errors import PluginError
from schemas.registry import Registry

IMAGE = np.random.default_rng(3).integers(0, 256, (40, 56, 3), dtype=np.uint8)
FUNCTIONS = [entry.name for entry in pool("dq495k")]


def test_everything_public_exists():
    assert all(hasattr(distortions, name) for name in distortions.__all__)
    assert len(set(distortions.__all__)) == len(distortions.__all__)


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ([1, 2, 3], TypeError, "image must be a numpy array"),
        (IMAGE.astype(np.float32) / 255, TypeError, "image must be uint8"),
        (np.full((20, 20, 3), np.nan), ValueError, "image must be uint8 or uint16, got floats with NaN"),
        (IMAGE.astype(np.int64), TypeError, "image must be uint8"),
        (IMAGE[:7], ValueError, "image must have sides of at least 8"),
        (np.zeros((20, 20, 4), np.uint8), ValueError, "image must be H x W"),
        (np.zeros((2, 20, 20, 3), np.uint8), ValueError, "image must be H x W"),
    ],
)
def test_a_wrong_picture_is_refused_by_name(wrong, error, says):
    with pytest.raises(error, match=says):
        distort(wrong, "blur.gaussian")


@pytest.mark.parametrize(
    ("mask", "error", "says"),
    [
        (np.zeros((40, 56), bool), ValueError, "mask is empty"),
        (np.ones((40, 55), bool), ValueError, "mask must have the picture's size"),
        (np.ones((40, 56, 1), bool), ValueError, "mask must have the picture's size"),
        (np.ones((40, 56)), TypeError, "mask must be a boolean array"),
        (np.full((40, 56), 255, np.uint8), ValueError, "mask must hold only 0 and 1"),
        ([[True]], TypeError, "mask must be a boolean array"),
    ],
)
def test_a_wrong_mask_is_refused_by_name(mask, error, says):
    with pytest.raises(error, match=says):
        distort(IMAGE, "blur.gaussian", mask=mask)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"level": 0}, ValueError, "level must be 1 to 5"),
        ({"level": 6}, ValueError, "level must be 1 to 5"),
        ({"level": 2.5}, TypeError, "level must be an integer"),
        ({"level": True}, TypeError, "level must be an integer"),
        ({"seed": -1}, ValueError, "seed must lie in"),
        ({"seed": 2**52}, ValueError, "seed must lie in"),
        ({"seed": 0.5}, TypeError, "seed must be an integer"),
        ({"feather": -1}, ValueError, "feather must be 0 or more"),
        ({"feather": 1.5}, TypeError, "feather must be a whole number"),
    ],
)
def test_a_wrong_number_is_refused_by_name(arguments, error, says):
    with pytest.raises(error, match=says):
        distort(IMAGE, "blur.gaussian", **arguments)


def test_an_unknown_name_offers_the_nearest_and_is_both_a_value_and_a_plugin_error():
    with pytest.raises(ValueError, match=r"no distortion is called 'blur.gausian'. Did you mean 'blur.gaussian'"):
        distort(IMAGE, "blur.gausian")
    with pytest.raises(PluginError):
        get("blur.gausian")
    with pytest.raises(TypeError, match="name must be"):
        get(7)
    with pytest.raises(UnknownDistortionError, match="Did you mean 'dq495k'"):
        pool("dq495")
    with pytest.raises(ValueError, match="functions is empty"):
        pool([])
    with pytest.raises(ValueError, match="no category is called 'blurr'"):
        category("blurr")


def test_boxes_and_lists_that_do_not_fit_are_refused_by_name():
    for box in ((0, 0, 57, 40), (5, 5, 5, 9), (-1, 0, 4, 4)):
        with pytest.raises(ValueError, match="box must lie inside the picture of 56 x 40"):
            render_box(IMAGE, box, [])
    with pytest.raises(ValueError, match="steps_of_each must have one entry for each of the 1 masks"):
        paste(IMAGE, [np.ones((40, 56), bool)], [])
    with pytest.raises(ValueError, match=r"masks\[0\] is empty"):
        paste(IMAGE, [np.zeros((40, 56), bool)], [[]])
    with pytest.raises(ValueError, match="parts is empty"):
        compose([])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_odd_pictures_and_arrays_work_and_are_not_written_to(name):
    wide = np.random.default_rng(1).integers(0, 256, (40, 112, 3), dtype=np.uint8)
    frozen = wide[:, ::2].copy()
    frozen.setflags(write=False)
    pictures = [frozen, wide[:, ::2], wide[::-1, ::-1], np.asfortranarray(wide), np.zeros((8, 8, 3), np.uint8), wide[:8, :9]]
    for image in pictures:
        before = image.copy()
        result = distort(image, name, 5, seed=1).image
        assert result.shape == image.shape
        assert result.dtype == np.uint8
        assert result.flags.writeable
        assert result.flags.c_contiguous
        assert not np.shares_memory(result, image)
        assert np.array_equal(image, before)
    assert np.array_equal(distort(frozen, name, 5, seed=1).image, distort(wide[:, ::2], name, 5, seed=1).image)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_grey_is_the_green_of_three_equal_channels_and_16_bits_are_8_scaled(name):
    grey = IMAGE[..., 0]
    rgb = np.repeat(grey[..., None], 3, axis=2)
    wanted = distort(rgb, name, 3, seed=2).image[..., 1]
    assert np.array_equal(distort(grey, name, 3, seed=2).image, wanted)
    assert np.array_equal(distort(grey[..., None], name, 3, seed=2).image[..., 0], wanted)
    deep = IMAGE.astype(np.uint16) * 257
    assert np.array_equal(distort(deep, name, 3, seed=2).image, distort(IMAGE, name, 3, seed=2).image.astype(np.uint16) * 257)


@pytest.mark.parametrize("shape", [(40, 56), (40, 56, 1), (40, 56, 3)])
def test_16_bits_outside_a_mask_keep_their_fine_values(shape):
    deep = np.random.default_rng(1).integers(0, 65536, shape, dtype=np.uint16)
    mask = np.zeros((40, 56), bool)
    mask[5:20, 8:30] = True
    result = distort(deep, "darken.shift_rgb", 2, mask=mask, feather=2).image
    assert np.array_equal(result[~mask], deep[~mask])
    assert (result[mask] < deep[mask]).mean() > 0.8


def test_a_chain_applies_its_parts_in_order_and_reports_both():
    chain = compose([("blur.lens", 2), ("noise.poisson", 3)])
    done = chain(IMAGE, seed=5)
    steps = chain.steps(5)
    assert np.array_equal(done.image, render_box(render_box(IMAGE, (0, 0, 56, 40), steps[:1]), (0, 0, 56, 40), steps[1:]))
    assert done.parameters == {"steps": [{"name": "blur.lens", "radius": 3}, {"name": "noise.poisson", "factor": 40}]}
    with pytest.raises(ValueError, match="level must be"):
        compose([("blur.lens", 9)])


def test_a_step_holds_all_that_its_pixels_need_even_when_the_table_changes():
    weak = get("blur.gaussian").with_levels(tuple({"sigma": value} for value in (0.5, 0.6, 0.7, 0.8, 0.9)))
    step = make_step(weak, 1, 3)
    assert step.parameters == '{"sigma":0.5}'
    assert (step.category, step.severity, step.function) == ("blur", "mild", "blur.gaussian")
    assert np.array_equal(render_box(IMAGE, (0, 0, 56, 40), [step]), distort(IMAGE, weak, 1).image)
    assert not np.array_equal(distort(IMAGE, weak, 1).image, distort(IMAGE, "blur.gaussian", 1).image)
    motion = make_step("blur.motion", 2, 3)
    assert '"angle":' in motion.parameters
    assert motion == make_step("blur.motion", 2, 3)


def test_a_recipe_may_override_levels_but_only_with_the_names_there_are():
    table = level_table("dq495k")
    table["blur.lens"] = tuple({"radius": radius} for radius in (1, 2, 3, 4, 5))
    changed = {entry.name: entry for entry in pool("dq495k", table)}
    assert [level["radius"] for level in changed["blur.lens"].levels] == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match=r"level 1 of 'blur.lens' must have \['radius'\], got \['size'\]"):
        pool(["blur.lens"], {"blur.lens": [{"size": 3}] * 5})
    with pytest.raises(ValueError, match="must be 5 mappings"):
        pool(["blur.lens"], {"blur.lens": [{"radius": 3}]})
    with pytest.raises(ValueError, match=r"levels names 'blur.zoom', which is not in functions"):
        pool(["blur.lens"], {"blur.zoom": [{"copies": 2}] * 5})


def test_the_level_table_as_toml_reads_back_as_it_is():
    tomllib = pytest.importorskip("tomllib")
    read = tomllib.loads(as_toml(pool("dq495k")))["plan"]["levels"]
    assert {name: tuple(levels) for name, levels in read.items()} == level_table("dq495k")


@pytest.mark.parametrize("name", list_distortions("dq495k") + list_distortions("kadid25"))
def test_every_distortion_has_its_words_and_numbers(name):
    entry = get(name)
    assert entry.name == name
    assert entry.category in {kind.key for kind in categories()}
    assert entry.sentence.endswith(".")
    assert "/" in entry.source
    assert len({tuple(level) for level in entry.levels}) == 1
    assert entry.levels[0] != entry.levels[4]
    assert set(entry.sound_levels) <= {1, 2, 3, 4, 5}
    assert entry.kept or entry.sound_levels == (1, 2, 3, 4, 5)
    assert describe(name).startswith(f"{name}: ")


def test_names_are_listed_without_importing_a_single_distortion():
    assert set(FUNCTIONS) <= set(list_distortions())
    assert list_distortions(category="pixelate")[-1] == "pixelate.box"


PLUGIN = """
    import numpy as np

    from distortions import Distortion, Parameters, Pixels, Window


    def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
        return np.bitwise_xor(pixels, np.uint8(parameters["bits"]))


    PLUGIN = Distortion(
        name="glitch.xor",
        category="noise",
        taxonomy="mine",
        levels=tuple({"bits": value} for value in (1, 3, 7, 15, 31)),
        sentence="Low bits are flipped.",
        source="our own / none",
        apply=_apply,
    )
"""


def _offer(folder, monkeypatch, name: str) -> None:
    """Puts a package with one entry point on the path and makes the library look again."""
    (folder / "glitch_pack.py").write_text(textwrap.dedent(PLUGIN))
    info = folder / "glitch_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: glitch-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[distortions.library]\n{name} = glitch_pack:PLUGIN\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(catalogue, "_library", Registry("distortion", "distortions.library", nested=True))
    catalogue._all.cache_clear()


@pytest.fixture
def forgetful():
    yield
    catalogue._all.cache_clear()
    sys.modules.pop("glitch_pack", None)


@pytest.mark.usefixtures("forgetful")
def test_another_packages_distortion_is_found_by_its_entry_point(tmp_path, monkeypatch):
    _offer(tmp_path, monkeypatch, "glitch.xor")
    assert "glitch.xor" in list_distortions()
    assert isinstance(get("glitch.xor"), Distortion)
    assert [entry.name for entry in pool("mine")] == ["glitch.xor"]
    assert np.array_equal(distort(IMAGE, "glitch.xor", 2).image, IMAGE ^ 3)


@pytest.mark.usefixtures("forgetful")
def test_an_entry_point_cannot_take_a_name_that_the_library_has(tmp_path, monkeypatch):
    _offer(tmp_path, monkeypatch, "blur.lens")
    with pytest.raises(PluginError, match=r"'blur.lens' is offered twice: by distortions.library.blur.lens and by glitch_pack"):
        get("blur.lens")


def test_the_ten_lines_of_the_guide_are_a_working_distortion():
    text = (Path(__file__).parents[2] / "docs/adding-a-distortion.md").read_text()
    names: dict[str, object] = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], names)
    plugin = names["PLUGIN"]
    mask = np.zeros((40, 56), bool)
    mask[10:30, 10:40] = True
    done = distort(IMAGE, plugin, 5, mask=mask).image
    assert np.array_equal(done[mask], IMAGE[mask] & 128)
    assert np.array_equal(done[~mask], IMAGE[~mask])


@pytest.mark.parametrize("name", [*FUNCTIONS, "kadid.gaussian_blur", "kadid.mean_shift", "kadid.motion_blur"])
def test_a_result_is_an_array_of_its_own_even_where_nothing_changes(name):
    image = np.full((24, 24, 3), 90, np.uint8)
    for level in range(1, 6):
        assert not np.shares_memory(distort(image, name, level).image, image)
        assert not np.shares_memory(render_box(image, (0, 0, 24, 24), [make_step(name, level, 1)]), image)
