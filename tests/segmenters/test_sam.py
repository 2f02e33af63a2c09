"""The segmenter ``sam``: checkpoints, options, devices, memory; loaded as a build loads it."""
# ruff: noqa: E402 - what is imported below needs packages that may be missing

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotate.cli import main
from annotate.segmenters import segmenters
from annotate.stages.segment import _described, described, segment
from schemas.errors import PluginError, RecipeError, UsageError
from schemas.keys import file_sha256
from schemas.recipe import RegionSettings
from schemas.values import Photo
from tests.photos import crop

torch = pytest.importorskip("torch", reason="torch is not installed")
if find_spec("segment_anything") is None:
    pytest.skip("segment-anything is not installed", allow_module_level=True)

from annotate.segmenters import _sam_session as session_module
from annotate.segmenters._sam_checkpoint import _architecture, architecture, assemble
from annotate.segmenters._sam_options import SamOptions
from annotate.segmenters._sam_package import segment_anything
from annotate.segmenters._sam_trial import TINY, save, trial_model
from tests.segmenters.trial import checkpoint

IMAGE = crop(2, 200)[:, :150]
PHOTO = Photo(sha256="0" * 64, name="x.png", path="x.png", width=150, height=200, fingerprint="0" * 16)


def opened(**options):
    return segmenters.get("sam").open({"checkpoint": str(checkpoint()), "points_per_side": 8, "device": "cpu", **options})


@pytest.fixture(scope="module")
def session():
    return opened()


def test_proposals_carry_masks_and_scores_and_are_the_same_every_time(session):
    proposals, again = session.propose(PHOTO, IMAGE), opened().propose(PHOTO, IMAGE)
    assert len(proposals) >= 3
    for one, other in zip(proposals, again, strict=True):
        assert one.mask.shape == (200, 150)
        assert one.mask.dtype == bool
        assert np.array_equal(one.mask, other.mask)
        assert one.score == other.score
        assert one.stability >= 0.92
        assert 0.86 < one.predicted_iou <= 1


def test_a_click_gives_the_mask_that_the_package_thinks_best(session):
    predictor = segment_anything().SamPredictor(trial_model())
    predictor.set_image(IMAGE)
    session.propose(PHOTO, IMAGE)
    for point in [(9, 12), (84, 112), (140, 187)]:
        masks, ious, _ = predictor.predict(np.array([point]), np.array([1]))
        assert (session.at_point(IMAGE, point) != masks[ious.argmax()]).sum() <= 2


def test_the_segment_stage_turns_its_proposals_into_regions():
    settings = RegionSettings(segmenter="sam", options={"checkpoint": str(checkpoint()), "points_per_side": 8, "device": "cpu"})
    image = crop(3, 192)
    photo = PHOTO.model_copy(update={"width": 192, "height": 192})
    regions = segment(photo, image, settings)
    assert 2 <= len(regions) <= settings.maximum
    scored = [region for region in regions if region.stability is not None]  # what is left over of the photo has no score
    assert scored
    assert all(0.92 <= region.stability <= 1 and 0.86 < region.predicted_iou <= 1 for region in scored)
    assert len({region.phrase for region in regions}) == len(regions)


def test_an_image_is_encoded_once_for_masks_and_clicks(session, monkeypatch):
    encoded = []
    encode = session._model.encode
    monkeypatch.setattr(session._model, "encode", lambda image: encoded.append(1) or encode(image))
    other = np.ascontiguousarray(IMAGE[:, ::-1])
    session.propose(PHOTO, other)
    session.at_point(other, (10, 10))
    session.at_point(other.copy(), (20, 20))
    assert len(encoded) == 1
    session.at_point(np.ascontiguousarray(other.reshape(150, 200, 3)), (20, 20))  # same bytes, another shape
    assert len(encoded) == 2


@pytest.mark.parametrize("image", [np.full((40, 60, 3), 77, np.uint8), np.zeros((16, 16, 3), np.uint8), crop(1, 24)[:3]])
def test_flat_and_tiny_photos_give_masks_or_none_but_no_error(session, image):
    assert all(one.mask.shape == image.shape[:2] for one in session.propose(PHOTO, image))
    assert session.at_point(image, (0, 0)).shape == image.shape[:2]


def test_identity_follows_what_decides_masks_and_nothing_else(tmp_path):
    known = opened().identity
    assert opened(points_per_batch=2, device="auto").identity == known
    moved = tmp_path / "elsewhere.pth"
    moved.write_bytes(checkpoint().read_bytes())
    assert opened(checkpoint=str(moved)).identity == known
    assert opened(points_per_side=9).identity != known
    assert opened(dtype="bfloat16").identity != known
    assert opened(checkpoint=str(save(tmp_path / "random.pth", seed=1))).identity != known


