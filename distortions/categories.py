"""Categories: what people call a kind of distortion. The 12 of DQ-495K, then those that other taxonomies add.

Source of the 12 keys: XPixelGroup/DepictQA ``build_datasets/x_distortion/__init__.py`` (``distortions_dict``).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.registry import nearest

__all__ = ["CATEGORIES", "DQ495K", "Category", "categories", "category"]


@dataclass(frozen=True)
class Category:
    """A kind of distortion and its words."""

    key: str
    """as written in ``Step.category`` and in recipes, for example "saturate_strengthen" """
    noun: str
    """as written after a severity word: "moderate saturation strengthening" """
    names: tuple[str, ...]
    """what questions may call it, the noun first; no two categories share one"""
    effect: str
    """what it does to a picture, a clause that follows "it": "washes out fine detail" """


DQ495K: tuple[Category, ...] = (
    Category("blur", "blur", ("blur", "blurring"), "softens edges and washes out fine detail"),
    Category("noise", "noise", ("noise", "image noise"), "covers smooth areas with random grain"),
    Category("compression", "compression", ("compression", "lossy compression"), "leaves blocks and ringing around edges"),
    Category("brighten", "brightening", ("brightening", "overexposure"), "lifts the tones until highlights lose their detail"),
    Category("darken", "darkening", ("darkening", "underexposure"), "lowers the tones until shadows lose their detail"),
    Category(
        "contrast_strengthen",
        "contrast strengthening",
        ("contrast strengthening", "contrast boosting"),
        "drives light and dark tones apart",
    ),
    Category(
        "contrast_weaken",
        "contrast weakening",
        ("contrast weakening", "contrast loss"),
        "draws light and dark tones together so that it looks flat",
    ),
    Category(
        "saturate_strengthen",
        "saturation strengthening",
        ("saturation strengthening", "oversaturation"),
        "makes the colours unnaturally vivid",
    ),
    Category(
        "saturate_weaken",
        "saturation weakening",
        ("saturation weakening", "desaturation"),
        "fades the colours towards grey",
    ),
    Category(
        "oversharpen",
        "oversharpening",
        ("oversharpening", "sharpening artefacts"),
        "draws halos along edges and roughens texture",
    ),
    Category("pixelate", "pixelation", ("pixelation", "mosaic artefacts"), "turns detail into visible square blocks"),
    Category("quantization", "quantization", ("quantization", "colour banding"), "breaks smooth gradients into flat bands"),
)

_OTHERS: tuple[Category, ...] = (
    Category("brightness_change", "brightness change", ("brightness change",), "moves all tones up or down, by the level"),
    Category("contrast_change", "contrast change", ("contrast change",), "strengthens or weakens contrast, by the level"),
    Category(
        "saturation_change", "saturation change", ("saturation change",), "alters the strength of the colours, by the level"
    ),
    Category("colour_diffusion", "colour diffusion", ("colour diffusion", "colour bleeding"), "lets colours bleed across edges"),
    Category("colour_shift", "colour shift", ("colour shift", "chromatic misalignment"), "draws coloured fringes along edges"),
    Category("colour_cast", "colour cast", ("colour cast", "tint"), "tints everything with one hue"),
    Category("denoise", "denoising", ("denoising", "denoising artefacts"), "smooths texture into a painted look"),
    Category(
        "patch", "patch displacement", ("patch displacement", "misplaced patches"), "repeats small patches beside their place"
    ),
    Category("colour_block", "colour blocks", ("colour blocks", "block occlusion"), "hides parts under squares of one colour"),
    Category("warp", "warping", ("warping", "geometric distortion"), "bends outlines out of shape"),
    Category("weather", "weather", ("weather", "weather effects"), "covers it with fog, frost, snow, rain or splashes"),
    Category("flare", "light artefacts", ("light artefacts", "lens flare"), "adds light or shade that the scene does not have"),
)

CATEGORIES: dict[str, Category] = {entry.key: entry for entry in (*DQ495K, *_OTHERS)}
"""every category by key, the 12 of DQ-495K first"""


def categories(taxonomy: str | None = None) -> tuple[Category, ...]:
    """All categories, or with "dq495k" its 12, in the taxonomy's order; with another taxonomy those that its functions have.

    Raises:
        ValueError: no distortion belongs to ``taxonomy``.
    """
    if taxonomy is None:
        return tuple(CATEGORIES.values())
    if taxonomy == "dq495k":
        return DQ495K
    from distortions.catalogue import pool  # noqa: PLC0415 - the catalogue imports this module

    used = {distortion.category for distortion in pool(taxonomy)}
    return tuple(entry for entry in CATEGORIES.values() if entry.key in used)


def category(key: str) -> Category:
    """The category with this key.

    Raises:
        ValueError: there is none; the nearest key is offered.
    """
    if key not in CATEGORIES:
        raise ValueError(f"category: no category is called {key!r}.{nearest(key, list(CATEGORIES))}")
    return CATEGORIES[key]
