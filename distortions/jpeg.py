"""JPEG: what a picture looks like after it was coded and decoded."""

from __future__ import annotations

import cv2
import numpy as np

from distortions.model import Pixels, Support

__all__ = ["JPEG_SUPPORT", "jpeg"]

_BLOCK = 16
JPEG_SUPPORT = Support.around(_BLOCK, grid=_BLOCK)
"""blocks of 4:2:0 JPEG are 16 pixels wide; chroma upsampling reads one further block on each side"""


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """The picture coded as JPEG (4:2:0, quality 0 to 100 on the scale of the IJG) and decoded."""
    settings = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    _done, code = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), settings)
    decoded = cv2.imdecode(np.asarray(code), cv2.IMREAD_COLOR)
    result: Pixels = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    return result
