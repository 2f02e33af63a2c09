"""The segmenter ``mobilesam`` with a stand-in for its package, which is on no package index."""
# ruff: noqa: E402 - what is imported below needs packages that may be missing

import sys
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest

from annotate.segmenters import segmenters
from schemas.errors import PluginError, UsageError
from tests.photos import crop

torch = pytest.importorskip("torch", reason="torch is not installed")
if find_spec("segment_anything") is None:
    pytest.skip("segment-anything is not installed", allow_module_level=True)

from annotate.segmenters._sam_checkpoint import assemble
from annotate.segmenters._sam_trial import TINY
from tests.segmenters.trial import checkpoint

OPTIONS = {"checkpoint": str(checkpoint()), "points_per_side": 6, "device": "cpu"}


@pytest.fixture
def package(monkeypatch):
    """A module of the name that offers a model of the shape the package promises."""
    module = ModuleType("mobile_sam")
    module.sam_model_registry = {"vit_t": lambda: assemble(TINY)}
    monkeypatch.setitem(sys.modules, "mobile_sam", module)


@pytest.mark.usefixtures("package")
def test_it_shares_everything_after_the_encoder_with_sam():
    image = crop(1, 160)
    ours, sams = (segmenters.get(name).open(OPTIONS) for name in ("mobilesam", "sam"))
    for one, other in zip(ours.propose(None, image), sams.propose(None, image), strict=True):
        assert np.array_equal(one.mask, other.mask)
    assert np.array_equal(ours.at_point(image, (9, 9)), sams.at_point(image, (9, 9)))
    assert ours.identity != sams.identity


@pytest.mark.usefixtures("package")
def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    torch.save({"weight": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(UsageError, match="does not fit MobileSAM"):
        segmenters.get("mobilesam").open({**OPTIONS, "checkpoint": str(tmp_path / "other.pt")})


def test_a_missing_package_is_named():
    if find_spec("mobile_sam"):
        pytest.skip("mobile_sam is installed")
    with pytest.raises(PluginError, match="mobile_sam"):
        segmenters.get("mobilesam").open(OPTIONS)
