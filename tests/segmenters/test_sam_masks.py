"""Automatic mask generation gives the masks of the package's own generator on the same weights."""
# ruff: noqa: E402 - what is imported below needs packages that may be missing

from dataclasses import asdict, replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch is not installed")
if find_spec("segment_anything") is None:
    pytest.skip("segment-anything is not installed", allow_module_level=True)

from annotate.segmenters._sam_amg import MaskSettings, _crops, generate, grid, without_small_regions
from annotate.segmenters._sam_bounds import neighbourhoods
from annotate.segmenters._sam_boxes import overlaps, suppress
from annotate.segmenters._sam_decoder import SharedDecoder
from annotate.segmenters._sam_encoder import attend_in_pieces
from annotate.segmenters._sam_model import Decoded, PackageModel
from annotate.segmenters._sam_package import segment_anything
from annotate.segmenters._sam_trial import trial_model
from schemas.masks import iou
from tests.photos import crop
from tests.segmenters.trial import random_model

package = segment_anything()
amg = package.utils.amg

ANY = MaskSettings(
    points_per_side=8, pred_iou_thresh=0.0, stability_score_thresh=0.0, box_nms_thresh=0.98, min_mask_region_area=0
)
PAPER = MaskSettings(points_per_side=16)
CROPS = replace(ANY, points_per_side=6, crop_n_layers=1, crop_n_points_downscale_factor=2)


class PackageDecoding(PackageModel):
    """Decodes with the package's module and batch, so that logits are the package's bit for bit."""

    def __init__(self, sam):
        super().__init__(sam, "cpu", torch.float32)
        self.sam = sam

    def encode(self, image):
        encoded = super().encode(image)
        predictor = package.SamPredictor(self.sam)
        predictor.set_image(image)
        return replace(encoded, features=(encoded.features, predictor))

    def decode(self, encoded, points, min_iou):
        predictor = encoded.features[1]
        placed = torch.as_tensor(predictor.transform.apply_coords(points, predictor.original_size))[:, None]
        labels = torch.ones(placed.shape[:2], dtype=torch.int)
        _, ious, logits = predictor.predict_torch(placed, labels, return_logits=True)
        keep = ious > min_iou
        return Decoded(logits[keep], ious[keep].numpy(), keep.nonzero()[:, 0].numpy())

    def neighbourhoods(self, encoded):
        return super().neighbourhoods(replace(encoded, features=encoded.features[0]))


@pytest.fixture(scope="module", params=["trial", "random"])
def sam(request):
    return trial_model() if request.param == "trial" else random_model()


@pytest.fixture(scope="module")
def image():
    return crop(2, 200)[:, :150]


def packages_masks(sam, image, settings):
    return package.SamAutomaticMaskGenerator(sam, **asdict(settings)).generate(image)


def our_masks(model, image, settings, batch=4):
    return generate(model, image, model.encode(image), settings, batch)


@pytest.mark.parametrize(
    "settings", [ANY, PAPER, CROPS, replace(ANY, min_mask_region_area=100)], ids=["any", "paper", "crops", "clean"]
)
def test_rules_are_the_packages_bit_for_bit_on_equal_logits(sam, image, settings):
    theirs = packages_masks(sam, image, settings)
    ours = our_masks(PackageDecoding(sam), image, settings, batch=64)
    assert len(ours) == len(theirs)
    for mine, reference in zip(ours, theirs, strict=True):
        assert np.array_equal(mine.mask, reference["segmentation"])
        assert mine.predicted_iou == pytest.approx(reference["predicted_iou"], abs=0)
        assert mine.stability == pytest.approx(reference["stability_score"], abs=1e-7, nan_ok=True)
        x0, y0, x1, y1 = mine.box
        assert [x0, y0, x1 - x0, y1 - y0] == reference["bbox"]
        assert list(mine.point) == reference["point_coords"][0]
        x0, y0, x1, y1 = mine.crop
        assert [x0, y0, x1 - x0, y1 - y0] == reference["crop_box"]


