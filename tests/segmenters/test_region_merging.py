"""The default segmenter: any photo in, the same connected segments every time."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.regions.shapes import count_components
from annotate.segmenters.felzenszwalb import PLUGIN as FELZENSZWALB
from annotate.segmenters.region_merging import PLUGIN, RegionMergingOptions, partition
from annotate.segmenters.region_merging.features import BORDER_FEATURES, border_features
from annotate.segmenters.region_merging.graph import build, merge
from annotate.segmenters.region_merging.planes import planes, working_size
from annotate.segmenters.region_merging.superpixels import superpixels
from annotate.segmenters.region_merging.tree import REGION_FEATURES
from annotate.segmenters.region_merging.weights import BORDER_WEIGHTS, REGION_WEIGHTS
from schemas.errors import RecipeError
from schemas.values import Photo
from tests.photos import crop

PHOTO = Photo(sha256="0" * 64, name="a.png", path="a.png", width=192, height=192, fingerprint="0" * 16)
OPTIONS = RegionMergingOptions(working_side=192)


def test_segments_of_a_photo_are_disjoint_and_the_same_every_time():
    image = crop(1)
    proposals = PLUGIN.open({"working_side": 192}).propose(PHOTO, image)
    again = PLUGIN.open({"working_side": 192}).propose(PHOTO, image)
    assert len(proposals) >= 2
    assert sum(proposal.mask.astype(int) for proposal in proposals).max() == 1
    assert [p.mask.tobytes() for p in proposals] == [p.mask.tobytes() for p in again]
    assert all(0 < proposal.score < 1 for proposal in proposals)


def test_segments_do_not_depend_on_the_number_of_threads():
    code = (
        "import cv2, hashlib; cv2.setNumThreads({n})\n"
        "from annotate.segmenters.region_merging import RegionMergingOptions, partition\n"
        "from tests.photos import crop\n"
        "print(hashlib.sha256(partition(crop(2), RegionMergingOptions())[0].tobytes()).hexdigest())"
    )
    found = {subprocess.run([sys.executable, "-c", code.format(n=n)], capture_output=True, check=True).stdout for n in (1, 4)}
    assert len(found) == 1


def test_flat_halves_are_found_to_the_pixel_at_full_size():
    image = np.full((300, 500, 3), (40, 60, 160), dtype=np.uint8)
    image[:, 217:] = (220, 200, 60)
    labels, _ = partition(image, RegionMergingOptions(least_regions=1))
    assert len(np.unique(labels)) == 2
    assert (labels[:, :216] == labels[0, 0]).all()
    assert (labels[:, 218:] == labels[0, -1]).all()


@pytest.mark.parametrize("size", [(16, 16), (3, 3), (1, 1), (1, 400), (700, 20), (333, 517)])
def test_photos_of_any_size_give_a_label_for_every_pixel(size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    labels, promises = partition(image, OPTIONS)
    assert labels.shape == size
    assert labels.min() >= 0
    assert labels.max() < len(promises)


def test_a_flat_photo_is_one_segment():
    labels, _ = partition(np.full((120, 160, 3), 90, dtype=np.uint8), OPTIONS)
    assert len(np.unique(labels)) >= 1
    assert labels.shape == (120, 160)


def test_a_large_photo_gives_the_segments_of_its_small_copy():
    small = crop(0)
    large = cv2.resize(small, (2304, 2304), interpolation=cv2.INTER_CUBIC)
    labels, _ = partition(large, OPTIONS)
    at_centre = labels[6::12, 6::12]
    reference, _ = partition(small, OPTIONS)
    both = np.stack([at_centre.ravel(), reference.ravel()])
    _, pairs = np.unique(both, axis=1, return_counts=True)
    assert pairs[pairs > pairs.sum() * 0.01].sum() > 0.9 * pairs.sum()


@settings(max_examples=10)
@given(st.integers(0, 40))
def test_superpixels_are_connected_and_merging_keeps_every_sum(number):
    image = crop(number, 96)
    height, width = working_size(96, 96, 96)
    measured = planes(cv2.resize(image, (width, height)))
    pixels = superpixels(measured)
    assert all(count_components(pixels == label) == 1 for label in range(pixels.max() + 1))
    graph = build(measured, pixels)
    assert graph.regions[:, 0].sum() == height * width / 4
    joined = np.arange(graph.count)
    joined[graph.second[0]] = graph.first[0]
    renumbered = np.unique(joined, return_inverse=True)[1]
    merged = merge(graph, renumbered)
    direct = build(measured, renumbered.astype(np.int32)[pixels])
    assert np.allclose(merged.regions, direct.regions)
    assert np.array_equal(merged.first, direct.first)
    assert np.array_equal(merged.second, direct.second)
    assert np.allclose(merged.borders, direct.borders)
    assert np.isfinite(border_features(merged)).all()


def test_there_is_a_weight_for_each_feature_in_its_order():
    assert tuple(BORDER_WEIGHTS) == BORDER_FEATURES
    assert tuple(REGION_WEIGHTS) == REGION_FEATURES


@pytest.mark.parametrize("plugin", [PLUGIN, FELZENSZWALB])
def test_an_unknown_option_is_refused_with_the_nearest_name(plugin):
    with pytest.raises(RecipeError, match="working_side"):
        plugin.open({"working_sid": 300})
    with pytest.raises(RecipeError, match="working_side"):
        plugin.open({"working_side": 1})


def test_other_options_have_another_identity():
    assert PLUGIN.open({}).identity == PLUGIN.open({"working_side": 480}).identity
    assert PLUGIN.open({}).identity != PLUGIN.open({"working_side": 320}).identity
    assert PLUGIN.open({}).at_point(crop(0), (3, 3)) is None


def test_felzenszwalb_proposes_disjoint_masks_of_the_photo_s_size():
    proposals = FELZENSZWALB.open({}).propose(PHOTO, crop(3))
    assert sum(proposal.mask.astype(int) for proposal in proposals).max() == 1
    assert {proposal.mask.shape for proposal in proposals} == {(192, 192)}