def test_rows_and_runs_tell_weights_apart_that_lie_at_the_same_place(tmp_path):
    place = tmp_path / "weights.pth"
    settings = RegionSettings(segmenter="sam", options={"checkpoint": str(place), "device": "cpu"})
    told = []
    for seed in (0, 1):
        save(place, seed=seed)
        _described.cache_clear()
        told.append(described(settings))
    assert told[0] != told[1]
    assert all(re.fullmatch(r"sam [0-9a-f]{16}", each) for each in told)


def test_an_unknown_option_is_answered_with_the_nearest():
    with pytest.raises(RecipeError, match="Did you mean 'points_per_side'"):
        opened(points_per_sid=4)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("points_per_side", 0),
        ("pred_iou_thresh", 1.5),
        ("dtype", "int4"),
        ("device", "tpu"),
        ("model_type", "vit_x"),
        ("crop_n_layers", "a"),
    ],
)
def test_values_out_of_range_are_named(option, value):
    with pytest.raises(RecipeError, match=option):
        opened(**{option: value})


def test_a_device_that_is_not_there_is_named():
    if torch.cuda.device_count() > 7:
        pytest.skip("this machine has eight GPUs")
    with pytest.raises(UsageError, match="cuda:7"):
        opened(device="cuda:7")


def test_without_a_checkpoint_the_message_says_how_to_get_one():
    with pytest.raises(UsageError, match="annotate segmenter fetch vit_b"):
        segmenters.get("sam").open({})


def test_a_published_name_that_was_not_fetched_says_how_to(monkeypatch, tmp_path):
    monkeypatch.setenv("ANNOTATE_CHECKPOINTS", str(tmp_path))
    with pytest.raises(UsageError, match="annotate segmenter fetch vit_l"):
        opened(checkpoint="vit_l")


def test_a_missing_file_is_named():
    with pytest.raises(UsageError, match=r"nowhere\.pth: no such file"):
        opened(checkpoint="nowhere.pth")


@pytest.mark.parametrize("length", [0, 10, 1000, -1000])
def test_a_truncated_checkpoint_is_named_with_its_sum(tmp_path, length):
    cut = tmp_path / "cut.pth"
    cut.write_bytes(checkpoint().read_bytes()[:length])
    with pytest.raises(UsageError, match=rf"cut\.pth .*sha256 {file_sha256(cut)}.* is truncated"):
        opened(checkpoint=str(cut))


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
@example(b"hello\n")
def test_a_file_of_any_other_bytes_is_no_checkpoint(content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "notes.pth"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"notes\.pth .*(no PyTorch checkpoint|no table of tensors)"):
            opened(checkpoint=str(path))


def test_a_file_with_a_published_name_must_be_the_published_file(tmp_path):
    fake = tmp_path / "sam_vit_b_01ec64.pth"
    fake.write_bytes(checkpoint().read_bytes())
    with pytest.raises(UsageError, match=rf"{file_sha256(fake)}, not ec2df627.* of 375,042,383 bytes"):
        opened(checkpoint=str(fake))


def test_a_checkpoint_of_another_type_than_stated_names_both():
    with pytest.raises(UsageError, match=r"holds ViT of width 48, 3 blocks, 160 px, but .* says vit_h"):
        opened(model_type="vit_h")


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"image_encoder.trunk.blocks.0.x": torch.zeros(1)}, "SAM 2"),
        ({"image_encoder.layers.0.x": torch.zeros(1)}, "MobileSAM"),
        ({"weight": torch.zeros(1)}, "is no segment-anything ViT checkpoint"),
        ({"weight": "text"}, "no table of tensors"),
        (torch.zeros(3), "no table of tensors"),
    ],
)
def test_a_checkpoint_of_another_family_is_recognised(tmp_path, tensors, said):
    path = tmp_path / "other.pth"
    torch.save(tensors, path)
    with pytest.raises(UsageError, match=said):
        opened(checkpoint=str(path))


def test_a_checkpoint_that_lacks_a_tensor_is_refused(tmp_path):
    tensors = torch.load(checkpoint())
    del tensors["mask_decoder.iou_token.weight"]
    torch.save(tensors, tmp_path / "less.pth")
    with pytest.raises(UsageError, match=r"does not fit it.*iou_token"):
        opened(checkpoint=str(tmp_path / "less.pth"))


def test_code_inside_a_checkpoint_is_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(UsageError, match="no PyTorch checkpoint"):
        opened(checkpoint=str(tmp_path / "evil.pth"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "width", "depth", "heads", "last"),
    [("vit_b", 768, 12, 12, 11), ("vit_l", 1024, 24, 16, 23), ("vit_h", 1280, 32, 16, 31)],
)
def test_the_published_architectures_are_recognised_by_their_shapes(name, width, depth, heads, last):
    with torch.device("meta"):  # shapes without memory
        published = segment_anything().sam_model_registry[name]()
    shapes = {key: tuple(tensor.shape) for key, tensor in published.state_dict().items()}
    found = _architecture(shapes)
    assert found.name == name
    assert (found.width, found.depth, found.heads, found.window, found.global_blocks[-1]) == (width, depth, heads, 14, last)
    with torch.device("meta"):
        ours = assemble(found)
    assert {key: tuple(tensor.shape) for key, tensor in ours.state_dict().items()} == shapes


