"""Distortions made from other packages: by name, at five levels, without touching anything global."""

from __future__ import annotations

import importlib.util
import os
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

import numpy as np
import pytest

from distortions import distort, get, list_distortions, pool
from distortions.categories import CATEGORIES
from distortions.families import families, imagecorruptions
from schemas.errors import PluginError

INSTALLED = importlib.util.find_spec("imagecorruptions") is not None
needs_package = pytest.mark.skipif(not INSTALLED, reason="pip install --no-deps imagecorruptions")

PACKAGE = """
import numpy as np
import skimage as sk
from skimage.filters import gaussian
from scipy.ndimage.interpolation import map_coordinates
from pkg_resources import resource_filename

def gaussian_noise(x, severity=1):
    x = np.array(x).astype(np.float_)
    print("never seen")
    return x + np.random.normal(size=x.shape, scale=10 * severity)

def gaussian_blur(x, severity=1):
    return gaussian(np.array(x) / 255., sigma=severity, multichannel=True) * 255

def impulse_noise(x, severity=1):
    return sk.util.random_noise(np.array(x) / 255., mode='s&p', amount=.1) * 255

def frost(x, severity=1):
    with open(resource_filename(__name__, './frost/one.txt')) as file:
        return np.full(np.array(x).shape, float(file.read()))

def spatter(x, severity=1):
    return np.array(x) / np.zeros(1) * 0
"""


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A package of the same name that uses everything that is gone from today's libraries."""
    folder = tmp_path / "imagecorruptions"
    (folder / "frost").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise ImportError('the package itself is never imported')")
    (folder / "corruptions.py").write_text(PACKAGE)
    (folder / "frost" / "one.txt").write_text("17")
    monkeypatch.syspath_prepend(tmp_path)
    imagecorruptions._loaded.cache_clear()
    yield
    imagecorruptions._loaded.cache_clear()


def test_names_need_no_package_at_all():
    assert len(families.get("imagecorruptions").names()) == 19
    assert "albumentations.iso_noise" in list_distortions()
    assert "imagecorruptions.fog" in list_distortions()


@pytest.mark.skipif(INSTALLED, reason="the package is installed")
def test_a_missing_package_is_named_with_the_command_that_brings_it():
    with pytest.raises(PluginError, match="pip install --no-deps imagecorruptions"):
        get("imagecorruptions.fog")


@pytest.mark.usefixtures("stand_in")
def test_functions_gone_from_todays_libraries_are_replaced_and_nothing_is_printed(image, capsys):
    assert distort(image, "imagecorruptions.gaussian_noise", 2, seed=1).image.shape == image.shape
    assert distort(image, "imagecorruptions.gaussian_blur", 2).image.std() < image.std()
    assert (distort(image, "imagecorruptions.frost", 1).image == 17).all()
    assert capsys.readouterr().out == ""
    assert "pkg_resources" not in sys.modules or INSTALLED


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize("name", ["gaussian_noise", "impulse_noise"])
def test_a_private_stream_is_drawn_from_and_the_global_one_stays_as_it_was(image, name):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the stream that must not move
    one, same, other = (distort(image, f"imagecorruptions.{name}", 3, seed=seed).image for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.usefixtures("stand_in")
def test_threads_do_not_share_a_stream(image):
    def noisy(seed):
        return distort(image, "imagecorruptions.gaussian_noise", 3, seed=seed).image

    alone = [noisy(seed) for seed in range(12)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(noisy, range(12)))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


@pytest.mark.usefixtures("stand_in")
def test_values_that_are_no_numbers_leave_the_picture_as_it_is(image):
    assert np.array_equal(distort(image, "imagecorruptions.spatter", 1).image, image)


@pytest.mark.usefixtures("stand_in")
def test_pictures_below_32_pixels_are_refused_in_words(image):
    with pytest.raises(ValueError, match="sides of at least 32 pixels"):
        distort(image[:20], "imagecorruptions.gaussian_blur", 1)


@needs_package
def test_all_19_corruptions_run_at_all_severities_without_global_state(image):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    for entry in pool("imagecorruptions"):
        for level in range(1, 6):
            one, same = (distort(image, entry, level, seed=3).image for _ in range(2))
            assert np.array_equal(one, same), entry.name
            assert not np.array_equal(one, image), entry.name
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_every_albumentations_transform_is_seeded_and_leaves_no_trace(image):
    before, python = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    variable = os.environ.get("NO_ALBUMENTATIONS_UPDATE")
    for entry in pool("albumentations"):
        one, same, other = (distort(image, entry, 4, seed=seed).image for seed in (3, 3, 4))
        assert np.array_equal(one, same), entry.name
        assert np.array_equal(one, other) != entry.random, entry.name
        assert one.shape == image.shape
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    assert python == random.getstate()
    assert variable == os.environ.get("NO_ALBUMENTATIONS_UPDATE")


def test_every_member_of_a_family_has_a_known_category():
    known = {entry.category for entry in pool("albumentations")}
    known |= {category for category, _, _ in imagecorruptions._CORRUPTIONS.values()}
    assert known <= set(CATEGORIES)


def test_saturate_changes_sign_and_so_has_no_sound_level(stand_in):
    assert get("imagecorruptions.saturate").sound_levels == ()


def _needed(name: str, seen: set[str]) -> set[str]:
    """Distributions that installing ``name`` brings, extras left out."""
    if name in seen:
        return seen
    seen.add(name)
    try:
        wanted = requires(name) or []
    except PackageNotFoundError:
        return seen
    for line in wanted:
        if "extra ==" not in line:
            _needed(re.split(r"[\s<>=!~;\[(]", line, maxsplit=1)[0].lower(), seen)
    return seen


def test_exactly_one_package_of_those_this_project_needs_writes_cv2():
    names = {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}
    assert _needed("annotate-quality", set()) & names == {"opencv-python-headless"}


def test_cv2_comes_from_one_installed_package():
    assert sorted(set(packages_distributions()["cv2"])) == ["opencv-python-headless"]
