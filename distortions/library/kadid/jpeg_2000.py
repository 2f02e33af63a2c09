"""KADID type 9: JPEG 2000 compression at a given ratio."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

_RESOLUTIONS = 6


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    # a wavelet level needs at least one pixel of the picture's short side
    resolutions = min(_RESOLUTIONS, int(math.log2(min(pixels.shape[:2]))) + 1)
    code = io.BytesIO()
    Image.fromarray(pixels).save(
        code,
        format="JPEG2000",
        quality_mode="rates",
        quality_layers=[parameters["ratio"]],
        num_resolutions=resolutions,
        irreversible=True,
    )
    code.seek(0)
    with Image.open(code) as decoded:
        return np.array(decoded)


def _reach(_: Parameters) -> Support:
    return WHOLE


PLUGIN = Distortion(
    name="kadid.jpeg_2000",
    category="compression",
    taxonomy=TAXONOMY,
    levels=levels("ratio", 16, 32, 45, 120, 400),
    sentence="Fine texture is smeared away and edges ripple.",
    source=f"{GENERATOR}, type 9: compression ratio, lossy 9/7 wavelet as MATLAB's imwrite",
    apply=_apply,
    reach=_reach,
)
