"""Ordered pairs of categories that may follow each other on one region.

Source: XPixelGroup/DepictQA ``build_datasets/scripts/constants_md.py`` (78 ordered pairs). It leaves out a pair where the
second distortion hides the first or undoes it.
"""

from __future__ import annotations

__all__ = ["allowed_pairs"]

_TONES = ("brighten", "contrast_strengthen", "contrast_weaken", "darken")
_COLOURS = ("saturate_strengthen", "saturate_weaken")
_AFTER_TONES = ("blur", "compression", "noise", "pixelate", "quantization")
_AFTER_COLOURS = ("blur", "compression", "noise", "oversharpen", "pixelate", "quantization")

_FOLLOWERS: dict[str, tuple[str, ...]] = {
    "blur": (*_TONES, *_COLOURS, "compression", "noise", "quantization"),
    **dict.fromkeys(_TONES, _AFTER_TONES),
    "compression": (*_TONES, *_COLOURS, "blur", "noise"),
    "noise": (*_TONES, *_COLOURS, "blur", "compression", "oversharpen", "pixelate"),
    "oversharpen": ("brighten",),
    "pixelate": (*_TONES, *_COLOURS, "noise", "oversharpen", "quantization"),
    "quantization": (*_TONES, *_COLOURS, "noise", "oversharpen", "pixelate"),
    **dict.fromkeys(_COLOURS, _AFTER_COLOURS),
}

_PAIRS = frozenset((first, second) for first, followers in _FOLLOWERS.items() for second in followers)


def allowed_pairs() -> frozenset[tuple[str, str]]:
    """The 78 allowed (first, second) category keys; a distortion of the second is applied to the result of the first."""
    return _PAIRS
