"""Fitted numbers of region_merging, written by benchmarks/segmenters/fit_region_merging.py; not to be edited."""

from __future__ import annotations

from typing import Final

__all__ = ["BORDER_BIAS", "BORDER_WEIGHTS", "REGION_BIAS", "REGION_WEIGHTS"]

BORDER_WEIGHTS: Final[dict[str, float]] = {
    "edge_1": 1.2875,
    "edge_2": -2.707,
    "edge_4": 0.65531,
    "edge_texture": 0.48999,
    "log_edge_1": -0.13402,
    "log_edge_2": 2.1464,
    "chi_l": 0.67717,
    "chi_a": 0.81684,
    "chi_b": 0.36237,
    "chi_energy": 2.6832,
    "chi_slant": -0.62742,
    "move_l": -0.71416,
    "move_a": -0.082299,
    "move_b": -0.07607,
    "move_energy": -0.51169,
    "move_slant": 1.1057,
    "colour_step": 0.66872,
    "chroma_step": 0.15678,
    "step_by_spread": 0.085221,
    "small_area": 0.30723,
    "large_area": 0.30154,
    "shared": -0.9653,
    "shared_by_size": -0.094595,
    "roundness": -0.18021,
    "rim": -1.5769,
    "picture_1": 0.46775,
    "picture_2": -0.58612,
    "picture_4": -0.22437,
    "picture_texture": -0.59243,
}
"""log odds that people draw a border, for each unit of a feature (``features.BORDER_FEATURES``)"""
BORDER_BIAS: Final = -2.9223

REGION_WEIGHTS: Final[dict[str, float]] = {
    "birth": -0.11454,
    "death": 0.13531,
    "lowest": -0.23692,
    "mean": 0.59316,
    "area": -0.12159,
    "area_squared": -0.083686,
    "rim": 1.1778,
    "roundness": -0.64201,
    "picture_2": 0.075363,
}
"""log odds of the best IoU with a person's segment, for each unit of a feature (``tree.REGION_FEATURES``)"""
REGION_BIAS: Final = 0.92728
