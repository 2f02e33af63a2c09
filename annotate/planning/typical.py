"""What each function typically does to a region at each level, so that nothing is tried that will hardly fit its severity word.

Medians over regions of photos: they steer a plan and its redraws, but what is kept is measured (``annotate.stages.distort``).
Functions that are not listed are tried without foresight.
"""

from __future__ import annotations

from collections.abc import Mapping

from schemas.recipe import AnswerableSettings
from schemas.values import Severity, StepMeasure, severity_word

__all__ = ["TYPICAL", "Expected", "foresee", "likely", "promises"]

Expected = tuple[float, float]
"""strength (0 to 1) and change (0 to 255)"""

TYPICAL: Mapping[str, tuple[Expected, ...]] = {
    "blur.gaussian": ((0.32, 9), (0.69, 13), (0.85, 16), (0.91, 18), (0.94, 19)),
    "blur.glass": ((0.52, 12), (0.72, 14), (0.85, 18), (0.90, 19), (0.93, 20)),
    "blur.jitter": ((0.51, 14), (0.70, 20), (0.79, 23), (0.84, 26), (0.86, 28)),
    "blur.lens": ((0.37, 10), (0.62, 13), (0.75, 15), (0.89, 17), (0.93, 19)),
    "blur.motion": ((0.75, 15), (0.84, 18), (0.89, 21), (0.91, 23), (0.93, 25)),
    "blur.zoom": ((0.41, 7), (0.77, 14), (0.86, 19), (0.90, 22), (0.93, 25)),
    "brighten.gamma_hsv": ((0.12, 23), (0.24, 36), (0.38, 48), (0.55, 63), (0.73, 79)),
    "brighten.gamma_rgb": ((0.06, 18), (0.13, 29), (0.22, 41), (0.40, 62), (0.61, 90)),
    "brighten.shift_hsv": ((0.09, 22), (0.25, 43), (0.44, 64), (0.63, 84), (0.76, 102)),
    "brighten.shift_rgb": ((0.09, 25), (0.18, 38), (0.27, 51), (0.41, 69), (0.56, 88)),
    "compression.jpeg": ((0.30, 9), (0.39, 10), (0.55, 12), (0.70, 14), (0.86, 17)),
    "compression.jpeg_2000": ((0.43, 9), (0.54, 11), (0.64, 13), (0.74, 15), (0.83, 18)),
    "contrast_strengthen.scale": ((0.18, 17), (0.37, 26), (0.57, 36), (0.71, 45), (0.85, 58)),
    "contrast_strengthen.stretch": ((0.45, 25), (0.64, 37), (0.76, 48), (0.84, 55), (0.87, 62)),
    "contrast_weaken.scale": ((0.14, 13), (0.35, 20), (0.62, 28), (0.85, 36), (0.94, 41)),
    "contrast_weaken.stretch": ((0.64, 32), (0.68, 34), (0.74, 37), (0.84, 43), (0.92, 50)),
    "darken.gamma_hsv": ((0.16, 27), (0.28, 38), (0.47, 50), (0.68, 60), (0.85, 73)),
    "darken.gamma_rgb": ((0.12, 26), (0.25, 40), (0.42, 54), (0.63, 67), (0.81, 77)),
    "darken.shift_hsv": ((0.09, 22), (0.27, 44), (0.60, 63), (0.90, 81), (0.98, 93)),
    "darken.shift_rgb": ((0.09, 25), (0.18, 38), (0.27, 50), (0.51, 66), (0.84, 80)),
    "noise.gaussian_rgb": ((0.35, 13), (0.65, 25), (0.79, 36), (0.85, 47), (0.89, 56)),
    "noise.gaussian_ycrcb": ((0.53, 21), (0.68, 33), (0.79, 46), (0.86, 59), (0.90, 71)),
    "noise.impulse": ((0.46, 14), (0.70, 24), (0.78, 31), (0.83, 37), (0.86, 45)),
    "noise.poisson": ((0.47, 18), (0.54, 20), (0.63, 25), (0.72, 31), (0.80, 40)),
    "noise.spatially_correlated": ((0.50, 11), (0.60, 13), (0.68, 15), (0.75, 18), (0.80, 21)),
    "noise.speckle": ((0.40, 15), (0.59, 22), (0.71, 29), (0.79, 36), (0.83, 43)),
    "oversharpen.unsharp": ((0.45, 16), (0.56, 22), (0.66, 29), (0.73, 40), (0.77, 48)),
    "pixelate.box": ((0.21, 10), (0.44, 12), (0.62, 14), (0.72, 15), (0.83, 17)),
    "quantization.hist": ((0.52, 44), (0.56, 44), (0.69, 48), (0.77, 54), (0.88, 59)),
    "quantization.median": ((0.09, 4), (0.15, 5), (0.26, 7), (0.47, 10), (0.85, 18)),
    "quantization.otsu": ((0.41, 17), (0.40, 17), (0.47, 19), (0.62, 24), (0.85, 37)),
    "saturate_strengthen.hsv": ((0.49, 32), (0.65, 44), (0.70, 51), (0.70, 52), (0.70, 53)),
    "saturate_strengthen.ycrcb": ((0.20, 15), (0.42, 27), (0.61, 44), (0.74, 60), (0.82, 77)),
    "saturate_weaken.hsv": ((0.07, 6), (0.14, 10), (0.26, 13), (0.47, 17), (0.66, 21)),
    "saturate_weaken.ycrcb": ((0.09, 6), (0.22, 9), (0.42, 12), (0.52, 14), (0.62, 15)),
}
"""by function: strength and change at levels 1 to 5: medians over 190 regions of 50 photos, Kodak and BSDS500
(benchmarks/strength/levels.py)"""

# A forecast is this uncertain: differences of strength and factors of change that are tried around it.
_AROUND = ((0.0, 1.0), (-0.08, 0.85), (0.08, 1.2))


def promises(name: str, level: int, limits: AnswerableSettings, least: Expected = (0.0, 0.0)) -> bool:
    """Whether a level of a function typically shows as its severity word says; True where nothing is known."""
    known = TYPICAL.get(name)
    return known is None or likely(severity_word(level), known[level - 1], limits, least)


def likely(word: Severity, expected: Expected, limits: AnswerableSettings, least: Expected = (0.0, 0.0)) -> bool:
    """Whether a step about as strong as expected, ``least`` or more, can be seen and may be called by the word."""
    strength, change = expected
    nearby = [(min(max(strength + more, 0.0), 1.0), min(change * factor, 255.0)) for more, factor in _AROUND]
    shown = [one for one in nearby if one[0] >= least[0] and one[1] >= least[1]]
    return any(limits.seen(*one) and limits.misfit(word, *one) == 0 for one in shown)


def foresee(measure: StepMeasure, tried: tuple[str, int], other: tuple[str, int]) -> Expected | None:
    """What another function and level will do where one was measured: as much more or less than typical.

    None where nothing is known of one of them.
    """
    if not {tried[0], other[0]} <= TYPICAL.keys():
        return None
    before, after = TYPICAL[tried[0]][tried[1] - 1], TYPICAL[other[0]][other[1] - 1]
    odds = _odds(after[0]) * _odds(measure.strength) / _odds(before[0])
    return odds / (1 + odds), after[1] * (measure.change + 1) / (before[1] + 1)


def _odds(strength: float) -> float:
    within = min(max(strength, 0.01), 0.99)
    return within / (1 - within)
