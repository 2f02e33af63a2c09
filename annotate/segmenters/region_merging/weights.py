"""Fitted numbers of region_merging, written by benchmarks/segmenters/fit_region_merging.py; not to be edited."""

from __future__ import annotations

from typing import Final

__all__ = ["BORDER_BIAS", "BORDER_WEIGHTS", "REGION_BIAS", "REGION_WEIGHTS"]

BORDER_WEIGHTS: Final[dict[str, float]] = {
    "edge_1": 1.307,
    "edge_2": -2.7358,
    "edge_4": 0.66287,
    "edge_texture": 0.4863,
    "log_edge_1": -0.14749,
    "log_edge_2": 2.163,
    "chi_l": 0.68421,
    "chi_a": 0.80708,
    "chi_b": 0.37249,
    "chi_energy": 2.6741,
    "chi_slant": -0.66649,
    "move_l": -0.71299,
    "move_a": -0.07498,
    "move_b": -0.079758,
    "move_energy": -0.50764,
    "move_slant": 1.1241,
    "colour_step": 0.65519,
    "chroma_step": 0.15597,
    "step_by_spread": 0.094334,
    "small_area": 0.30676,
    "large_area": 0.30294,
    "shared": -0.97072,
    "shared_by_size": -0.093645,
    "roundness": -0.18422,
    "rim": -1.5652,
    "picture_1": 0.46514,
    "picture_2": -0.56217,
    "picture_4": -0.24854,
    "picture_texture": -0.57992,
}
"""log odds that people draw a border, for each unit of a feature (``features.BORDER_FEATURES``)"""
BORDER_BIAS: Final = -2.9078

REGION_WEIGHTS: Final[dict[str, float]] = {
    "birth": -0.11411,
    "death": 0.13869,
    "lowest": -0.23834,
    "mean": 0.59286,
    "area": -0.12425,
    "area_squared": -0.083978,
    "rim": 1.1683,
    "roundness": -0.65567,
    "picture_2": 0.0711,
}
"""log odds of the best IoU with a person's segment, for each unit of a feature (``tree.REGION_FEATURES``)"""
REGION_BIAS: Final = 0.96437