def test_architecture_survives_a_round_trip():
    assert architecture(checkpoint(), assemble(TINY).state_dict()) == TINY


class Exhausted(session_module.SamSession):
    """A session on a device that holds ``room`` points at once."""

    def __init__(self, room, error):
        self.tried = []

        def decode(encoded, points, min_iou):
            self.tried.append(len(points))
            if len(points) > room:
                raise error
            return session._model.decode(encoded, points, min_iou)

        session = opened()
        model = SimpleNamespace(
            device=torch.device("cpu"), encode=session._model.encode, decode=decode,
            upscale=session._model.upscale, neighbourhoods=session._model.neighbourhoods,
        )  # fmt: skip
        super().__init__(model, SamOptions(points_per_side=8, points_per_batch=16), ("0", "tiny.pth"), "sam")


ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes"
    ),
    MemoryError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=["cuda", "cpu", "python"])
def test_too_little_memory_leads_to_smaller_batches_and_the_same_masks(session, error):
    small = Exhausted(3, error)
    proposals = small.propose(PHOTO, IMAGE)
    assert small.tried[:4] == [16, 8, 4, 2]
    assert set(small.tried[4:]) == {2}
    small.tried.clear()
    small.propose(PHOTO, IMAGE)
    assert set(small.tried) == {2}  # it remembers
    assert len(proposals) == len(session.propose(PHOTO, IMAGE))


def test_too_little_memory_for_one_point_is_a_clear_error():
    with pytest.raises(UsageError, match=r"tiny\.pth.*cpu has too little memory even for one point"):
        Exhausted(0, ERRORS[0]).propose(PHOTO, IMAGE)


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    with pytest.raises(RuntimeError, match="shape mismatch"):
        Exhausted(0, RuntimeError("shape mismatch")).propose(PHOTO, IMAGE)


def in_a_new_process(code, *paths):
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_torch_is_not_imported_before_a_session_opens():
    done = in_a_new_process("from annotate.segmenters import segmenters\nsegmenters.all()\nassert 'torch' not in sys.modules")
    assert done.returncode == 0, done.stderr


def test_a_torchvision_that_cannot_load_is_stood_in_for_and_leaves_no_trace(tmp_path):
    broken = tmp_path / "torchvision"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    code = """
from annotate.segmenters._sam_package import segment_anything
from annotate.segmenters._sam_trial import TINY, save, trial_model
from tests.segmenters.trial import checkpoint
print(segment_anything().SamPredictor)
assert not any(name.startswith("torchvision") for name in sys.modules)
"""
    done = in_a_new_process(code, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_torchvision_that_loads_is_used(tmp_path):
    for name in ("torchvision", "torchvision/ops", "torchvision/transforms"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "torchvision/ops/boxes.py").write_text("batched_nms = box_area = 'theirs'")
    (tmp_path / "torchvision/transforms/functional.py").write_text("resize = to_pil_image = 'theirs'")
    code = """
from annotate.segmenters._sam_package import segment_anything
from annotate.segmenters._sam_trial import TINY, save, trial_model
from tests.segmenters.trial import checkpoint
assert segment_anything().automatic_mask_generator.batched_nms == "theirs"
"""
    done = in_a_new_process(code, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["mobilesam", "sam2"])
def test_a_segmenter_whose_package_is_missing_says_which(name):
    if find_spec({"mobilesam": "mobile_sam", "sam2": "transformers"}[name]):
        pytest.skip("its package is installed")
    with pytest.raises(PluginError, match=r"needs a package that is not installed.*Install"):
        segmenters.get(name).open({"checkpoint": str(checkpoint())})


def test_the_command_line_writes_a_trial_checkpoint(tmp_path, capsys):
    main(["segmenter", "trial", str(tmp_path / "trial.pth")])
    assert str(tmp_path / "trial.pth") in capsys.readouterr().out
    assert opened(checkpoint=str(tmp_path / "trial.pth")).identity == opened().identity
    with pytest.raises(SystemExit) as stopped:
        main(["segmenter", "trial", str(tmp_path / "nowhere" / "trial.pth")])
    assert stopped.value.code == 7


def test_every_option_is_explained_on_its_page():
    page = (Path(__file__).parents[2] / "docs" / "sam.md").read_text(encoding="utf-8")
    assert [name for name in SamOptions.model_fields if f"| `{name}` |" not in page] == []
