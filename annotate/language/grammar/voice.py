"""How one region is spoken of: its phrase first, pronouns after, and what may be said of it because it looks that way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from annotate.language.grammar.banks import Entries, bank, entries, fitting, frames
from annotate.language.grammar.inflection import head, ing, is_plural, third_person
from annotate.language.grammar.patterns import Draw, Scope, expand
from annotate.language.lexicon import lexicon
from annotate.language.reading.references import without_place
from annotate.regions.colours import base_colour
from schemas.values import RegionState, Step

__all__ = ["Voice", "kinds_of", "step_kinds"]

_TEXTURED: Final = 0.03
_SMOOTH: Final = 0.014
"""Texture (``Region.texture``) from which small details are seen, and below which large parts are even: a face, a sky, a wall."""
_DARK: Final = 0.3
_BRIGHT: Final = 0.65
_COLOURFUL: Final = 0.4
_GREY: Final = 0.15
_NEUTRAL: Final = frozenset({"grey", "black", "white"})
_TRIES: Final = 8
_PLAIN: Final = 0.4
"""Share of first mentions at the start of a text that nothing stands before."""
_AHEAD: Final = 0.6
_AHEAD_LARGEST: Final = 0.25
"""Shares of first mentions that may stand at the very beginning, and of those that say "the largest"."""
_AT_ONCE: Final = re.compile(r"(<lead>)?<R>")
_OWN: Final = 0.6
_OPEN: Final = 0.92
"""Shares of "its edges" and "the edges"; the others are "the edges of this area"."""

_STRONG: Final = 0.6
"""Perceived strength of a step from which its gravest effects are said."""
_TOPIC: Final = re.compile(r"\$(?!than|beyond)[a-z]+|[a-z]{5,}")
_LARGE: Final = 0.12
"""Share of the picture from which a region is no patch."""


def kinds_of(region: RegionState) -> frozenset[str]:
    """Conditions that hold of a region, whatever step is spoken of.

    ``textured`` or ``smooth``, ``dark`` or ``bright``, ``colourful`` or ``neutral``: measured in the pristine photo; dark regions
    are never colourful, since saturation means little there. ``greyed``, ``blackened``, ``whitened``: what most of the
    region became in the finished picture and was not. ``alone``: a single step was applied.
    """
    kinds = {"textured"} if region.texture >= _TEXTURED else {"smooth"} if region.texture < _SMOOTH else set()
    kinds |= {"dark"} if region.brightness < _DARK else {"bright"} if region.brightness > _BRIGHT else set()
    base = base_colour(region.colour)
    if region.colourfulness < _GREY or base in _NEUTRAL:
        kinds.add("neutral")
    elif region.colourfulness > _COLOURFUL and "dark" not in kinds:
        kinds.add("colourful")
    kinds |= {"alone"} if len(region.steps) == 1 else set()
    return frozenset(kinds | _became(base, base_colour(region.seen_colour)))


def step_kinds(region: RegionState, step: Step) -> frozenset[str]:
    """Those of the region and of one of its steps.

    ``mild``, ``moderate``, ``severe``, and ``felt`` of the last two; the function's name without its category ("motion" of
    "blur.motion"); ``last`` if no later step lies over it, so that single pixels of it are still seen; ``strong`` if it is
    perceived as strong.
    """
    felt = {"felt"} if step.severity != "mild" else set()
    last = {"last"} if step == region.steps[-1] else set()
    strong = {"strong"} if region.measures[region.steps.index(step)].strength >= _STRONG else set()
    return kinds_of(region) | felt | last | strong | {step.severity, step.function.rpartition(".")[2]}


def _became(before: str, after: str) -> set[str]:
    """What most of a region turned into, by the base colour terms of photo and finished picture."""
    kinds = {"greyed"} if after in _NEUTRAL and before and before not in _NEUTRAL else set()
    ends = {"black": "blackened", "white": "whitened"}
    return kinds | ({ends[after]} if after in ends and before != after else set())


@cache
def _fine() -> Entries:
    return entries(frames()["fine"])


@cache
def _topics(pattern: str) -> frozenset[str]:
    """What a wording is about: "$edges" and "soften" of "soften|<its:$edges>"."""
    return frozenset(_TOPIC.findall(pattern))


class Voice:
    """Speaks of one region in one text. The first mention is the phrase; each sentence is expanded by ``say``."""

    def __init__(self, region: RegionState, draw: Draw, *, exact: bool = False) -> None:
        self.region = region
        self._draw = draw
        self._kinds = kinds_of(region)
        self._exact = exact
        self._named = False
        self._used: set[str] = set()
        self._topics: set[str] = set()
        self._called = ""
        self._known: dict[Step, frozenset[str]] = {}
        self.aside = ""
        """pattern of what is said in passing when the region is first named as the subject"""

    def say(self, pattern: str, *steps: Step) -> str:
        """A sentence of a pattern; slots without a number speak of the first step."""
        return expand(pattern, self._draw, self._scope(steps))

    def introduce(self, patterns: Sequence[str], *steps: Step) -> str:
        """A sentence of one of the patterns that names the region, if it was not named before."""
        if self._named:
            return self.say(self._draw.pick(patterns), *steps)
        text = ""
        for _ in range(_TRIES):
            text = self.say(self.turned(patterns), *steps)
            if self._named:
                return text
        return f"in {self.phrase()}, {text}"

    def turned(self, patterns: Sequence[str]) -> str:
        """One of the patterns; mostly none that begins with the phrase where that is said first, as many phrases begin alike."""
        if self._named or self._draw.chance(_AHEAD_LARGEST if "largest" in self.region.phrase else _AHEAD):
            return self._draw.pick(patterns)
        return self._draw.pick([pattern for pattern in patterns if not _AT_ONCE.match(pattern)] or patterns)

    def fine(self) -> str:
        """What is good about a clean region of this look."""
        return self.say(self._fresh(fitting(_fine(), self._kinds)))

    def phrase(self) -> str:
        """The region's phrase, where another noun for "area" or other words for its place may stand; after this it is named."""
        self._named = True
        if is_plural(head(self.region.label)):
            # every frame speaks of one thing: "the area with the trees on the left is blurred"
            return f"the {self._noun()} with {self.region.phrase}"
        name, placed = without_place(self.region), self.region.phrase.endswith(self.region.where)
        noun = name.split()[-1]
        if noun in lexicon().nouns:
            name = name.removesuffix(noun) + self._noun()
        return f"{name} {self._where()}" if placed else name

    def _noun(self) -> str:
        """What the region is called in this text after its phrase; where its label names no object, one of several nouns."""
        noun = head(self.region.label)
        noun = "area" if is_plural(noun) else noun
        height, width = self.region.mask.size
        barred = {"portion", "patch"} if self.region.area > _LARGE * height * width else {"portion"}
        nouns = [other for other in lexicon().nouns.get(noun, ()) if other not in barred]
        self._called = self._called or self._draw.pick(nouns or (noun,))
        return self._called

    def _where(self) -> str:
        return self._draw.pick(lexicon().wheres.get(self.region.where, (self.region.where,)))

    def _lead(self) -> str:
        """Now and then some words before the first mention, so that not every text begins with a phrase."""
        if self._named or self._draw.chance(_PLAIN):
            return ""
        return expand(self._draw.pick(frames()["lead"]["any"]), self._draw, {})

    def _placed(self) -> str:
        """The place, of the picture if that is not said yet."""
        where = self._where()
        return where if " of the " in where else expand(f"{where} of the $picture", self._draw, {})

    def _scope(self, steps: tuple[Step, ...]) -> Scope:
        scope: dict[str, Callable[[Callable[[], str] | None], str]] = {
            "R": lambda _: self._subject(),
            "lead": lambda _: self._lead(),
            "it": lambda _: "it" if self._named else self.phrase(),
            "its": lambda inner: self._possessed(inner() if inner else ""),
            "its2": lambda inner: f"its {inner() if inner else ''}",
            "where": lambda _: self._where(),
            "placed": lambda _: self._placed(),
            "fine": lambda _: self.fine(),
        }
        for number, step in enumerate(steps):
            for suffix in ("", "1") if number == 0 else (str(number + 1),):
                scope |= self._step_scope(step, suffix)
        return scope

    def _step_scope(self, step: Step, suffix: str) -> Scope:
        return {
            f"np{suffix}": lambda _: self._named_distortion(step),
            f"adj{suffix}": lambda _: f"{self._word('adverb', step)} {self._any(bank(step.category).participle, step)}",
            f"vp{suffix}": lambda _: self._verb(step, third_person),
            f"ving{suffix}": lambda _: self._verb(step, ing),
            f"clause{suffix}": lambda _: self.say(self._fresh(self._fitting(bank(step.category).clause, step))),
        }

    def _named_distortion(self, step: Step) -> str:
        """The distortion as a noun phrase with its severity; in exact texts with the closed severity words."""
        return expand(self._any(bank(step.category).noun, step), self._draw, {"sev": lambda _: self._word("severity", step)})

    def _any(self, among: Entries, step: Step) -> str:
        return self._draw.pick(self._fitting(among, step))

    def _word(self, kind: str, step: Step) -> str:
        words = frames()[kind][step.severity]
        return words[0] if self._exact else self._draw.pick(words)

    def _fitting(self, among: Entries, step: Step) -> Sequence[str]:
        return fitting(among, self._step_kinds(step))

    def _step_kinds(self, step: Step) -> frozenset[str]:
        if step not in self._known:
            self._known[step] = step_kinds(self.region, step)
        return self._known[step]

    def _fresh(self, choices: Sequence[str]) -> str:
        """A choice not yet used in this text, about other things than those before it as far as there is one."""
        unused = [choice for choice in choices if choice not in self._used] or choices
        shared = [len(self._topics & _topics(choice)) for choice in unused]
        least = min(shared)
        found = self._draw.pick([choice for choice, count in zip(unused, shared, strict=True) if count == least])
        self._used.add(found)
        self._topics |= _topics(found)
        return found

    def _verb(self, step: Step, inflect: Callable[[str], str]) -> str:
        lemmas, rest = self._fresh(self._fitting(bank(step.category).verb, step)).split("|", 1)
        verb, _, particle = self._draw.pick(lemmas.split("/")).partition(" ")
        return f"{inflect(verb)} {particle} {self.say(rest)}"

    def _subject(self) -> str:
        if not self._named:
            return f"{self.phrase()}, {self.say(self.aside)}," if self.aside else self.phrase()
        return self._draw.pick(("it", "it", "it", f"this {self._noun()}", f"the {self._noun()}"))

    def _possessed(self, thing: str) -> str:
        if not self._named:
            return f"the {thing} of {self.phrase()}"
        pick = self._draw.unit()
        return f"its {thing}" if pick < _OWN else f"the {thing}" if pick < _OPEN else f"the {thing} of this {self._noun()}"
