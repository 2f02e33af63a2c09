"""How one region is spoken of: its phrase first, pronouns after, and what may be said of it because it looks that way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from annotate.language.grammar.banks import bank, frames
from annotate.language.grammar.inflection import head, ing, is_plural, third_person
from annotate.language.grammar.patterns import Draw, Scope, expand
from annotate.language.lexicon import lexicon
from annotate.language.reading.references import without_place
from annotate.regions.colours import base_colour
from schemas.values import RegionState, Step

__all__ = ["Voice", "kinds_of"]

_TEXTURED: Final = 0.025
_SMOOTH: Final = 0.018
_DARK: Final = 0.3
_BRIGHT: Final = 0.65
_COLOURFUL: Final = 0.4
_GREY: Final = 0.15
_NEUTRAL: Final = frozenset({"grey", "black", "white"})
_TRIES: Final = 8
_PLAIN: Final = 0.4
"""Share of first mentions at the start of a text that nothing stands before."""
_OWN: Final = 0.6
_OPEN: Final = 0.86
"""Shares of "its edges" and "the edges"; the others are "the edges of this area"."""


def kinds_of(region: RegionState) -> frozenset[str]:
    """Conditions that hold: textured or smooth, dark or bright, colourful or grey, and mild, moderate or severe if all steps are.

    Each step adds its own: ``light`` if it is mild, ``felt`` if it is moderate or severe; ``waves`` if wavelets compress
    the region (JPEG 2000 has ripples and no grid), else ``blocks``. As seen in the finished picture: ``greyed``, ``blackened`` or
    ``whitened`` if that is what most of the region became and was not.
    """
    kinds = {"textured"} if region.texture >= _TEXTURED else {"smooth"} if region.texture < _SMOOTH else set()
    kinds |= {"dark"} if region.brightness < _DARK else {"bright"} if region.brightness > _BRIGHT else set()
    kinds |= {"colourful"} if region.colourfulness > _COLOURFUL else {"grey"} if region.colourfulness < _GREY else set()
    kinds |= _became(base_colour(region.colour), base_colour(region.seen_colour))
    severities = {step.severity for step in region.steps}
    return frozenset(kinds | (severities if len(severities) == 1 else set()))


def _became(before: str, after: str) -> set[str]:
    """What most of a region turned into, by the base colour terms of photo and finished picture."""
    kinds = {"greyed"} if after in _NEUTRAL and before and before not in _NEUTRAL else set()
    ends = {"black": "blackened", "white": "whitened"}
    return kinds | ({ends[after]} if after in ends and before != after else set())


class Voice:
    """Speaks of one region in one text. The first mention is the phrase; each sentence is expanded by ``say``."""

    def __init__(self, region: RegionState, draw: Draw, *, exact: bool = False) -> None:
        self.region = region
        self._draw = draw
        self._kinds = kinds_of(region)
        self._exact = exact
        self._named = False
        self._used: set[str] = set()
        self._called = ""

    def say(self, pattern: str, *steps: Step) -> str:
        """A sentence of a pattern; slots without a number speak of the first step."""
        return expand(pattern, self._draw, self._scope(steps))

    def introduce(self, patterns: Sequence[str], *steps: Step) -> str:
        """A sentence of one of the patterns that names the region, if it was not named before."""
        if self._named:
            return self.say(self._draw.pick(patterns), *steps)
        text = ""
        for _ in range(_TRIES):
            text = self.say(self._draw.pick(patterns), *steps)
            if self._named:
                return text
        return f"in {self.phrase()}, {text}"

    def say_fresh(self, patterns: list[str]) -> str:
        """A sentence of a pattern that this text has not used, if there is one left."""
        return self.say(self._fresh(patterns))

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
        self._called = self._called or self._draw.pick(lexicon().nouns.get(noun, (noun,)))
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
            "fine": lambda _: self.say(self._fresh(frames()["clean"]["fine"])),
        }
        for number, step in enumerate(steps):
            for suffix in ("", "1") if number == 0 else (str(number + 1),):
                scope |= self._step_scope(step, suffix)
        return scope

    def _step_scope(self, step: Step, suffix: str) -> Scope:
        return {
            f"np{suffix}": lambda _: self._named_distortion(step),
            f"adj{suffix}": lambda _: f"{self._word('adverb', step)} {self.say(self._draw.pick(bank(step.category).participle))}",
            f"vp{suffix}": lambda _: self._verb(step, third_person),
            f"ving{suffix}": lambda _: self._verb(step, ing),
            f"clause{suffix}": lambda _: self.say(self._fresh(self._fitting(step, "clause"))),
            f"effect{suffix}": lambda _: self.say(self._fresh(self._fitting(step, "effect"))),
        }

    def _named_distortion(self, step: Step) -> str:
        """The distortion as a noun phrase with its severity; in exact texts with the closed severity words."""
        return expand(self._draw.pick(bank(step.category).noun), self._draw, {"sev": lambda _: self._word("severity", step)})

    def _word(self, kind: str, step: Step) -> str:
        words = frames()[kind][step.severity]
        return words[0] if self._exact else self._draw.pick(words)

    def _fitting(self, step: Step, what: str) -> list[str]:
        """Verb phrases, clauses, or clauses on harm alone: "its shapes stay readable" is no sign of blur."""
        entries = bank(step.category).verb if what == "verb" else bank(step.category).clause
        traces = "waves" if "jpeg_2000" in step.function else "blocks"
        kinds = self._kinds | {"light" if step.severity == "mild" else "felt", traces}
        barred = {"mild"} if what == "effect" else set()
        return [entry for conditions, entry in entries if conditions <= kinds and not conditions & barred]

    def _fresh(self, choices: list[str]) -> str:
        """A choice not yet used in this text, if there is one."""
        found = self._draw.pick([choice for choice in choices if choice not in self._used] or choices)
        self._used.add(found)
        return found

    def _verb(self, step: Step, inflect: Callable[[str], str]) -> str:
        lemmas, rest = self._fresh(self._fitting(step, "verb")).split("|", 1)
        verb, _, particle = self._draw.pick(lemmas.split("/")).partition(" ")
        return f"{inflect(verb)} {particle} {self.say(rest)}"

    def _subject(self) -> str:
        if not self._named:
            return self.phrase()
        return self._draw.pick(("it", "it", "it", f"this {self._noun()}", f"the {self._noun()}"))

    def _possessed(self, thing: str) -> str:
        if not self._named:
            return f"the {thing} of {self.phrase()}"
        pick = self._draw.unit()
        return f"its {thing}" if pick < _OWN else f"the {thing}" if pick < _OPEN else f"the {thing} of this {self._noun()}"
