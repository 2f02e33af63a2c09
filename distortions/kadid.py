"""What KADID-10k's 25 types have in common: where their numbers come from, and how a row of numbers becomes a level table."""

from __future__ import annotations

from distortions.model import Parameters

__all__ = ["GENERATOR", "PORT", "TAXONOMY", "levels"]

TAXONOMY = "kadid25"
GENERATOR = "the authors' imdist_generator.m (KADIS-700K's MATLAB kit; levels also in Simple-xiaobai/IC-Bench imdist_generator.m)"
PORT = "miccunifi/ARNIQA utils/distortions.py"


def levels(name: str, *values: float) -> tuple[Parameters, ...]:
    """One mapping for each level, with one parameter."""
    return tuple({name: value} for value in values)
