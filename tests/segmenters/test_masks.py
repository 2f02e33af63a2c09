"""People's own masks: every format gives the same masks, every fault is named."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from PIL import Image

from annotate.segmenters.masks import PLUGIN, _segmentation
from schemas.errors import RecipeError, RegionError, UsageError
from schemas.masks import encode
from schemas.values import Photo

PHOTO = Photo(sha256="0" * 64, name="street.jpg", path="street.jpg", width=60, height=40, fingerprint="0" * 16)
PIXELS = np.zeros((40, 60, 3), dtype=np.uint8)


@pytest.fixture
def mask():
    drawn = np.zeros((40, 60), dtype=bool)
    drawn[5:20, 10:40] = True
    return drawn


def coco(tmp_path, segmentation, **entry):
    content = {
        "images": [{"id": 7, "file_name": "street.jpg", "width": 60, "height": 40, **entry}],
        "categories": [{"id": 3, "name": "bus"}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "segmentation": segmentation, "score": 0.8}],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(content))
    return PLUGIN.open({"path": str(path)})


def runs(mask):
    flat = np.concatenate([[False], mask.T.ravel()])
    edges = np.flatnonzero(np.diff(flat.astype(int))) if flat.any() else np.array([], dtype=int)
    return np.diff(np.concatenate([[0], edges, [mask.size]])).tolist()


def test_polygon_runs_and_compressed_runs_give_the_same_mask_with_label_and_score(tmp_path, mask):
    forms = ([[10, 5, 40, 5, 40, 20, 10, 20]], {"size": [40, 60], "counts": runs(mask)}, encode(mask).model_dump())
    for form in forms:
        (proposal,) = coco(tmp_path, form).propose(PHOTO, PIXELS)
        assert np.array_equal(proposal.mask, mask)
        assert (proposal.label, proposal.score) == ("bus", 0.8)


@settings(max_examples=40)
@given(arrays(bool, (7, 5)))
def test_any_mask_survives_uncompressed_runs(drawn):
    assert np.array_equal(_segmentation({"size": [7, 5], "counts": runs(drawn)}, (7, 5), ""), drawn)


def test_label_maps_and_folders_give_one_mask_for_each_region(tmp_path, mask):
    numbers = mask.astype(np.uint8) * 9
    numbers[30:, :] = 2
    maps, folders = tmp_path / "maps", tmp_path / "folders"
    maps.mkdir()
    (folders / "street").mkdir(parents=True)
    Image.fromarray(numbers).save(maps / "street.png")
    Image.fromarray((mask * 255).astype(np.uint8)).save(folders / "street" / "red_bus_01.png")
    low, high = PLUGIN.open({"path": str(maps)}).propose(PHOTO, PIXELS)
    assert np.array_equal(high.mask, mask)
    assert low.mask[30:].all()
    (only,) = PLUGIN.open({"path": str(folders)}).propose(PHOTO, PIXELS)
    assert np.array_equal(only.mask, mask)
    assert only.label == "red bus"


def test_masks_drawn_on_the_full_photo_are_shrunk_with_it(tmp_path, mask):
    big = np.kron(mask, np.ones((3, 3), dtype=np.uint8)) * 255
    Image.fromarray(big.astype(np.uint8)).save(tmp_path / "street.png")
    (proposal,) = PLUGIN.open({"path": str(tmp_path)}).propose(PHOTO, PIXELS)
    assert np.array_equal(proposal.mask, mask)


@pytest.mark.parametrize(
    ("segmentation", "entry", "code"),
    [
        ({"size": [40, 60], "counts": "not an rle"}, {}, "corrupt_mask"),
        ({"size": [40, 60], "counts": [1, 2, 3]}, {}, "corrupt_mask"),
        ({"counts": [1]}, {}, "corrupt_mask"),
        (None, {}, "corrupt_mask"),
        ([[1, 2, 3]], {}, "corrupt_mask"),
        ({"size": [60, 60], "counts": [0, 3600]}, {}, "mask_size"),
        ([[1, 1, 9, 1, 9, 9]], {"file_name": "other.jpg"}, "no_masks"),
    ],
)
def test_a_bad_annotation_is_a_reason_to_skip_the_photo(tmp_path, segmentation, entry, code):
    with pytest.raises(RegionError) as caught:
        coco(tmp_path, segmentation, **entry).propose(PHOTO, PIXELS)
    assert caught.value.code == code
    assert "street.jpg" in str(caught.value)


def test_unreadable_and_missing_masks_are_named(tmp_path):
    (tmp_path / "street.png").write_bytes(b"no png")
    with pytest.raises(RegionError, match=r"street\.png"):
        PLUGIN.open({"path": str(tmp_path)}).propose(PHOTO, PIXELS)
    with pytest.raises(RegionError, match="holds neither"):
        PLUGIN.open({"path": str(tmp_path)}).propose(PHOTO.model_copy(update={"name": "b.jpg"}), PIXELS)


def test_paths_that_hold_no_masks_are_refused_before_any_work(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "broken.json").write_text("{")
    for name, message in (("nowhere", "no such"), ("empty", "no PNG"), ("list.json", "images"), ("broken.json", "COCO")):
        with pytest.raises(UsageError, match=message):
            PLUGIN.open({"path": str(tmp_path / name)})
    with pytest.raises(RecipeError):
        PLUGIN.open({})
