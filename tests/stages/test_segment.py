"""Stage segment: regions of real photos, kept masks, and photos that give none."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from annotate.cli import annotate as command
from annotate.regions.clicks import click_facts
from annotate.regions.mask_store import MaskStore, StoredSession
from annotate.regions.phrases import refer
from annotate.regions.positions import quarter_facts
from annotate.segmenters import Proposal
from annotate.stages.segment import examine, segment
from schemas.errors import RegionError, StorageError
from schemas.masks import bounding_box, decode
from schemas.recipe import RegionSettings
from schemas.values import Photo
from tests.photos import crop, save_photos

SETTINGS = RegionSettings()


def photo_of(image):
    return Photo(sha256="a" * 64, name="a.png", path="a.png", width=image.shape[1], height=image.shape[0], fingerprint="0" * 16)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_every_fact_of_a_region_follows_from_its_mask(number):
    image = crop(number, 256)
    regions = segment(photo_of(image), image, SETTINGS)
    assert SETTINGS.minimum <= len(regions) <= SETTINGS.maximum
    taken = np.zeros(image.shape[:2], dtype=int)
    for index, region in enumerate(regions):
        mask = decode(region.mask)
        taken += mask
        assert region.index == index
        assert region.bbox == bounding_box(mask)
        assert region.area == mask.sum()
        assert mask[region.click[1], region.click[0]]
        assert region.components == 1
        assert refer(region, regions).text == region.phrase
        assert refer(region, regions).selects(regions) == [region]
    assert taken.max() == 1
    assert len({region.phrase for region in regions}) == len(regions)


def test_the_same_photo_gives_the_same_regions_and_is_not_changed():
    image = crop(5, 256)
    before = image.copy()
    assert segment(photo_of(image), image, SETTINGS) == segment(photo_of(image), image, SETTINGS)
    assert np.array_equal(image, before)


@pytest.mark.parametrize("size", [(16, 16), (200, 200)])
def test_a_flat_photo_is_skipped_with_a_reason(size):
    image = np.full((*size, 3), 77, dtype=np.uint8)
    with pytest.raises(RegionError, match=r"regions\.minimum") as caught:
        segment(photo_of(image), image, SETTINGS)
    assert caught.value.code == "too_few_regions"


def test_masks_of_another_size_than_the_photo_are_a_reason_to_skip(tmp_path):
    Image.fromarray(np.eye(64, dtype=np.uint8)).save(tmp_path / "a.png")
    image = crop(0)[:, :100]
    settings = RegionSettings(segmenter="masks", options={"path": str(tmp_path)})
    with pytest.raises(RegionError) as caught:
        segment(photo_of(image), image, settings)
    assert caught.value.code == "mask_size"


def test_own_masks_become_regions_with_their_labels(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    for name, box in (("cat_1", (0, 0, 90, 90)), ("cat_2", (100, 100, 190, 190)), ("mat", (0, 100, 90, 190))):
        mask = np.zeros((192, 192), dtype=np.uint8)
        mask[box[1] : box[3], box[0] : box[2]] = 255
        Image.fromarray(mask).save(folder / f"{name}.png")
    settings = RegionSettings(segmenter="masks", options={"path": str(tmp_path)}, background=False)
    regions = segment(photo_of(crop(0)), crop(0), settings)
    assert {region.label for region in regions} == {"cat", "mat"}
    assert "the mat" in {region.phrase for region in regions}


class Clicker:
    """A segmenter whose click gives the left half, counting its calls."""

    identity = "clicker"
    calls = 0

    def propose(self, photo, image):
        self.calls += 1
        left = np.zeros(image.shape[:2], dtype=bool)
        left[:, : image.shape[1] // 2] = True
        return [Proposal(left, 0.9, "wall", 0.95, 0.88), Proposal(~left, 0.8)]

    def at_point(self, image, point):
        self.calls += 1
        return self.propose(None, image)[0].mask


def test_kept_masks_equal_computed_ones_and_are_not_computed_again(tmp_path):
    image, clicker = crop(0), Clicker()
    stored = StoredSession(clicker, "clicker", MaskStore(tmp_path / "deep" / "m.sqlite"))
    first, click = stored.propose(photo_of(image), image), stored.at_point(image, (5, 5))
    calls = clicker.calls
    again = stored.propose(photo_of(image), image)
    assert np.array_equal(stored.at_point(image, (5, 5)), click)
    assert clicker.calls == calls
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.mask, other.mask)
        assert (one.score, one.label, one.stability, one.predicted_iou) == (
            other.score, other.label, other.stability, other.predicted_iou,
        )  # fmt: skip
    stored.propose(photo_of(image), crop(1))
    assert clicker.calls > calls


def test_click_facts_are_the_ious_of_the_masks_that_clicks_give():
    image = crop(1)
    regions = segment(photo_of(image), image, SETTINGS)
    for region in click_facts(regions, image, Clicker()):
        mask = decode(region.mask)
        half = np.zeros_like(mask)
        half[:, : mask.shape[1] // 2] = True
        assert region.click_iou == pytest.approx((mask & half).sum() / (mask | half).sum(), abs=1e-6)
        assert region.words_iou == region.click_iou


def test_regions_that_their_own_click_does_not_find_are_refused_and_counted_where_the_recipe_asks_for_it(monkeypatch):
    class Stripes:
        """Proposes four stripes; a click gives the outer ones, and of the inner ones more than there is."""

        identity = "stripes"

        def propose(self, photo, image):
            column = np.indices(image.shape[:2])[1] * 4 // image.shape[1]
            return [Proposal(column == stripe, 0.9) for stripe in range(4)]

        def at_point(self, image, point):
            found = next(one.mask for one in self.propose(None, image) if one.mask[point[1], point[0]])
            return found if point[0] * 4 // image.shape[1] in (0, 3) else np.ones_like(found)

    monkeypatch.setattr("annotate.stages.segment.session", lambda settings: Stripes())
    image = crop(3)
    unasked = examine(photo_of(image), image, RegionSettings(min_contrast=0))
    assert unasked.refusals.get("unclickable", 0) == 0
    poor = sum(region.click_iou < 0.8 for region in unasked.regions)
    assert 0 < poor <= len(unasked.regions) - 2
    asked = examine(photo_of(image), image, RegionSettings(min_contrast=0, min_click_iou=0.8))
    assert asked.refusals["unclickable"] == poor
    assert [region.index for region in asked.regions] == list(range(len(unasked.regions) - poor))
    assert all(region.click_iou >= 0.8 for region in asked.regions)
    masks = [decode(region.mask) for region in asked.regions]
    facts = quarter_facts(masks, [(region.horizontal, region.vertical) for region in asked.regions])
    assert [region.quarter_nearest for region in asked.regions] == [fact.quarter_nearest for fact in facts]
    with pytest.raises(RegionError, match="2 unclickable"):
        examine(photo_of(image), image, RegionSettings(min_contrast=0, min_click_iou=0.8, minimum=3))


def test_a_damaged_entry_is_computed_anew_and_a_damaged_file_is_named(tmp_path):
    image, place = crop(0), tmp_path / "m.sqlite"
    stored = StoredSession(Clicker(), "clicker", MaskStore(place))
    expected = stored.propose(photo_of(image), image)
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE masks SET value = x'00'")
    connection.close()
    assert len(stored.propose(photo_of(image), image)) == len(expected)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all, " * 100)
    with pytest.raises(StorageError, match=r"broken\.sqlite"):
        MaskStore(broken).get("x")


def _fill(place, start):
    store = MaskStore(place)
    for number in range(start, start + 40):
        store.put(f"key {number}", "photo", "segmenter", {"number": number})
    store.close()


def test_several_processes_write_one_store_and_nothing_is_lost(tmp_path):
    place = tmp_path / "m.sqlite"
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(_fill, [place] * 4, [0, 20, 40, 60]))
    store = MaskStore(place)
    assert store.count() == 100
    assert all(store.get(f"key {number}") == {"number": number} for number in range(100))
    store.close()


def test_refusals_are_counted_by_reason():
    image = crop(2, 256)
    assert all(count > 0 for count in examine(photo_of(image), image, SETTINGS).refusals.values())


def test_the_verb_fills_a_store_names_skipped_photos_and_draws_regions(tmp_path):
    photos = save_photos(tmp_path / "photos", 2)
    Image.fromarray(np.full((160, 160, 3), 9, dtype=np.uint8)).save(photos / "flat.png")
    store, run = tmp_path / "m.sqlite", CliRunner()
    filled = run.invoke(command, ["segment", str(photos), "--store", str(store)], catch_exceptions=False)
    assert filled.exit_code == 0
    assert "3 photos" in filled.output
    assert "too_few_regions" in filled.output
    assert MaskStore(store).count() == 3
    out = tmp_path / "drawn.png"
    shown = run.invoke(command, ["segment", "show", str(photos / "000.png"), "--out", str(out)], catch_exceptions=False)
    assert shown.exit_code == 0
    assert "0  the " in shown.output
    with Image.open(out) as drawn:
        assert drawn.size[0] >= 192
    assert run.invoke(command, ["segment", str(photos)]).exit_code != 0


def test_plain_patches_are_found_and_named_as_a_person_would_name_them():
    image = np.full((320, 480, 3), 128, dtype=np.uint8)
    image[40:130, 60:200] = (200, 30, 40)
    image[180:290, 60:200] = (40, 60, 190)
    image[100:230, 300:430] = (40, 150, 60)
    phrases = {region.phrase for region in segment(photo_of(image), image, RegionSettings(max_area=0.9))}
    assert {"the red area", "the blue area in the lower left", "the green area on the right"} <= phrases  # grey may be bluish
    image[180:290, 60:200] = (200, 30, 40)
    phrases = {region.phrase for region in segment(photo_of(image), image, RegionSettings(max_area=0.9))}
    assert {"the red area in the upper left", "the red area in the lower left", "the green area on the right"} <= phrases
