"""KADID type 6: colour quantization with dithering."""

from __future__ import annotations

import numpy as np
from PIL import Image

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import WHOLE, Distortion, Parameters, Pixels, Support, Window

__all__ = ["PLUGIN"]

_SIX_BITS, _MIDDLE = 0xFC, 2


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    # Six bits are enough to choose a palette, and a seventh of the time: Pillow's median cut counts distinct colours.
    coarse = Image.fromarray((pixels & _SIX_BITS) | _MIDDLE)
    palette = coarse.quantize(parameters["colours"], method=Image.Quantize.MEDIANCUT)
    indexed = Image.fromarray(pixels).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    return np.array(indexed.convert("RGB"))


def _reach(_: Parameters) -> Support:
    return WHOLE


PLUGIN = Distortion(
    name="kadid.colour_quantization",
    category="quantization",
    taxonomy=TAXONOMY,
    levels=levels("colours", 64, 48, 32, 16, 8),
    sentence="Few colours are left; smooth areas show bands or a fine dot pattern.",
    source=f"{GENERATOR}, type 6: rgb2ind with dithering; palette by median cut instead of minimum variance",
    apply=_apply,
    reach=_reach,
)
