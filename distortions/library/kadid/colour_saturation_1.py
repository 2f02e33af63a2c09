"""KADID type 7: colour saturation changed in HSV."""

from __future__ import annotations

import cv2

from distortions.kadid import GENERATOR, TAXONOMY, levels
from distortions.model import Distortion, Parameters, Pixels, Window

__all__ = ["PLUGIN"]


def _apply(pixels: Pixels, parameters: Parameters, _: Window) -> Pixels:
    # Saturation x k with hue and value kept: channel c of a pixel whose largest is m becomes m - (m - c) k.
    scale = parameters["scale"]
    channels = cv2.split(pixels)
    largest = cv2.max(cv2.max(channels[0], channels[1]), channels[2])
    result: Pixels = cv2.merge([cv2.addWeighted(channel, scale, largest, 1 - scale, 0) for channel in channels])
    return result


PLUGIN = Distortion(
    name="kadid.colour_saturation_1",
    category="saturate_weaken",
    taxonomy=TAXONOMY,
    levels=levels("scale", 0.4, 0.2, 0.1, 0.0, -0.4),
    sentence="Colours are pale or gone, as if washed out.",
    source=f"{GENERATOR}, type 7",
    apply=_apply,
    sound_levels=(1, 2, 3, 4),
    kept="Level 4 is grey; level 5 multiplies the saturation by -0.4, which shows the opposite hues.",
)
