"""Plans of discourse: in which order a text says what, for each kind of description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from operator import mul
from typing import Final

from annotate.language.grammar.banks import frames
from annotate.language.grammar.inflection import enumerated, finish, head
from annotate.language.grammar.patterns import Draw, expand
from annotate.language.grammar.voice import Voice
from schemas.keys import generator
from schemas.values import RegionState, TextRequest

__all__ = ["LENGTHS", "compose"]

LENGTHS: Final = {"global": (110, 150), "local": (38, 56), "long": (14, 60), "grounding": (10, 40)}
"""Fewest and most words aimed at; the paper has 110 to 150 for a picture and about 45 for a region."""

_TRIES: Final = 24
_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
_LONG: Final = 0.6
_STRIP: Final = 1.8
"""A strip spans more than this share of the picture and is longer than wide by this factor."""
_VERBOSE, _WHOLE, _SHORT, _BRIEF = range(-1, 3)
"""Stages of a global description: sentences about place and harm as well, sentences for each step, one sentence with one effect,
half of the regions without an effect."""
_OVER: Final = 12
"""Long texts vary more, so that a stage is tried if it is expected to take this many words too many."""
_MOST_FILLERS: Final = 5
_FEWEST_FILLERS: Final = 2
_SPENT: Final = {_VERBOSE: (59, 4, 46, 33), _WHOLE: (51, 12, 11, 8), _SHORT: (50, 3, 17, 8)}
"""Words that a stage takes on average: in any case, for each step, each damaged and each clean region (fit to 150 pictures)."""
_SEVERITIES: Final = ("mild", "moderate", "severe")
_STRENGTHS: Final = {"mild": (0.0, 0.5), "moderate": (0.3, 0.85), "severe": (0.5, 1.0)}
"""Perceived strengths of a region at which the closing words of a severity are borne out; others close without a verdict."""
_SUPERLATIVE: Final = re.compile(r"\b(\w+most|largest|smallest|lowest|highest|second|third|fourth|fifth|sixth)\b")
_HALF: Final = 0.5
_LITTLE: Final = 0.25
_INTRODUCED: Final = 0.35
_MENTIONED: Final = 0.65
"""Size or form has a sentence of its own in a share of the local texts, and is said in passing in those up to the other."""
_MOST_NAMED: Final = 3


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
    pick = draw.unit()
    if pick < _INTRODUCED:
        yield voice.say(_intro(voice, request, draw))
    elif pick < _MENTIONED and not region.covers_picture:
        voice.aside = _about(voice, request, draw, "aside")
    if not region.steps:
        yield voice.introduce(frames()["clean"]["first"])
        yield voice.fine()
        if draw.chance(0.5):
            yield voice.fine()
        yield voice.say(draw.pick(frames()["clean"]["close"]))
        return
    yield from _steps(region, voice, draw)
    if region.covers_picture and draw.chance(0.5):
        yield voice.say(draw.pick(frames()["whole"]["clause"]), region.steps[0])
    elif len(region.steps) == 1 and draw.chance(0.65):
        yield voice.say(draw.pick(frames()["step"]["more"]), region.steps[0])
    if (closings := _closings(region)) and draw.chance(0.45):
        yield voice.say(draw.pick(closings))


def _closings(region: RegionState) -> list[str]:
    """What may be said of the quality that is left: by the severity of a single step, if the region looks it."""
    if len(region.steps) > 1:
        return frames()["close"]["several"] if len(region.steps) == 2 else []
    least, most = _STRENGTHS[_worst(region)]
    return frames()["close"][_worst(region)] if least <= region.strength <= most else []


def _steps(region: RegionState, voice: Voice, draw: Draw) -> Iterator[str]:
    first, *others = region.steps
    if len(others) == 1 and draw.chance(0.3):
        yield voice.introduce(frames()["both"]["all"], first, others[0])
        return
    more = frames()["step"]["felt"] if first.severity != "mild" else [] if others else frames()["step"]["light"]
    yield voice.introduce([*frames()["step"]["first"], *more], first)
    for step in others:
        yield voice.say(draw.pick(frames()["step"]["next"]), step)


def _intro(voice: Voice, request: TextRequest, draw: Draw) -> str:
    region = voice.region
    if region.covers_picture:
        return draw.pick(frames()["intro"]["whole"])
    if region.where not in region.phrase and not _SUPERLATIVE.search(region.phrase) and draw.chance(0.3):
        return voice.turned(frames()["intro"]["where"])
    return _about(voice, request, draw, "intro")


def _about(voice: Voice, request: TextRequest, draw: Draw, how: str) -> str:
    """Words about a region's size or form, as a sentence or in passing."""
    region = voice.region
    forms = _forms(region, request)
    sized = "most of" not in region.where and (not forms or draw.chance(0.6))
    pattern = voice.turned(frames()[how]["size" if sized or not forms else draw.pick(forms)])
    return pattern.replace("<size>", draw.pick(_sizes(region, request)))


