"""Distortions of pictures and of regions under a mask: DQ-495K's 35 functions, KADID's 25 and more, at five levels.

    from distortions import distort
    blurred = distort(image, "blur.gaussian", level=3, mask=mask, seed=7)
    blurred.image, blurred.parameters

Pictures are uint8 RGB H x W x 3 (grey and 16 bits by the rules in ``distortions.images``). Results are rounded, never
truncated; the input is never written to; the same seed gives the same bytes.
"""

from __future__ import annotations

from distortions.catalogue import UnknownDistortionError, get, level_table, list_distortions, pool
from distortions.categories import Category, categories, category
from distortions.compose import Chain, compose, distort, paste, render_box
from distortions.model import POINTWISE, WHOLE, Distorted, Distortion, Parameters, Pixels, Support, Window
from distortions.pairs import allowed_pairs
from distortions.render import make_step

__all__ = [
    "POINTWISE",
    "WHOLE",
    "Category",
    "Chain",
    "Distorted",
    "Distortion",
    "Parameters",
    "Pixels",
    "Support",
    "UnknownDistortionError",
    "Window",
    "allowed_pairs",
    "categories",
    "category",
    "compose",
    "distort",
    "get",
    "level_table",
    "list_distortions",
    "make_step",
    "paste",
    "pool",
    "render_box",
]
