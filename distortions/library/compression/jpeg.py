"""JPEG compression."""

from __future__ import annotations

from distortions.jpeg import JPEG_SUPPORT, jpeg
from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return jpeg(pixels, parameters["quality"])


def _reach(_: Parameters) -> Support:
    return JPEG_SUPPORT


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
