"""Whether a step looks like its name in the finished region: what was done is not always what is seen.

A darkening that a quantization undoes, a blur of what has no detail, a loss of colour of what is grey change pixels, but a person
who sees the result would not name them so. The conditions compare tones of the photo's region, of the finished one and of the one
without the step (``schemas.values.Tones``); thresholds are settings (``schemas.recipe.LikenessSettings``), docs/plan.md tells how
they were chosen. A category without conditions looks like its name wherever it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from schemas.recipe import LikenessSettings
from schemas.values import Severity, Tones

__all__ = ["Seen", "alike", "suits"]

_WORDS: Final[tuple[Severity, ...]] = ("mild", "moderate", "severe")


class Seen(NamedTuple):
    """A step as it can be seen."""

    word: Severity
    change: float
    """``StepMeasure.change``"""
    photo: Tones
    without: Tones
    """the finished region without the step"""
    finished: Tones

    @property
    def shift(self) -> float:
        """Of mean lightness, by the step."""
        return self.finished.lightness - self.without.lightness

    @property
    def gain(self) -> float:
        """Factor of detail, by the step."""
        return self.finished.detail / max(self.without.detail, 0.5)

    @property
    def plainness(self) -> float:
        """Change in units of the detail that hides it."""
        return self.change / max(self.without.detail, 0.5)

    def end(self, ends: tuple[float, float, float]) -> float:
        """The number for the severity word."""
        return ends[_WORDS.index(self.word)]


Suits = Callable[[Tones, LikenessSettings], bool]
Looks = Callable[[Seen, LikenessSettings], bool]


def _detail_shows(tones: Tones, limits: LikenessSettings) -> bool:
    return tones.lightness >= limits.dark and tones.clipped <= limits.clipped


def _darkened(seen: Seen, limits: LikenessSettings) -> bool:
    fall = min(seen.photo.lightness - seen.finished.lightness, -seen.shift)
    left = seen.finished.lightness >= seen.end(limits.darken_left) * seen.photo.lightness
    return fall >= limits.light_shift and seen.finished.lightness <= seen.end(limits.darken_to) and left


def _brightened(seen: Seen, limits: LikenessSettings) -> bool:
    rise = min(seen.finished.lightness - seen.photo.lightness, seen.shift)
    return rise >= limits.light_shift and seen.finished.lightness >= seen.end(limits.brighten_to)


def _contrasted(seen: Seen, limits: LikenessSettings) -> bool:
    spread, before = seen.finished.spread, seen.without.spread
    grown = spread >= max(limits.contrast_high, limits.contrast_gain * max(before, seen.photo.spread))
    return grown and spread - before >= limits.contrast_lead * abs(seen.shift) and seen.finished.clipped <= limits.clipped


def _flattened(seen: Seen, limits: LikenessSettings) -> bool:
    spread, before = seen.finished.spread, min(seen.without.spread, seen.photo.spread)
    return before >= limits.contrast_from and spread <= min(limits.contrast_to, limits.contrast_left * before)


def _faded(seen: Seen, limits: LikenessSettings) -> bool:
    chroma, before = seen.finished.chroma, min(seen.without.chroma, seen.photo.chroma)
    return chroma <= min(limits.weaken_to, limits.weaken_left * before)


def _vivid(seen: Seen, limits: LikenessSettings) -> bool:
    chroma, before = seen.finished.chroma, max(seen.without.chroma, seen.photo.chroma)
    least = max(limits.strengthen_to, limits.strengthen_gain * seen.without.chroma, before + seen.end(limits.strengthen_rise))
    loud = seen.change > limits.strengthen_mild or chroma - before > limits.strengthen_most
    return chroma >= least and not (seen.word == "mild" and loud)


def _blurred(seen: Seen, limits: LikenessSettings) -> bool:
    return seen.without.detail >= limits.blur_from and seen.gain <= limits.blur_left


def _grainy(seen: Seen, limits: LikenessSettings) -> bool:
    return seen.gain >= limits.grain_gain or seen.plainness >= limits.grain_change


def _blocky(seen: Seen, limits: LikenessSettings) -> bool:
    if seen.gain < seen.end(limits.blocks_least) or (seen.word == "mild" and seen.change > limits.blocks_mild):
        return False
    return seen.gain <= limits.blocks_left or seen.plainness >= limits.blocks_change


def _mosaic(seen: Seen, limits: LikenessSettings) -> bool:
    return seen.without.detail >= limits.mosaic_from


def _haloed(seen: Seen, limits: LikenessSettings) -> bool:
    return seen.without.detail >= limits.halo_from and seen.gain >= limits.halo_gain


def _banded(seen: Seen, limits: LikenessSettings) -> bool:
    plain = seen.plainness >= limits.bands_plain
    stepped = plain or (seen.gain >= limits.bands_gain and seen.without.detail <= limits.bands_detail)
    return (
        seen.finished.spread >= limits.bands_spread
        and stepped
        and abs(seen.shift) <= limits.bands_shift
        and seen.plainness >= limits.bands_change
    )


_OF_DETAIL: Final = frozenset({"blur", "noise", "compression", "oversharpen", "pixelate", "quantization"})
"""categories that are seen in detail, grain or edges, and nowhere in black or white"""

_SUITS: Final[Mapping[str, Suits]] = {
    "darken": lambda photo, limits: photo.lightness >= limits.darken_from,
    "brighten": lambda photo, limits: photo.lightness <= limits.brighten_from,
    "contrast_weaken": lambda photo, limits: photo.spread >= limits.contrast_from and _detail_shows(photo, limits),
    "saturate_weaken": lambda photo, limits: photo.lightness >= limits.shadow and photo.chroma >= limits.weaken_from,
    "saturate_strengthen": lambda photo, limits: photo.lightness >= limits.shadow and photo.chroma >= limits.strengthen_from,
    "blur": lambda photo, limits: photo.detail >= limits.blur_from,
    "pixelate": lambda photo, limits: photo.detail >= limits.mosaic_from,
    "oversharpen": lambda photo, limits: photo.detail >= limits.halo_from,
}
"""what a photo's region must be for the category to be told there at all"""

_LOOKS: Final[Mapping[str, Looks]] = {
    "darken": _darkened,
    "brighten": _brightened,
    "contrast_strengthen": _contrasted,
    "contrast_weaken": _flattened,
    "saturate_weaken": _faded,
    "saturate_strengthen": _vivid,
    "blur": _blurred,
    "noise": _grainy,
    "compression": _blocky,
    "pixelate": _mosaic,
    "oversharpen": _haloed,
    "quantization": _banded,
}
"""what the finished region must look like"""


def suits(category: str, photo: Tones | None, limits: LikenessSettings) -> bool:
    """Whether a category can be told in a region with these tones in the photo, as far as they tell: plans ask this."""
    if photo is None:
        return True
    hidden = category in _OF_DETAIL and not _detail_shows(photo, limits)
    return not hidden and (category not in _SUITS or _SUITS[category](photo, limits))


def alike(category: str, seen: Seen, limits: LikenessSettings) -> bool:
    """Whether a step of this category looks like its name."""
    if category in _OF_DETAIL and not _detail_shows(seen.finished, limits):
        return False
    if category in _SUITS and not _SUITS[category](seen.photo, limits):
        return False
    return category not in _LOOKS or _LOOKS[category](seen, limits)
