"""JPEG 2000 compression to a given peak signal-to-noise ratio of the whole picture."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    code = BytesIO()
    Image.fromarray(pixels).save(code, "JPEG2000", quality_mode="dB", quality_layers=[parameters["decibels"]])
    return np.array(Image.open(code))


def _reach(_: Parameters) -> Support:
    return WHOLE


PLUGIN = Distortion(
    name="compression.jpeg_2000",
    category="compression",
    taxonomy="dq495k",
    levels=tuple({"decibels": value} for value in (29.0, 27.5, 26.0, 24.5, 23.0)),
    sentence="Detail is smeared into soft patches with ripples along edges.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/compression.py",
    apply=_apply,
    reach=_reach,
)
