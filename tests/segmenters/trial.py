"""Small models of segment-anything for tests: the trial checkpoint in a file, and plain random weights."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import torch

from annotate.segmenters._sam_checkpoint import assemble
from annotate.segmenters._sam_trial import TINY, save


@cache
def checkpoint() -> Path:
    """The trial checkpoint's file, gone when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="trial-checkpoint-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return save(folder / "trial.pth")


def random_model(seed: int = 0):
    """The same architecture with seeded random weights everywhere."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sam = assemble(TINY).eval().requires_grad_(requires_grad=False)
        for name, tensor in sam.named_parameters():
            if "rel_pos" in name or "pos_embed" in name:  # the package starts them at 0, which would hide them
                tensor.normal_(std=0.1)
    return sam
