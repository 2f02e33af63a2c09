"""Glass blur: a Gaussian, a local shuffle, a Gaussian."""

from __future__ import annotations

import numpy as np

from distortions.model import Distortion, Parameters, Pixels, Support, Window
from distortions.scratch import scratch
from distortions.shuffling import shuffle_reach, shuffled_index, take_pixels
from distortions.smoothing import gaussian_radius, smooth, smooth_to_bytes

__all__ = ["PLUGIN"]

_BITS = 12
"""precision of the samples between the two Gaussians"""


def _apply(pixels: Pixels, parameters: Parameters, window: Window) -> Pixels:
    height, width = pixels.shape[:2]
    index = shuffled_index(window, (height, width), int(parameters["shift"]), int(parameters["passes"]))
    room = scratch("soft", pixels.shape)
    soft = np.multiply(smooth(pixels, 8, parameters["sigma"], out=room), 2 ** (_BITS - 8), out=room)
    shuffled = take_pixels(np.rint(soft, out=room), index, out=room)
    return smooth_to_bytes(shuffled, _BITS, parameters["sigma"])


def _reach(parameters: Parameters) -> Support:
    blur, shuffle = 2 * gaussian_radius(parameters["sigma"]), shuffle_reach(int(parameters["shift"]), int(parameters["passes"]))
    return Support(shuffle.top + blur, shuffle.bottom + blur, shuffle.left + blur, shuffle.right + blur)


_PANES = ((0.7, 1, 1), (0.9, 2, 1), (1.2, 2, 2), (1.4, 3, 2), (1.6, 4, 2))

PLUGIN = Distortion(
    name="blur.glass",
    category="blur",
    taxonomy="dq495k",
    levels=tuple({"sigma": sigma, "shift": shift, "passes": passes} for sigma, shift, passes in _PANES),
    sentence="Everything is soft and wavy, as if seen through frosted glass.",
    source="XPixelGroup/DepictQA build_datasets/x_distortion/blur.py, helper.py",
    apply=_apply,
    reach=_reach,
    random=True,
)