@pytest.mark.parametrize("settings", [ANY, PAPER, CROPS], ids=["any", "paper", "crops"])
def test_shared_decoder_gives_the_packages_masks(sam, image, settings):
    theirs = packages_masks(sam, image, settings)
    ours = our_masks(PackageModel(sam, "cpu", torch.float32), image, settings)
    assert len(ours) == len(theirs)
    ours.sort(key=lambda one: (one.point, one.crop, round(one.predicted_iou, 4)))
    theirs.sort(key=lambda one: (tuple(one["point_coords"][0]), corners(one["crop_box"]), round(one["predicted_iou"], 4)))
    for mine, reference in zip(ours, theirs, strict=True):
        assert mine.point == tuple(reference["point_coords"][0])
        # a pixel may lie so near to the threshold that the order of a float32 sum decides it
        assert (mine.mask != reference["segmentation"]).sum() <= 2


def corners(box):
    x, y, width, height = (int(value) for value in box)
    return x, y, x + width, y + height


def test_the_trial_weights_leave_many_masks_at_the_papers_settings(image):
    found = our_masks(PackageModel(trial_model(), "cpu", torch.float32), image, PAPER)
    assert len(found) >= 10  # otherwise the comparisons above would compare nothing
    assert all(one.predicted_iou > 0.86 and one.stability >= 0.92 for one in found)


def test_masks_that_are_surely_dropped_are_never_upscaled():
    class Counting(PackageModel):
        upscaled = 0

        def upscale(self, logits, encoded):
            self.upscaled += len(logits)
            return super().upscale(logits, encoded)

    model = Counting(trial_model(), "cpu", torch.float32)
    image = crop(0, 256)
    found = our_masks(model, image, PAPER)
    passing = len(model.decode(model.encode(image), grid(16) * 256, 0.86).ious)
    assert len(found) <= model.upscaled < 0.9 * passing


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_batch_size_does_not_choose_masks(sam, image, batch):
    model = PackageModel(sam, "cpu", torch.float32)
    reference, other = (our_masks(model, image, PAPER, size) for size in (4, batch))
    assert len(reference) == len(other)
    for one, two in zip(reference, other, strict=True):
        assert iou(one.mask, two.mask) > 0.999


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_encoder_in_pieces_matches_the_package(dtype):
    one, other = (random_model().image_encoder.to(dtype) for _ in range(2))
    attend_in_pieces(other)
    pixels = torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(3)).to(dtype)
    difference = (one(pixels).float() - other(pixels).float()).abs().max()
    assert difference <= (1e-5 if dtype is torch.float32 else 0.05)


def test_decoder_matches_the_package_to_rounding(sam):
    embedding = torch.randn(1, 64, 10, 10, generator=torch.Generator().manual_seed(1))
    points = torch.rand(5, 1, 2, generator=torch.Generator().manual_seed(2)) * 160
    prompts, dense = sam.prompt_encoder(points=(points, torch.ones(5, 1, dtype=torch.int)), boxes=None, masks=None)
    positions = sam.prompt_encoder.get_dense_pe()
    logits, ious = sam.mask_decoder(embedding, positions, prompts, dense, multimask_output=True)
    ours = SharedDecoder(sam.mask_decoder, positions, torch.float32)
    decoded = ours.decode(ours.share(embedding, sam.prompt_encoder.no_mask_embed.weight[0]), prompts)
    keep = torch.zeros_like(ious, dtype=torch.bool)
    keep[[0, 2, 2], [1, 0, 2]] = True
    assert torch.allclose(decoded.ious, ious, atol=1e-5)
    assert torch.allclose(ours.masks(decoded, keep, (10, 10)), logits[keep], atol=1e-4 * float(logits.abs().max()))
    assert ours.masks(decoded, keep & False, (10, 10)).shape == (0, 40, 40)


def test_half_precision_keeps_nearly_all_of_every_mask(image):
    height, width = image.shape[:2]
    points = np.array([(x, y) for y in range(10, height, 30) for x in range(10, width, 30)], dtype=np.float64)
    models = [PackageModel(trial_model(), "cpu", dtype) for dtype in (torch.float32, torch.bfloat16)]
    full, half = ((model.decode(model.encode(image), points, -np.inf).logits > 0).numpy() for model in models)
    agreement = [iou(one, other) for one, other in zip(full, half, strict=True) if one.any()]
    assert len(agreement) > len(full) / 2
    assert np.mean(agreement) > 0.9