def _forms(region: RegionState, request: TextRequest) -> list[str]:
    """What its box says of a region: the border it touches on its own side, and whether it is a wide or tall strip."""
    x0, y0, x1, y1 = region.bbox
    width, height = request.picture.width, request.picture.height
    touches = {"left": x0 == 0, "right": x1 == width, "top": y0 == 0, "bottom": y1 == height}
    own = (region.horizontal, region.vertical)
    forms: list[str] = [side for side in own if touches[side] and not touches[_OPPOSITE[side]]]
    if x1 - x0 > _LONG * width and x1 - x0 > _STRIP * (y1 - y0):
        forms.append("wide")
    if y1 - y0 > _LONG * height and y1 - y0 > _STRIP * (x1 - x0):
        forms.append("tall")
    return forms


def _sizes(region: RegionState, request: TextRequest) -> list[str]:
    """Words for the region's share of the picture."""
    hundredths = 100 * _share(region, request)
    return next(words for limit, words in frames()["size"].items() if hundredths <= int(limit))


def _share(region: RegionState, request: TextRequest) -> float:
    return region.area / (request.picture.width * request.picture.height)


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
    if closings := _closings(region):
        yield voice.say(draw.pick(closings))
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
    regions = sorted(request.picture.regions, key=_reading_order if draw.chance(0.5) else lambda region: -region.area)
    damaged, clean = [region for region in regions if region.steps], [region for region in regions if not region.steps]
    yield _opening(request, draw)
    said: set[str] = set()
    for region in damaged:
        yield from _damaged(region, request, draw, stage, said)
    if len(damaged) == 1:  # "this part" is the one that was spoken of last
        yield from _fillers("single", draw, stage)
    yield from _clean(clean, draw, stage)
    yield from _fillers("filler" if len(damaged) > 1 else "" if damaged else "serene", draw, stage)
    yield expand(draw.pick(frames()["global"]["closing" if len(damaged) > 1 else "alone" if damaged else "calm"]), draw, {})


def _fillers(kind: str, draw: Draw, stage: int) -> Iterator[str]:
    """Sentences of no one region: all there are where few regions have something to say, else none to a few."""
    if not kind:
        return
    fillers = sorted(frames()["global"][kind], key=lambda _: draw.unit())
    most = {_VERBOSE: _MOST_FILLERS, _BRIEF: 1}.get(stage, 2)
    count = int(draw.unit() * (most + 1)) if kind == "filler" else len(fillers)
    yield from (expand(filler, draw, {}) for filler in fillers[:count])


def _stage(request: TextRequest, number: int) -> int:
    """How many words each region gets: later tries spend fewer, and pictures with many steps begin with few."""
    regions = request.picture.regions
    damaged = sum(bool(region.steps) for region in regions)
    counts = (1, sum(len(region.steps) for region in regions), damaged, len(regions) - damaged)
    most = LENGTHS["global"][1] + _OVER
    first = next((stage for stage, spent in _SPENT.items() if sum(map(mul, spent, counts)) <= most), _BRIEF)
    return first + number * (_BRIEF + 1 - first) // _TRIES


