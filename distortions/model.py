"""What a distortion is: its numbers, its words, how far it reads, and the plain function that computes it.

A function here never sees a mask. It gets a window of a picture and says what the whole picture, distorted, shows there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distortions.noise import NoiseField
from schemas.values import Box

__all__ = ["POINTWISE", "WHOLE", "Distorted", "Distortion", "Parameters", "Pixels", "Support", "Window"]

Pixels = NDArray[np.uint8]
"""uint8, H x W x 3, RGB, 0 to 255"""
Parameters = Mapping[str, Any]
"""JSON values by name: numbers, texts, lists of them"""
LEVELS = 5


@dataclass(frozen=True)
class Support:
    """How far a function reads around the pixel it writes.

    A function computed on a window that is larger by these margins (or ends at the picture's border) gives the same bytes
    inside as one computed on the whole picture.
    """

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0
    """pixels read beyond the window, on each side"""
    grid: int = 1
    """windows start on multiples of this many pixels of the whole picture, in x and y"""
    whole: bool = False
    """reads the whole picture: no window is enough"""

    @classmethod
    def around(cls, radius: int, grid: int = 1) -> Support:
        """The same margin on all sides."""
        return cls(radius, radius, radius, radius, grid)

    @property
    def radius(self) -> int:
        """The largest margin in pixels; meaningless if ``whole``."""
        return max(self.top, self.bottom, self.left, self.right)


POINTWISE = Support()
WHOLE = Support(whole=True)


@dataclass(frozen=True)
class Window:
    """Where the pixels that a function gets lie in the whole picture, and the key of its random draws."""

    top: int
    left: int
    height: int
    """rows of the whole picture"""
    width: int
    """columns of the whole picture"""
    noise: NoiseField
    """random samples by position: the same for a pixel whatever window it is asked through"""
    shown: Box
    """the part of the whole picture that is wanted: the result may hold anything outside it"""
    statistics: Any = None
    """what ``Distortion.measure`` said about the whole picture; None without one"""


def _pointwise(_: Parameters) -> Support:
    return POINTWISE


@dataclass(frozen=True)
class Distortion:
    """One distortion at five levels. One file in ``distortions/library`` binds ``PLUGIN`` to one of these."""

    name: str
    """"group.file": the registered name"""
    category: str
    """key of a ``Category``"""
    taxonomy: str
    """where its numbers come from, for example "dq495k": recipes draw from a taxonomy by this name"""
    levels: tuple[Parameters, ...]
    """the parameters of levels 1 to 5"""
    sentence: str
    """what a picture that has it looks like, one plain sentence"""
    source: str
    """repository and file that the numbers come from, or the formula's origin"""
    apply: Callable[[Pixels, Parameters, Window], Pixels] = field(repr=False)
    """(window's pixels, parameters, where) -> distorted pixels of the same window; must not write to its input"""
    reach: Callable[[Parameters], Support] = field(default=_pointwise, repr=False)
    """how far ``apply`` reads with these parameters"""
    measure: Callable[[Pixels, Parameters], Any] | None = field(default=None, repr=False)
    """statistics of the whole picture that ``apply`` needs, if any: (whole picture, parameters) -> anything"""
    draw: Callable[[np.random.Generator, Parameters], Parameters] | None = field(default=None, repr=False)
    """random parameters (an angle, say) drawn once when a step is made; they join the level's own"""
    random: bool = False
    """whether the seed changes the result"""
    sound_levels: tuple[int, ...] = (1, 2, 3, 4, 5)
    """levels that form a severity scale: others are an identity, change sign, or stand out of order in the source"""
    kept: str = ""
    """why some levels are not sound, or what of the source is kept although it looks wrong"""

    def __post_init__(self) -> None:
        if len(self.levels) != LEVELS:
            raise ValueError(f"levels of {self.name!r} must be {LEVELS} mappings, got {len(self.levels)}")

    def parameters(self, level: int) -> Parameters:
        """The parameters of a level, 1 to 5, without random ones.

        Raises:
            ValueError, TypeError: level is no integer from 1 to 5.
        """
        if isinstance(level, bool) or not isinstance(level, (int, np.integer)):
            raise TypeError(f"level must be an integer from 1 to {LEVELS}, got {level!r}")
        if not 1 <= level <= LEVELS:
            raise ValueError(f"level must be 1 to {LEVELS}, got {level}")
        return self.levels[level - 1]

    def support(self, level: int) -> Support:
        """How far the function reads at a level; for random parameters, the farthest they can make it read."""
        return self.reach(self.parameters(level))

    @property
    def needs_statistics(self) -> bool:
        """Whether it needs a statistic of the whole picture."""
        return self.measure is not None

    def with_levels(self, levels: tuple[Parameters, ...]) -> Distortion:
        """The same distortion with other numbers: 5 mappings with the names of the original ones.

        Raises:
            ValueError: not five, or a name that the distortion does not have.
        """
        known = set(self.levels[0])
        for number, level in enumerate(levels, start=1):
            if set(level) != known:
                raise ValueError(f"level {number} of {self.name!r} must have {sorted(known)}, got {sorted(level)}")
        return replace(self, levels=tuple(dict(level) for level in levels))


@dataclass(frozen=True)
class Distorted:
    """A distorted picture and the parameters that made it."""

    image: NDArray[Any]
    """same shape and dtype as the input"""
    parameters: Parameters
    """level values and random draws that were used, by name"""
