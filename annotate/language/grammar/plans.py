"""Plans of discourse: in which order a text says what, for each kind of description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from annotate.language.grammar.banks import frames
from annotate.language.grammar.inflection import enumerated, finish
from annotate.language.grammar.patterns import Draw, expand
from annotate.language.grammar.voice import Voice
from schemas.keys import generator
from schemas.values import RegionState, TextRequest

__all__ = ["LENGTHS", "compose"]

LENGTHS: Final = {"global": (110, 150), "local": (38, 56), "long": (14, 60), "grounding": (10, 40)}
"""Fewest and most words aimed at; the paper has 110 to 150 for a picture and about 45 for a region."""

_HIDING: Final = frozenset({"blur", "noise", "compression", "pixelate", "darken", "brighten"})
"""Categories that, when severe, keep people from knowing what is shown."""
_TRIES: Final = 24
_LONG: Final = 0.6
_STRIP: Final = 1.8
"""A strip spans more than this share of the picture and is longer than wide by this factor."""
_FEW: Final = 3
_VERBOSE, _WHOLE, _SHORT, _BRIEF = range(-1, 3)
"""Stages of a global description: sentences about place and harm as well, sentences for each step, one sentence with one effect,
half of the regions without an effect."""
_MOST_FILLERS: Final = 5
_FEWEST_FILLERS: Final = 2
_STEP: Final = 17
_BESIDES: Final = 45
"""Words that a step takes when it has a sentence to itself, and words of a global description that speak of no step."""
_SIZES: Final = ((0.05, "small"), (0.15, "modest"), (0.3, "good"))
"""Upper limits of the region's share of the picture."""
_SEVERITIES: Final = ("mild", "moderate", "severe")


def compose(request: TextRequest, attempt: int = 1) -> str:
    """The text of a request: the same for the same request and attempt.

    Texts are drawn until one has the length of its kind; of those that miss it the nearest is taken.
    """
    write = {"global": _global, "local": _local, "long": _long, "grounding": _grounding}[request.kind]
    least, most = LENGTHS[request.kind]
    best, distance = "", 10**6
    for number in range(_TRIES):
        draw = Draw(generator(0, request.id, "grammar", attempt, number))
        text = " ".join(finish(sentence) for sentence in write(request, draw, number))
        count = len(text.split())
        off = max(least - count, count - most, 0)
        if off < distance:
            best, distance = text, off
        if not off:
            break
    return best


def _target(request: TextRequest) -> RegionState:
    return request.picture.regions[request.targets[0]]


def _worst(region: RegionState) -> str:
    return max((step.severity for step in region.steps), key=_SEVERITIES.index)


def _local(request: TextRequest, draw: Draw, _: int) -> Iterator[str]:
    region = _target(request)
    voice = Voice(region, draw)
    if draw.chance(0.5):
        yield voice.say(_intro(region, request, draw))
    if not region.steps:
        yield voice.introduce(frames()["clean"]["first"])
        yield voice.say_fresh(frames()["clean"]["fine"])
        yield voice.say_fresh(frames()["clean"]["fine"])
        yield voice.say(draw.pick(frames()["clean"]["close"]))
        return
    yield from _steps(region, voice, draw)
    if region.covers_picture and draw.chance(0.5):
        yield voice.say(draw.pick(frames()["whole"]["clause"]), region.steps[0])
    if draw.chance(0.6):
        yield voice.say(draw.pick(_closings(region)))


def _closings(region: RegionState) -> list[str]:
    worst = _worst(region)
    hides = any(step.severity == "severe" and step.category in _HIDING for step in region.steps)
    return [*frames()["close"][worst], *(frames()["close"]["hidden"] if hides else ())]


def _steps(region: RegionState, voice: Voice, draw: Draw) -> Iterator[str]:
    first, *others = region.steps
    if len(others) == 1 and draw.chance(0.3):
        yield voice.introduce(frames()["both"]["all"], first, others[0])
        return
    yield voice.introduce([*frames()["step"]["first"], *frames()["step"]["light" if first.severity == "mild" else "felt"]], first)
    for step in others:
        yield voice.say(draw.pick(frames()["step"]["next"]), step)


def _intro(region: RegionState, request: TextRequest, draw: Draw) -> str:
    if region.covers_picture:
        return draw.pick(frames()["intro"]["whole"])
    kinds = ["size", "size", *_forms(region, request)]
    if region.where not in region.phrase:
        kinds += ["where", "where"]
    size = _size(region, request)
    kinds += ["ample"] if size in ("good", "large") else []
    return draw.pick(frames()["intro"][draw.pick(kinds)]).replace("<size>", draw.pick(frames()["size"][size]))


def _forms(region: RegionState, request: TextRequest) -> list[str]:
    """What its box says of a region: the border it touches on its own side, and whether it is a wide or tall strip."""
    x0, y0, x1, y1 = region.bbox
    width, height = request.picture.width, request.picture.height
    touches = {"left": x0 == 0, "right": x1 == width, "top": y0 == 0, "bottom": y1 == height}
    forms: list[str] = [side for side in (region.horizontal, region.vertical) if touches[side]]
    if x1 - x0 > _LONG * width and x1 - x0 > _STRIP * (y1 - y0):
        forms.append("wide")
    if y1 - y0 > _LONG * height and y1 - y0 > _STRIP * (x1 - x0):
        forms.append("tall")
    return forms


