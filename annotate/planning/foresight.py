"""What a step will probably look like in a region, told from the region's tones alone, so that nothing hopeless is planned.

Simple maps of tones, fitted to regions of photos: they steer a plan and its redraws, but what is kept is measured
(``annotate.stages.distort``). Functions that are not listed are tried without foresight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot, sqrt

from annotate.planning.typical import TYPICAL, Expected, likely
from annotate.truth.facts import least_shown
from annotate.truth.likeness import Seen, alike, suits
from schemas.recipe import AnswerableSettings
from schemas.values import Step, Tones, severity_word

__all__ = ["GROWTH", "MIDDLE", "TONES", "expected", "foreseen", "may_be_told", "may_look_alike"]

Moves = tuple[float, float, float, float, float]
"""offset and slope of lightness, factors of spread, chroma and detail"""

TONES: Mapping[str, tuple[Moves, ...]] = {
    "blur.gaussian": (
        (0.4, 0.99, 0.9, 0.99, 0.46), (1.0, 0.98, 0.83, 0.99, 0.2), (1.7, 0.97, 0.79, 0.98, 0.11),
        (2.3, 0.95, 0.77, 0.98, 0.08), (3.0, 0.94, 0.75, 0.98, 0.06),
    ),
    "blur.glass": (
        (0.5, 0.99, 0.9, 0.99, 0.45), (0.9, 0.98, 0.87, 0.99, 0.32), (1.5, 0.97, 0.85, 0.99, 0.22),
        (2.2, 0.96, 0.82, 0.99, 0.16), (2.9, 0.94, 0.8, 0.98, 0.14),
    ),
    "blur.jitter": (
        (0.2, 1.0, 1.01, 1.0, 1.05), (0.5, 0.99, 1.02, 1.0, 1.22), (1.0, 0.98, 1.05, 1.0, 1.47),
        (1.5, 0.97, 1.08, 1.0, 1.72), (1.9, 0.96, 1.1, 1.01, 1.89),
    ),
    "blur.lens": (
        (0.4, 0.99, 0.89, 0.99, 0.42), (0.8, 0.99, 0.86, 0.99, 0.26), (1.1, 0.98, 0.84, 0.99, 0.19),
        (1.8, 0.97, 0.8, 0.98, 0.11), (2.5, 0.95, 0.77, 0.98, 0.08),
    ),
    "blur.motion": (
        (0.7, 0.98, 0.92, 0.99, 0.51), (1.4, 0.97, 0.88, 0.99, 0.4), (2.1, 0.96, 0.87, 0.99, 0.34),
        (2.7, 0.94, 0.86, 0.98, 0.3), (3.5, 0.92, 0.84, 0.98, 0.26),
    ),
    "blur.zoom": (
        (0.3, 0.99, 0.93, 1.0, 0.74), (1.2, 0.98, 0.85, 1.0, 0.51), (2.2, 0.95, 0.81, 0.99, 0.41),
        (3.2, 0.93, 0.8, 1.0, 0.34), (4.6, 0.9, 0.78, 1.0, 0.29),
    ),
    "brighten.gamma_hsv": (
        (11.7, 0.92, 0.9, 1.18, 0.94), (17.8, 0.87, 0.85, 1.27, 0.9), (24.4, 0.81, 0.8, 1.35, 0.86),
        (32.0, 0.74, 0.73, 1.44, 0.81), (40.9, 0.65, 0.65, 1.55, 0.75),
    ),
    "brighten.gamma_rgb": (
        (8.3, 0.96, 0.95, 0.95, 0.97), (13.5, 0.92, 0.91, 0.91, 0.94), (19.7, 0.88, 0.85, 0.85, 0.89),
        (31.1, 0.78, 0.74, 0.74, 0.78), (45.9, 0.64, 0.58, 0.58, 0.63),
    ),
    "brighten.shift_hsv": (
        (9.1, 0.98, 0.98, 1.16, 1.03), (18.5, 0.95, 0.97, 1.31, 1.04), (28.4, 0.88, 0.93, 1.45, 1.05),
        (38.6, 0.79, 0.89, 1.54, 1.03), (48.8, 0.68, 0.81, 1.52, 0.97),
    ),
    "brighten.shift_rgb": (
        (11.7, 0.96, 0.96, 0.96, 1.0), (17.6, 0.93, 0.94, 0.93, 0.99), (23.8, 0.89, 0.91, 0.9, 0.98),
        (32.6, 0.83, 0.87, 0.86, 0.96), (42.7, 0.75, 0.82, 0.81, 0.92),
    ),
    "compression.jpeg": (
        (0.1, 1.0, 0.99, 0.99, 0.93), (0.2, 1.0, 0.98, 1.0, 0.91), (0.3, 1.0, 0.98, 1.0, 0.89),
        (0.4, 0.99, 0.98, 0.98, 0.84), (0.7, 0.99, 0.99, 0.97, 0.81),
    ),
    "compression.jpeg_2000": (
        (0.3, 1.0, 0.98, 1.01, 0.68), (0.4, 1.0, 0.97, 1.02, 0.6), (0.6, 1.0, 0.95, 1.03, 0.53),
        (0.9, 0.99, 0.94, 1.03, 0.41), (1.3, 0.98, 0.91, 1.03, 0.32),
    ),
    "contrast_strengthen.scale": (
        (-8.9, 1.21, 1.31, 1.28, 1.33), (-12.7, 1.31, 1.47, 1.38, 1.48), (-15.4, 1.38, 1.58, 1.47, 1.59),
        (-17.1, 1.44, 1.69, 1.49, 1.69), (-18.5, 1.5, 1.84, 1.56, 1.84),
    ),
    "contrast_strengthen.stretch": (
        (5.7, 0.92, 1.1, 0.82, 1.1), (-8.1, 1.24, 1.58, 1.0, 1.57), (-13.5, 1.37, 1.8, 1.09, 1.83),
        (-16.0, 1.44, 1.93, 1.1, 1.94), (-17.3, 1.48, 2.01, 1.1, 2.03),
    ),
    "contrast_weaken.scale": (
        (9.3, 0.79, 0.75, 0.75, 0.75), (15.2, 0.66, 0.6, 0.6, 0.6), (21.2, 0.53, 0.45, 0.45, 0.45),
        (27.1, 0.4, 0.3, 0.3, 0.3), (31.1, 0.31, 0.2, 0.2, 0.2),
    ),
    "contrast_weaken.stretch": (
        (21.1, 0.61, 0.68, 0.58, 0.67), (23.2, 0.57, 0.62, 0.53, 0.62), (25.4, 0.52, 0.56, 0.47, 0.56),
        (30.4, 0.43, 0.44, 0.36, 0.43), (36.1, 0.32, 0.3, 0.24, 0.3),
    ),
    "darken.gamma_hsv": (
        (-11.4, 1.03, 1.06, 0.76, 1.01), (-15.1, 1.02, 1.05, 0.65, 0.99), (-17.9, 0.98, 1.02, 0.53, 0.93),
        (-19.3, 0.91, 0.93, 0.41, 0.83), (-19.3, 0.81, 0.79, 0.27, 0.69),
    ),
    "darken.gamma_rgb": (
        (-10.4, 1.02, 1.03, 1.02, 0.97), (-14.6, 0.99, 1.03, 0.98, 0.92), (-17.5, 0.94, 0.99, 0.88, 0.83),
        (-18.7, 0.86, 0.9, 0.76, 0.73), (-18.4, 0.77, 0.79, 0.6, 0.65),
    ),
    "darken.shift_hsv": (
        (-7.4, 0.98, 1.0, 0.83, 0.97), (-12.9, 0.92, 0.96, 0.64, 0.91), (-15.5, 0.81, 0.91, 0.46, 0.81),
        (-15.2, 0.67, 0.79, 0.26, 0.68), (-12.6, 0.49, 0.57, 0.13, 0.55),
    ),
    "darken.shift_rgb": (
        (-9.0, 0.99, 1.02, 1.02, 0.99), (-12.3, 0.96, 1.0, 1.0, 0.97), (-14.6, 0.92, 0.97, 0.94, 0.93),
        (-16.2, 0.83, 0.91, 0.86, 0.83), (-16.0, 0.71, 0.78, 0.69, 0.67),
    ),
    "noise.gaussian_rgb": (
        (0.7, 0.99, 1.04, 1.17, 1.51), (2.4, 0.96, 1.17, 1.56, 2.3), (4.9, 0.93, 1.32, 2.04, 3.07),
        (7.9, 0.89, 1.49, 2.46, 3.77), (11.2, 0.84, 1.65, 2.8, 4.43),
    ),
    "noise.gaussian_ycrcb": (
        (1.4, 0.98, 1.08, 1.37, 1.89), (3.4, 0.95, 1.11, 1.88, 2.12), (6.6, 0.91, 1.14, 2.49, 2.33),
        (11.0, 0.85, 1.17, 3.1, 2.54), (16.3, 0.79, 1.21, 3.65, 2.78),
    ),
    "noise.impulse": (
        (0.8, 0.99, 1.04, 1.09, 1.21), (2.2, 0.97, 1.13, 1.26, 1.61), (3.7, 0.95, 1.21, 1.43, 2.01),
        (5.2, 0.92, 1.28, 1.58, 2.39), (7.4, 0.89, 1.38, 1.82, 2.88),
    ),
    "noise.poisson": (
        (0.5, 0.99, 1.1, 1.3, 1.79), (0.7, 0.99, 1.13, 1.39, 1.96), (1.0, 0.98, 1.18, 1.53, 2.25),
        (1.5, 0.98, 1.28, 1.75, 2.68), (2.4, 0.96, 1.41, 2.06, 3.27),
    ),
    "noise.spatially_correlated": (
        (0.6, 0.99, 0.93, 1.04, 0.72), (0.8, 0.99, 0.95, 1.09, 0.82), (1.0, 0.98, 0.96, 1.15, 0.92),
        (1.3, 0.98, 0.98, 1.24, 1.07), (1.7, 0.97, 1.0, 1.32, 1.25),
    ),
    "noise.speckle": (
        (0.4, 0.99, 1.06, 1.21, 1.55), (0.7, 0.98, 1.13, 1.41, 1.93), (1.2, 0.98, 1.22, 1.63, 2.35),
        (1.8, 0.96, 1.32, 1.86, 2.78), (2.4, 0.95, 1.42, 2.07, 3.21),
    ),
    "oversharpen.unsharp": (
        (-0.2, 1.0, 1.3, 1.0, 2.24), (-0.1, 1.0, 1.42, 1.0, 2.68), (0.2, 0.99, 1.59, 0.99, 3.23),
        (1.0, 0.98, 1.78, 0.98, 4.07), (1.8, 0.97, 1.94, 0.98, 4.81),
    ),
    "pixelate.box": (
        (0.3, 1.0, 0.96, 1.0, 0.82), (0.5, 0.99, 0.95, 1.0, 0.79), (0.7, 0.99, 0.93, 1.0, 0.73),
        (0.8, 0.98, 0.92, 0.99, 0.69), (1.1, 0.98, 0.9, 0.99, 0.64),
    ),
    "quantization.hist": (
        (12.6, 0.93, 1.3, 1.45, 1.47), (13.6, 0.93, 1.27, 1.44, 1.51), (16.5, 0.92, 1.24, 1.42, 1.5),
        (18.0, 0.91, 1.26, 1.42, 1.55), (17.3, 0.92, 1.34, 1.26, 1.6),
    ),
    "quantization.median": (
        (0.0, 1.0, 0.99, 1.02, 1.01), (0.1, 1.0, 0.99, 1.02, 1.02), (0.4, 0.99, 0.98, 1.05, 1.02),
        (2.7, 0.95, 0.95, 1.08, 1.0), (10.1, 0.82, 0.84, 1.13, 0.92),
    ),
    "quantization.otsu": (
        (0.3, 1.03, 1.21, 0.93, 1.33), (-1.7, 1.04, 1.22, 0.91, 1.36), (-3.9, 1.04, 1.24, 0.98, 1.34),
        (-6.9, 1.04, 1.23, 0.94, 1.34), (-9.6, 0.97, 1.15, 0.85, 1.2),
    ),
    "saturate_strengthen.hsv": (
        (-2.4, 0.95, 0.98, 2.3, 0.92), (-1.8, 0.9, 0.95, 2.56, 0.85), (-0.4, 0.85, 0.94, 2.69, 0.83),
        (0.3, 0.82, 0.92, 2.73, 0.82), (0.8, 0.8, 0.92, 2.76, 0.81),
    ),
    "saturate_strengthen.ycrcb": (
        (4.1, 0.96, 1.0, 1.91, 1.0), (8.6, 0.89, 0.99, 2.64, 0.99), (14.5, 0.81, 0.96, 3.68, 0.96),
        (18.9, 0.76, 0.91, 4.35, 0.92), (25.1, 0.68, 0.73, 4.72, 0.84),
    ),
    "saturate_weaken.hsv": (
        (2.3, 1.0, 1.0, 0.7, 1.0), (3.6, 1.0, 0.99, 0.55, 1.0), (5.0, 1.0, 0.99, 0.4, 1.0),
        (7.1, 0.99, 0.99, 0.2, 1.0), (9.2, 0.99, 0.98, 0.0, 1.01),
    ),
    "saturate_weaken.ycrcb": (
        (-1.0, 1.01, 1.0, 0.6, 1.0), (-1.3, 1.01, 1.0, 0.4, 1.0), (-1.4, 1.01, 1.0, 0.2, 1.0),
        (-1.4, 1.01, 1.0, 0.1, 1.0), (-1.4, 1.01, 1.0, 0.0, 1.0),
    ),
}  # fmt: skip
"""by function: what levels 1 to 5 do to tones: 130 regions of 33 crops of photos (benchmarks/strength/tones.py)"""


Growth = tuple[str, float, float]
"""the field of the tones that says most, and the powers of it with which change and the odds of strength grow"""

GROWTH: Mapping[str, Growth] = {
    "blur.gaussian": ("detail", 0.6, 1.1),
    "blur.glass": ("detail", 0.6, 0.9),
    "blur.jitter": ("detail", 0.5, 0.7),
    "blur.lens": ("detail", 0.6, 1.0),
    "blur.motion": ("detail", 0.5, 0.8),
    "blur.zoom": ("spread", 0.7, 1.0),
    "brighten.gamma_hsv": ("chroma", -0.2, -0.3),
    "brighten.gamma_rgb": ("lightness", 0.0, -0.3),
    "brighten.shift_hsv": ("chroma", -0.2, -0.6),
    "brighten.shift_rgb": ("lightness", 0.0, 0.4),
    "compression.jpeg": ("detail", 0.4, 0.1),
    "compression.jpeg_2000": ("detail", 0.3, 0.0),
    "contrast_strengthen.scale": ("lightness", 0.3, -0.2),
    "contrast_strengthen.stretch": ("spread", 0.3, 0.8),
    "contrast_weaken.scale": ("spread", 0.1, 0.3),
    "contrast_weaken.stretch": ("lightness", 0.2, 1.0),
    "darken.gamma_hsv": ("lightness", 0.3, -0.9),
    "darken.gamma_rgb": ("lightness", 0.4, -0.9),
    "darken.shift_hsv": ("lightness", 0.4, -1.3),
    "darken.shift_rgb": ("lightness", 0.4, -1.2),
    "noise.gaussian_rgb": ("lightness", 0.0, 0.0),
    "noise.gaussian_ycrcb": ("lightness", 0.0, 0.0),
    "noise.impulse": ("detail", 0.0, -0.3),
    "noise.poisson": ("lightness", 0.5, 0.7),
    "noise.spatially_correlated": ("detail", 0.3, -0.1),
    "noise.speckle": ("lightness", 0.7, 1.2),
    "oversharpen.unsharp": ("detail", 0.7, 0.5),
    "pixelate.box": ("detail", 0.6, 0.8),
    "quantization.hist": ("lightness", 0.3, 0.3),
    "quantization.median": ("spread", 0.4, 0.2),
    "quantization.otsu": ("lightness", 0.3, 0.2),
    "saturate_strengthen.hsv": ("lightness", 0.8, 0.7),
    "saturate_strengthen.ycrcb": ("chroma", 0.4, 0.0),
    "saturate_weaken.hsv": ("chroma", 0.9, 0.8),
    "saturate_weaken.ycrcb": ("chroma", 0.9, 0.7),
}
"""by function: what decides how much it does to a region: the same regions (benchmarks/strength/growth.py)"""

MIDDLE: Mapping[str, float] = {"lightness": 45.0, "spread": 11.4, "chroma": 16.8, "detail": 6.6}
"""medians of the same regions: there a function does what is typical"""


_GRAIN = frozenset({"noise.gaussian_rgb", "noise.gaussian_ycrcb", "noise.impulse", "noise.poisson", "noise.speckle"})


def foreseen(tones: Tones, name: str, level: int) -> Tones | None:
    """The probable tones of a region with these once a function was applied to it; None where nothing is known of it."""
    if name not in TONES:
        return None
    moved = _moved(tones, TONES[name][level - 1])
    if name not in _GRAIN:
        return moved
    # Grain does not grow with the detail it lies on: what it adds to a middle region it adds to all, as variances do.
    added = MIDDLE["detail"] * sqrt(max(TONES[name][level - 1][-1] ** 2 - 1, 0.0))
    return moved.model_copy(update={"detail": hypot(tones.detail, added)})


def expected(tones: Tones, name: str, level: int) -> Expected | None:
    """The probable strength and change of a region with these tones; None where nothing is known of the function."""
    if name not in TYPICAL:
        return None
    strength, change = TYPICAL[name][level - 1]
    field, power, power_of_odds = GROWTH.get(name, ("detail", 0.0, 0.0))
    relative = max(getattr(tones, field), 0.5) / MIDDLE[field]
    odds = strength / (1 - strength) * relative**power_of_odds
    return odds / (1 + odds), min(change * relative**power, 255.0)


def may_look_alike(category: str, name: str, level: int, ends: tuple[Tones, Tones], limits: AnswerableSettings) -> bool:
    """Whether a function's level may look like its category's name in a region.

    ``ends`` are the tones of the region in the photo and of what the step is applied to. Of a function of which nothing is known
    only the photo is asked.
    """
    photo, without = ends
    after, shown = foreseen(without, name, level), expected(without, name, level)
    if after is None or shown is None:
        return suits(category, photo, limits.likeness)
    return alike(category, Seen(severity_word(level), shown[1], photo, without, after), limits.likeness)


def may_be_told(steps: Sequence[Step], photo: Tones, limits: AnswerableSettings) -> bool:
    """Whether each of the steps may look like its name and show as its severity word says, all of them on one region."""
    return all(_told(steps, index, photo, limits) for index in range(len(steps)))


def _told(steps: Sequence[Step], index: int, photo: Tones, limits: AnswerableSettings) -> bool:
    step, others = steps[index], [*steps[:index], *steps[index + 1 :]]
    without, finished = _after(photo, others), _after(photo, steps)
    shown = expected(without, step.function, step.level) if without else None
    if without is None or finished is None or shown is None:
        return suits(step.category, photo, limits.likeness)
    if not alike(step.category, Seen(step.severity, shown[1], photo, without, finished), limits.likeness):
        return False
    least = least_shown(step.category, [other.category for other in others], photo.detail / 255, limits)
    if not others:
        return likely(step.severity, shown, limits, least)
    # Of two steps both must turn out as foreseen: no room for what would only do in a lucky case.
    plain = shown[0] >= least[0] and shown[1] >= least[1] and limits.seen(*shown)
    return plain and limits.misfit(step.severity, *shown) == 0


def _after(tones: Tones | None, steps: Sequence[Step]) -> Tones | None:
    for step in steps:
        tones = foreseen(tones, step.function, step.level) if tones else None
    return tones


def _moved(tones: Tones, by: Moves) -> Tones:
    offset, slope, spread, chroma, detail = by
    return Tones(
        lightness=min(max(offset + slope * tones.lightness, 0.0), 100.0),
        spread=min(spread * tones.spread, 100.0),
        chroma=chroma * tones.chroma,
        detail=min(detail * tones.detail, 255.0),
        clipped=tones.clipped,
    )