@pytest.mark.parametrize("place", [(20, 30), (100, 150), (75, 100), (140, 20)])
def test_a_click_on_the_trial_weights_gives_a_blob_around_it(place):
    image = np.ascontiguousarray(crop(2, 200)[:, :150])
    model = PackageModel(trial_model(), "cpu", torch.float32)
    encoded = model.encode(image)
    decoded = model.decode(encoded, np.array([place], dtype=np.float64), -np.inf)
    masks = (model.upscale(decoded.logits, encoded) > 0).numpy()
    assert sum(mask[place[1], place[0]] for mask in masks) >= 2
    assert all(0.01 < mask.mean() < 0.6 for mask in masks)


def test_a_click_gives_the_packages_best_mask(sam, image):
    predictor = package.SamPredictor(sam)
    predictor.set_image(image)
    model = PackageModel(sam, "cpu", torch.float32)
    encoded = model.encode(image)
    for point in [(3, 5), (75, 100), (149, 199)]:
        masks, ious, _ = predictor.predict(np.array([point]), np.array([1]), multimask_output=True)
        decoded = model.decode(encoded, np.array([point], dtype=float), -np.inf)
        assert decoded.ious == pytest.approx(ious, abs=1e-5)
        assert ((model.upscale(decoded.logits, encoded).numpy() > 0) != masks).sum() <= 2


@given(
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    seed=st.integers(0, 2**32 - 1),
    smooth=st.sampled_from([0, 1, 3]),
    shift=st.floats(-2, 2),
)
def test_bounds_hold_whatever_the_logits_and_sizes(size, seed, smooth, shift):
    low, side = 12, 48
    inner = tuple(max(1, round(length * side / max(size))) for length in size)
    logits = torch.randn(3, low, low, generator=torch.Generator().manual_seed(seed)) * 3 + shift
    for _ in range(smooth):
        logits = torch.nn.functional.avg_pool2d(logits, 3, stride=1, padding=1)
    bounds = neighbourhoods(low, side, inner, size, "cpu").bounds(logits, 1.0)
    resize = torch.nn.functional.interpolate
    square = resize(logits[None], (side, side), mode="bilinear", align_corners=False)[..., : inner[0], : inner[1]]
    full = resize(square, size, mode="bilinear", align_corners=False)[0]
    stability = amg.calculate_stability_score(full, 0.0, 1.0).numpy()
    boxes = amg.batched_mask_to_box(full > 0).numpy()
    for index in range(3):
        assert np.isnan(stability[index]) or bounds.stability[index] >= stability[index] - 1e-6
        if (full[index] > 0).any():
            outside, inside = bounds.outer[index], bounds.inner[index]
            assert (outside[:2] <= boxes[index, :2]).all()
            assert (outside[2:] >= boxes[index, 2:]).all()
            assert not inside.any() or ((inside[:2] >= boxes[index, :2]).all() and (inside[2:] <= boxes[index, 2:]).all())
        else:
            assert not bounds.inner[index].any()


boxes_of = st.lists(st.tuples(*[st.integers(0, 30)] * 4, st.sampled_from([0.2, 0.5, 0.5, 0.9])), max_size=12)


@given(boxes_of, st.sampled_from([0.0, 0.3, 0.7, 1.0]))
def test_suppression_keeps_no_pair_that_overlaps_too_much_and_drops_none_without_cause(rows, threshold):
    boxes = np.array([(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d, _ in rows], dtype=np.float32).reshape(-1, 4)
    scores = np.array([row[4] for row in rows])
    kept = list(suppress(boxes, scores, threshold))
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    for index in range(len(boxes)):
        better = [other for other in kept if (scores[other], -other) > (scores[index], -index)]
        covered = bool(better) and bool((overlaps(boxes[better], boxes[index]) > threshold).any())
        assert covered == (index not in kept)


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95), st.integers(1, 40))
def test_small_regions_are_cleaned_as_in_the_package(seed, share, least):
    mask = np.random.default_rng(seed).random((24, 17)) < share
    for holes, mode in ((True, "holes"), (False, "islands")):
        ours, changed = without_small_regions(mask, least, holes=holes)
        theirs, they_changed = amg.remove_small_regions(mask, least, mode)
        assert changed == they_changed
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("size", [(100, 100), (333, 512), (600, 401)])
def test_grids_and_crops_are_the_packages(size):
    settings = replace(CROPS, crop_n_layers=2)
    theirs, layers = amg.generate_crop_boxes(size, 2, settings.crop_overlap_ratio)
    assert [(layer, list(box)) for layer, box in _crops(size, settings)] == list(zip(layers, theirs, strict=True))
    assert np.allclose(grid(7), amg.build_point_grid(7))
