"""Plans of discourse: in which order a text says what, for each kind of description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from annotate.grammar.banks import frames
from annotate.grammar.inflection import enumerated, finish
from annotate.grammar.patterns import Draw, expand
from annotate.grammar.voice import Voice
from schemas.keys import generator
from schemas.values import RegionState, TextRequest

__all__ = ["LENGTHS", "compose"]

LENGTHS: Final = {"global": (110, 150), "local": (38, 56), "long": (14, 60), "grounding": (10, 40)}
"""Fewest and most words aimed at; the paper has 110 to 150 for a picture and about 45 for a region."""

_TRIES: Final = 24
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
    if draw.chance(0.6):
        yield voice.say(_intro(region, request, draw))
    if not region.steps:
        yield voice.introduce(frames()["clean"]["first"])
        yield from (voice.say(finding) for finding in _two(frames()["clean"]["fine"], draw))
        yield voice.say(draw.pick(frames()["clean"]["close"]))
        return
    yield from _steps(region, voice, draw)
    if draw.chance(0.7):
        yield voice.say(draw.pick(frames()["close"][_worst(region)]))


def _two(choices: Sequence[str], draw: Draw) -> tuple[str, str]:
    first = draw.pick(choices)
    return first, draw.pick([choice for choice in choices if choice != first])


def _steps(region: RegionState, voice: Voice, draw: Draw) -> Iterator[str]:
    first, *others = region.steps
    if len(others) == 1 and draw.chance(0.3):
        yield voice.introduce(frames()["both"]["all"], first, others[0])
        return
    yield voice.introduce(frames()["step"]["first"], first)
    for step in others:
        yield voice.say(draw.pick(frames()["step"]["next"]), step)


def _intro(region: RegionState, request: TextRequest, draw: Draw) -> str:
    placed = region.where in region.phrase
    kind = "size" if placed or draw.chance(0.3) else "where"
    return draw.pick(frames()["intro"][kind]).replace("<size>", _size(region, request))


def _size(region: RegionState, request: TextRequest) -> str:
    share = region.area / (request.picture.width * request.picture.height)
    words = ((0.05, "{a small part|only a small part}"), (0.15, "{a modest part|a fair part}"), (0.3, "{a good part|a sizeable part}"))
    return next((word for limit, word in words if share < limit), "{a large part|much}")


def _long(request: TextRequest, draw: Draw, _: int) -> Iterator[str]:
    region = _target(request)
    voice = Voice(region, draw, exact=True)
    if not region.steps:
        yield voice.introduce(frames()["clean"]["first"])
        return
    yield from _steps(region, voice, draw)


def _grounding(request: TextRequest, draw: Draw, _: int) -> Iterator[str]:
    yield from _long(request, draw, _)


def _global(request: TextRequest, draw: Draw, number: int) -> Iterator[str]:
    regions = sorted(request.picture.regions, key=lambda region: (not region.steps, draw.unit()))
    damaged, clean = [region for region in regions if region.steps], [region for region in regions if not region.steps]
    brief = len(damaged) > 3 or number > _TRIES // 2
    yield _opening(request, draw, brief=brief)
    for region in damaged:
        voice = Voice(region, draw)
        yield from _brief(region, voice, draw) if brief and number % 2 else _steps(region, voice, draw)
    if clean:
        yield _clean(clean, draw)
    if not brief or number % 3 == 0:
        yield expand(draw.pick(frames()["global"]["filler"]), draw, {}) if damaged else ""
    yield expand(draw.pick(frames()["global"]["closing" if damaged else "clean_closing"]), draw, {})


def _opening(request: TextRequest, draw: Draw, *, brief: bool) -> str:
    if brief:
        return expand(draw.pick(frames()["global"]["short_opening"]), draw, {})
    everything = enumerated([region.phrase for region in request.picture.regions])
    return expand(draw.pick(frames()["global"]["opening"]), draw, {"all": lambda _: everything})


def _brief(region: RegionState, voice: Voice, draw: Draw) -> Iterator[str]:
    nouns = " and ".join(f"<np{number}>" for number in range(1, len(region.steps) + 1))
    yield voice.say(draw.pick(("<R> shows ", "<R> suffers from ", "<R> carries ", "<R> is marked by ")) + nouns, *region.steps)


def _clean(regions: Sequence[RegionState], draw: Draw) -> str:
    if len(regions) == 1:
        return Voice(regions[0], draw).introduce(frames()["clean"]["first"])
    names = enumerated([region.phrase for region in regions])
    return f"{names} {draw.pick(('show no visible distortion', 'are free of visible distortion', 'look clean'))}"
