"""KADID type 10: JPEG compression."""

from __future__ import annotations

from distortions.jpeg import JPEG_SUPPORT, jpeg
from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    return jpeg(pixels, parameters["quality"])


def _reach(_: Parameters) -> Support:
    return JPEG_SUPPORT


PLUGIN = Distortion(
    name="kadid.jpeg",
    category="compression",
    taxonomy=TAXONOMY,
    levels=levels("quality", 43, 36, 24, 7, 4),
    sentence="Square blocks of 8 pixels show, with ringing along edges and patches of wrong colour.",
    source=f"{GENERATOR}, type 10",
    apply=_apply,
    reach=_reach,
)
