"""JPEG compression."""

from __future__ import annotations

import cv2
import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

_BLOCK = 16
"""side of a coded block of 4:2:0 JPEG; chroma upsampling reads one further block on each side"""


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    settings = [cv2.IMWRITE_JPEG_QUALITY, int(parameters["quality"])]
    _done, code = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), settings)
    decoded = cv2.imdecode(np.asarray(code), cv2.IMREAD_COLOR)
    result: Pixels = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    return result


def _reach(_: Parameters) -> Support:
    return Support.around(_BLOCK, grid=_BLOCK)


PLUGIN = Distortion(
    name="compression.jpeg",
    category="compression",
    taxonomy="dq495k",
    levels=tuple({"quality": value} for value in (25, 18, 12, 8, 5)),
    sentence="Square blocks of 8 pixels show, with ringing along edges and patches of wrong colour.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/compression.py; 4:2:0 as Pillow's default",
    apply=_apply,
    reach=_reach,
)
