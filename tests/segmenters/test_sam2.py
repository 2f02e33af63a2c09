"""The segmenter ``sam2`` on a small model with random weights, saved and loaded in the format of transformers."""
# ruff: noqa: E402 - what is imported below needs packages that may be missing

from importlib.util import find_spec

import numpy as np
import pytest

from annotate.segmenters import segmenters
from schemas.errors import UsageError
from tests.photos import crop

torch = pytest.importorskip("torch", reason="torch is not installed")
if find_spec("transformers") is None:
    pytest.skip("transformers is not installed", allow_module_level=True)
transformers = pytest.importorskip("transformers", minversion="4.57", reason="transformers is too old for SAM 2")

from annotate.segmenters._sam2_model import TransformersModel
from annotate.segmenters._sam_amg import MaskSettings, generate, grid
from annotate.segmenters._sam_boxes import suppress

SIDE = 128
IMAGE = crop(2, 120)[:, :90]


def tiny():
    torch.manual_seed(0)
    backbone = transformers.Sam2HieraDetConfig(
        hidden_size=16,
        image_size=[SIDE, SIDE],
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[16, 32, 64, 128],
        num_attention_heads_per_stage=[1, 1, 2, 2],
        window_size_per_stage=[4, 4, 4, 4],
        global_attention_blocks=[3],
    )
    vision = transformers.Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[128, 64, 32, 16],
        backbone_feature_sizes=[[32, 32], [16, 16], [8, 8]],
        fpn_hidden_size=64,
    )
    config = transformers.Sam2Config(
        vision_config=vision,
        prompt_encoder_config=transformers.Sam2PromptEncoderConfig(hidden_size=64, image_size=SIDE),
        mask_decoder_config=transformers.Sam2MaskDecoderConfig(hidden_size=64, mlp_dim=64, iou_head_hidden_dim=32),
    )
    model = transformers.Sam2Model(config).requires_grad_(requires_grad=False)
    for name, tensor in model.named_parameters():  # so that weights other than 0.02 are seen, and masks differ
        if tensor.dim() > 1:
            tensor.normal_(std=0.3 if "mask_decoder" in name else 0.1)
    return model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("sam2")
    tiny().save_pretrained(path)
    return path


def opened(folder, **options):
    chosen = {"checkpoint": str(folder), "points_per_side": 4, "pred_iou_thresh": 0.0, "stability_score_thresh": 0.0}
    return segmenters.get("sam2").open({**chosen, "device": "cpu", **options})


def test_masks_are_those_of_filtering_every_mask_at_full_size(folder):
    settings = MaskSettings(4, 0.018, 0.65, 1.0, 0.7, min_mask_region_area=0)
    model = TransformersModel(transformers.Sam2Model.from_pretrained(folder), "cpu", torch.float32)
    encoded = model.encode(IMAGE)
    ours = generate(model, IMAGE, encoded, settings, 4)

    pieces = [model.decode(encoded, points[None], 0.018) for points in grid(4) * np.array(IMAGE.shape[1::-1])]
    logits, ious = torch.cat([one.logits for one in pieces]), np.concatenate([one.ious for one in pieces])
    full = model.upscale(logits, encoded)
    stability = (full > 1).sum((1, 2)) / (full > -1).sum((1, 2))
    stable = np.flatnonzero(stability.numpy() >= 0.65)
    masks = (full > 0).numpy()[stable]
    assert 4 <= len(stable) < len(ious)
    boxes = [(x.min(), y.min(), x.max(), y.max()) for y, x in map(np.nonzero, masks)]
    kept = suppress(np.array(boxes, dtype=np.float32), ious[stable], 0.7)
    assert 2 <= len(kept) < len(stable)
    assert len(ours) == len(kept)
    for one, index in zip(ours, kept, strict=True):
        assert one.predicted_iou == pytest.approx(ious[stable][index], abs=1e-5)
        assert (one.mask != masks[index]).sum() <= 2


def test_a_point_gives_what_the_model_gives_for_an_image_and_a_point(folder):
    session, model = opened(folder), transformers.Sam2Model.from_pretrained(folder)
    pixels = torch.as_tensor(IMAGE).permute(2, 0, 1)[None].float()
    square = torch.nn.functional.interpolate(pixels, (SIDE, SIDE), mode="bilinear", antialias=True)
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    point = torch.tensor([[[[30 * SIDE / 90, 50 * SIDE / 120]]]])
    with torch.no_grad():
        output = model((square / 255 - mean) / deviation, input_points=point, multimask_output=True)
    best = output.pred_masks[0, 0, output.iou_scores[0, 0].argmax()]
    expected = torch.nn.functional.interpolate(best[None, None], IMAGE.shape[:2], mode="bilinear")[0, 0] > 0
    assert (session.at_point(IMAGE, (30, 50)) != expected.numpy()).sum() <= 2


def test_sessions_repeat_themselves_and_know_their_weights(folder, tmp_path):
    session = opened(folder)
    one, two = session.propose(None, IMAGE), opened(folder).propose(None, IMAGE)
    assert [proposal.mask.tobytes() for proposal in one] == [proposal.mask.tobytes() for proposal in two]
    assert session.identity == opened(folder, points_per_batch=3).identity
    assert session.identity != opened(folder, points_per_side=5).identity
    other = tiny()
    other.no_memory_embedding += 1
    other.save_pretrained(tmp_path)
    assert opened(tmp_path).identity != session.identity


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_runs(folder, dtype):
    assert opened(folder, dtype=dtype).at_point(IMAGE, (5, 5)).shape == IMAGE.shape[:2]


def test_folders_that_hold_no_such_model_are_refused(folder, tmp_path):
    with pytest.raises(UsageError, match="must be a folder"):
        opened("")
    with pytest.raises(UsageError, match="must be a folder"):
        opened(tmp_path)
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes()[:-50])
    with pytest.raises(UsageError, match="cannot be read by transformers"):
        opened(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(UsageError, match="type 'bert', not sam2"):
        opened(tmp_path)