def _damaged(region: RegionState, request: TextRequest, draw: Draw, stage: int, said: set[str]) -> Iterator[str]:
    """One region of several; ``said`` are the closing words of those before it, which are not said again."""
    voice = Voice(region, draw)
    if stage <= _WHOLE:
        if stage == _VERBOSE:
            yield voice.say(_intro(voice, request, draw))
        yield from _steps(region, voice, draw)
        closings = [pattern for pattern in _closings(region) if pattern not in said]
        if stage == _VERBOSE and len(region.steps) == 1:
            yield voice.say(draw.pick(frames()["step"]["more"]), region.steps[0])
        if stage == _VERBOSE and closings:
            close = draw.pick(closings)
            said.add(close)
            yield voice.say(close)
    elif len(region.steps) <= 2 and (stage == _SHORT or draw.chance(0.5)):
        yield voice.introduce(frames()["short"]["one" if len(region.steps) == 1 else "two"], *region.steps)
    else:
        nouns = enumerated([f"<np{number}>" for number in range(1, len(region.steps) + 1)])
        yield voice.say(f"<R> $shows {nouns}", *region.steps)


def _reading_order(region: RegionState) -> tuple[bool, int]:
    """From top to bottom and, within, from left to right."""
    x0, _, x1, _ = region.bbox
    return region.vertical == "bottom", x0 + x1


def _opening(request: TextRequest, draw: Draw) -> str:
    """The scene: its largest parts by colour and place."""
    regions = sorted(request.picture.regions, key=lambda region: -region.area)[:_MOST_NAMED]
    count = 1 if _share(regions[0], request) > _HALF else min(len(regions), 2 + draw.chance(0.5))
    covered = sum(_share(region, request) for region in regions[:count])
    kind = "most" if covered > _HALF else "largest" if covered > _LITTLE and count > 1 else "some"
    looks = dict.fromkeys((region.seen_colour, region.where) for region in regions[:count])
    shown = [next(region for region in regions if (region.seen_colour, region.where) == look) for look in looks]
    names = enumerated([_glimpse(shown[:number], region) for number, region in enumerate(shown)])
    pattern = draw.pick(frames()["global"][kind])
    for singular, plural in (("makes", "make"), ("is", "are")):
        pattern = pattern.replace(f"{{{singular}|{plural}}}", singular if len(shown) == 1 else plural)
    return expand(pattern, draw, {"all": lambda _: names})


def _glimpse(before: Sequence[RegionState], region: RegionState) -> str:
    """A region as it is met first: "a dark green area on the left", then "a grey one at the top".

    After a colour "another one" would be of that colour, so that areas of no colour are "an area" there.
    """
    where = "" if "most of" in region.where or "throughout" in region.where else region.where
    if head(region.label) != "area":
        return f"the {region.label} {where}"
    areas = bool(before) and head(before[-1].label) == "area"
    if areas and not any(other.seen_colour for other in (*before, region)):
        return f"another one {where}"
    return f"a {region.seen_colour} {'one' if areas and region.seen_colour else 'area'} {where}"


def _clean(regions: Sequence[RegionState], draw: Draw, stage: int) -> Iterator[str]:
    if len(regions) == 1 or stage == _VERBOSE or (len(regions) == 2 and draw.chance(0.3)):
        for region in regions:
            voice = Voice(region, draw)
            yield voice.introduce(frames()["clean"]["first"])
            if stage == _VERBOSE:
                yield voice.fine()
                yield voice.fine()
    elif regions:
        names = enumerated([Voice(region, draw).phrase() for region in regions])
        yield f"{names} {draw.pick(frames()['clean']['plural'])}"