def _size(region: RegionState, request: TextRequest) -> str:
    share = region.area / (request.picture.width * request.picture.height)
    return next((word for limit, word in _SIZES if share < limit), "large")


def _long(request: TextRequest, draw: Draw, _: int) -> Iterator[str]:
    region = _target(request)
    voice = Voice(region, draw, exact=True)
    if not region.steps:
        yield voice.introduce(frames()["clean"]["first"])
        return
    yield from _steps(region, voice, draw)


def _grounding(request: TextRequest, draw: Draw, _: int) -> Iterator[str]:
    yield from _long(request, draw, _)


def _whole(region: RegionState, draw: Draw) -> Iterator[str]:
    """Of a picture that was distorted all over: its steps, more of their effects, and what it means that nothing was spared."""
    voice = Voice(region, draw)
    yield expand(draw.pick(frames()["whole"]["opening"]), draw, {})
    yield from _steps(region, voice, draw)
    for step in region.steps:
        yield voice.say(draw.pick(frames()["whole"]["clause"]), step)
    yield voice.say(draw.pick(frames()["close"][_worst(region)]))
    fillers = sorted(frames()["whole"]["filler"], key=lambda _: draw.unit())
    count = _FEWEST_FILLERS + int(draw.unit() * (_MOST_FILLERS + 1 - _FEWEST_FILLERS))
    yield from (expand(filler, draw, {}) for filler in fillers[:count])
    yield expand(draw.pick(frames()["whole"]["closing"]), draw, {})


def _global(request: TextRequest, draw: Draw, number: int) -> Iterator[str]:
    first = request.picture.regions[0]
    if first.covers_picture:
        yield from _whole(first, draw)
        return
    stage = _stage(request, number)
    regions = sorted(request.picture.regions, key=lambda _: draw.unit())
    damaged, clean = [region for region in regions if region.steps], [region for region in regions if not region.steps]
    yield _opening(request, draw, brief=stage > _WHOLE or len(damaged) > _FEW)
    said: set[str] = set()
    for region in damaged:
        yield from _damaged(region, request, draw, stage, said)
    yield from _clean(clean, draw, stage)
    kind = "filler" if len(damaged) > 1 else "single" if damaged else "serene"
    fillers = sorted(frames()["global"][kind], key=lambda _: draw.unit())
    most = _MOST_FILLERS if stage == _VERBOSE else 2
    yield from (expand(finding, draw, {}) for finding in fillers[: int(draw.unit() * (most + 1))])
    yield expand(draw.pick(frames()["global"]["closing" if len(damaged) > 1 else "alone" if damaged else "calm"]), draw, {})


def _stage(request: TextRequest, number: int) -> int:
    """How many words each region gets: later tries spend fewer, and pictures with many steps begin with few."""
    words = _BESIDES + _STEP * sum(len(region.steps) for region in request.picture.regions)
    least, most = LENGTHS["global"]
    first = _VERBOSE if words < least else _WHOLE if words <= most else _SHORT
    return first + number * (_BRIEF + 1 - first) // _TRIES


def _damaged(region: RegionState, request: TextRequest, draw: Draw, stage: int, said: set[str]) -> Iterator[str]:
    """One region of several; ``said`` are the closing words of those before it, which are not said again."""
    voice = Voice(region, draw)
    if stage <= _WHOLE:
        if stage == _VERBOSE:
            yield voice.say(_intro(region, request, draw))
        yield from _steps(region, voice, draw)
        if stage == _VERBOSE:
            close = draw.pick([pattern for pattern in frames()["close"][_worst(region)] if pattern not in said])
            said.add(close)
            yield voice.say(close)
    elif len(region.steps) <= 2 and (stage == _SHORT or draw.chance(0.5)):
        yield voice.introduce(frames()["short"]["one" if len(region.steps) == 1 else "two"], *region.steps)
    else:
        nouns = enumerated([f"<np{number}>" for number in range(1, len(region.steps) + 1)])
        yield voice.say(f"<R> $shows {nouns}", *region.steps)


def _opening(request: TextRequest, draw: Draw, *, brief: bool) -> str:
    if brief:
        return expand(draw.pick(frames()["global"]["short"]), draw, {})
    everything = enumerated([Voice(region, draw).phrase() for region in request.picture.regions])
    return expand(draw.pick(frames()["global"]["opening"]), draw, {"all": lambda _: everything})


def _clean(regions: Sequence[RegionState], draw: Draw, stage: int) -> Iterator[str]:
    if len(regions) == 1 or stage == _VERBOSE or (len(regions) == 2 and draw.chance(0.3)):
        for region in regions:
            voice = Voice(region, draw)
            yield voice.introduce(frames()["clean"]["first"])
            if stage == _VERBOSE:
                yield voice.say_fresh(frames()["clean"]["fine"])
                yield voice.say_fresh(frames()["clean"]["fine"])
    elif regions:
        names = enumerated([Voice(region, draw).phrase() for region in regions])
        yield f"{names} {draw.pick(frames()['clean']['plural'])}"
