"""Oversharpening by an unsharp mask of five pixels."""

from __future__ import annotations

import cv2

from distortions.model import Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

_SIDE = 5
"""side of the Gaussian kernel; its weights are 1, 4, 6, 4, 1 of 16 (OpenCV's for an automatic sigma)"""


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    amount = parameters["amount"]
    soft = cv2.GaussianBlur(pixels, (_SIDE, _SIDE), 0)
    result: Pixels = cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0)
    return result


def _reach(_: Parameters) -> Support:
    return Support.around(_SIDE // 2)


PLUGIN = Distortion(
    name="oversharpen.unsharp",
    category="oversharpen",
    taxonomy="dq495k",
    levels=tuple({"amount": value} for value in (2.0, 2.8, 4.0, 6.0, 8.0)),
    sentence="Edges carry bright and dark halos, and texture is harsh and grainy.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/oversharpen.py",
    apply=_apply,
    reach=_reach,
)
