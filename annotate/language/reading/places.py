"""Which place each part of a text speaks of: a region, the whole picture, or what lies elsewhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from operator import attrgetter

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.parts import Mention, Part, parts_of, sentences
from annotate.language.reading.references import ELSEWHERE, WHOLE, persons_of, sides_of
from annotate.language.reading.several import aligned, echoed, is_of_several, shared_by_several, spread
from schemas.values import TextRequest

__all__ = ["Located", "locate"]

_START = attrgetter("start")
_COMPARING = frozenset({"unlike", "than", "versus"})
_SIDES = frozenset({
    "left", "right", "front", "ahead", "east", "west", "north", "south", "middle", "centre", "top", "bottom", "half", "part",
    "corner", "edge", "side", "third", "quarter", "border", "foreground", "background",
})  # fmt: skip
_BARE = frozenset({"left", "right", "top", "bottom"})
_POSSESSIVE = frozenset({"its", "their", "his", "her"})
_RELATIVE = frozenset({"whose", "which", "who", "where"})
_OBJECTIVE = frozenset({"that", "which"})
_MEETING = frozenset({"meets", "meet", "touches", "touch", "joins", "adjoins", "borders", "crosses", "reaches", "leaves"})
_INDEFINITE = frozenset({"a", "an", "no", "the", "its"})
_SHOWN = frozenset({"the", "this"})
_AROUND = frozenset({"round", "around", "of", "in", "at", "near", "inside", "within", "along", "from", "to", "for"})
_HELD = frozenset({"held", "said", "counts", "count", "speaks", "speak"})
"""before "against" or "below": "what can be held against the bus" speaks of the bus"""
_FACTS = frozenset(
    {"fact", "impression", "result", "effect", "point", "feeling", "extent", "degree", "way", "conclusion", "is", "see"}
)
_LISTED = frozenset({"it", "he", "she", "they"})
_PAIRED = 30  # words that may stand between "the one" and "the other"
_CLOSE = 5  # words of a relative clause up to what it says
_RELATING = frozenset({"that", "which", "who"})
_PHRASE = 3  # words of a noun phrase before "that"
_GOING_ON = frozenset({":", ";"})
_PERSONAL = frozenset({"he", "she", "his", "her"})
_ORDINALS = {"first": 0, "second": 1, "third": 2, "former": -2, "latter": -1}
_PAIR = frozenset({"former", "latter"})
_LEADING = frozenset({"with", "into", "from", "to", "of", "in", "among", "by"})
"""Before "the surrounding grass": it is named only in passing."""


@dataclass(slots=True)
class Located:
    """Where everything belongs."""

    places: dict[int, int] = field(default_factory=dict)
    """place of each mark, by its start"""
    also: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """further regions that a mark may be about, by its start: "the bus and the sky are blurred" """
    named: set[int] = field(default_factory=set)
    turns: list[tuple[int, int]] = field(default_factory=list)
    """(word, place) wherever another place is spoken of, in order"""
    inherited: set[int] = field(default_factory=set)
    """starts of the marks of parts that name no place"""
    near: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """further regions that an inherited mark may well be about, by its start: those of its sentence and of the one before"""
    joint: set[int] = field(default_factory=set)
    """starts of the marks that are said of several regions which their part does not name: "both are noisy" """
    echoes: set[int] = field(default_factory=set)
    """regions of which the same is said as of others"""
    ahead: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """the regions that the sentence names behind an inherited mark, by its start"""
    unsaid: set[int] = field(default_factory=set)
    """of these, the marks of sentences of a global description that neither name a place nor go on with a pronoun"""

    def at(self, position: int) -> int:
        """The place that a word is said of."""
        number = bisect_right(self.turns, (position, len(self.turns) + max(self.named, default=0)))
        return self.turns[number - 1][1] if number else WHOLE


@dataclass(slots=True)
class _Known:
    """What is known when a sentence begins: the region asked about, the one spoken of, and all named so far."""

    target: int
    here: int
    order: Sequence[int]
    """in the order of their first mention"""
    latest: Sequence[int]
    """in the order of their last mention"""


def locate(
    words: Sequence[str], marks: Sequence[Mark], names: Mapping[tuple[int, int], tuple[int, ...]], request: TextRequest
) -> Located:
    """The place of every mark. ``names`` gives the regions that marked words may name.

    A mark belongs to the nearest place named before it in its part of the sentence, else to one named after it there, else to
    that of the part before; at the start of a sentence without a pronoun, to the next place named in the sentence.
    """
    target = request.targets[0] if request.kind != "global" and request.targets else WHOLE
    located, here, order, latest, unknown = Located(), target, list[int](), list[int](), False
    before: Sequence[int] = ()
    several = is_of_several(words)
    for sentence in sentences(words):
        parts = list(parts_of(words, sentence))
        here = _of_person(words, parts, request, here)
        _fill(words, parts, marks, names, _Known(target, here, order, latest))
        _fill_pronouns(words, parts, here)
        if target == WHOLE and not any(mention.place >= 0 for part in parts for mention in part.mentions):
            _fill_bare(words, parts, request)
            _fill_placed(words, parts, request)
        # what goes on about a thing that no region's name names is about that thing
        if sentence[0] and words[sentence[0] - 1] in _GOING_ON:
            unknown = unknown and not any(part.mentions for part in parts)
        else:
            unknown = target == WHOLE and not any(part.mentions for part in parts) and (unknown or not _goes_on(words, parts))
        if unknown:
            located.unsaid.update(mark.start for part in parts for mark in part.terms)
        located.inherited.update(
            mark.start for part in parts if all(mention.aside for mention in part.mentions) for mark in part.terms
        )
        located.named.update(mention.place for part in parts for mention in part.mentions if mention.place >= 0)
        _place(words, parts, located, here)
        _share(parts, located)
        if several:
            _fill_several(words, parts, located, latest)
        named = list(dict.fromkeys(_named_in(parts)))
        _look_around(parts, located, before)
        before = named or before
        order += [place for place in named if place not in order]
        if _PAIR.isdisjoint(words[slice(*sentence)]):  # "the former ... the latter" go on being those named before
            latest = [*(place for place in latest if place not in named), *named]
        here = _spoken_of(parts, here)
    return located


def _fill(
    words: Sequence[str],
    parts: list[Part],
    marks: Sequence[Mark],
    names: Mapping[tuple[int, int], tuple[int, ...]],
    known: _Known,
) -> None:
    target = known.target
    number = bisect_left(marks, parts[0].start, key=_START)
    for part in parts:
        while number < len(marks) and marks[number].start < part.end:
            mark, number = marks[number], number + 1
            idle = _rest_of(mark, names) or _is_no_pair(words, mark)
            place = None if idle else _named(mark, names, known, other=words[mark.start - 1] == "other")
            if place is None:
                part.terms.append(mark)
                continue
            if place == ELSEWHERE and any(end == mark.start for _, end in names):
                continue  # "the wall behind them" speaks of the wall
            mention = _mention(words, mark, place)
            # "more light than the scene can carry" speaks of a region
            if place != WHOLE or (target == WHOLE and not mention.aside):
                part.mentions.append(mention)
                known.here = place if place >= 0 else known.here


def _fill_pronouns(words: Sequence[str], parts: Sequence[Part], here: int) -> None:
    """A pronoun that is listed with a region names what was spoken of before: "it and the barn are noisy"."""
    for part, after in pairwise(parts):
        said = [word for word in words[part.start : part.end] if word not in {"both", "and", ","}]
        if here >= 0 and len(said) == 1 and said[0] in _LISTED and words[after.start] == "and" and after.mentions:
            part.mentions.append(Mention(part.end - 1, here, aside=False, compared=False, end=part.end))


def _of_person(words: Sequence[str], parts: Sequence[Part], request: TextRequest, here: int) -> int:
    """Whom "he" or "she" at the beginning of a sentence means: the one person among the regions."""
    if _PERSONAL.isdisjoint(words[parts[0].start : parts[0].start + 3]):
        return here
    people = persons_of(request)
    return here if here in people or len(people) != 1 else people[0]


def _fill_bare(words: Sequence[str], parts: list[Part], request: TextRequest) -> None:
    """In a sentence that names no region, a place names the one that lies there: "at the top, noise covers everything"."""
    sides = [sides_of(region.where) for region in request.picture.regions]
    for part in parts:
        for mark in part.terms:
            said = _BARE.intersection(mark.term.role.split())
            if said and words[mark.start - 1] not in _POSSESSIVE:
                there = [place for place, of in enumerate(sides) if of == said] or [
                    place for place, of in enumerate(sides) if of > said
                ]
                if len(there) == 1:
                    part.mentions.append(Mention(mark.start, there[0], aside=False, compared=False))


def _fill_placed(words: Sequence[str], parts: list[Part], request: TextRequest) -> None:
    """Likewise a wording of the region's own place: "the man in the middle" of what is called a chef in the centre."""
    for part in parts:
        for start, term in () if part.mentions else lexicon().places.scan(words[part.start : part.end]):
            there = [place for place, region in enumerate(request.picture.regions) if region.where == term.role]
            if len(there) == 1:
                part.mentions.append(Mention(part.start + start, there[0], aside=False, compared=False))


def _named(mark: Mark, names: Mapping[tuple[int, int], tuple[int, ...]], known: _Known, *, other: bool) -> int | None:
    """The place a mark names; "the other" is one that was not spoken of before, "the first" that named first."""
    candidates = names.get((mark.start, mark.end))
    if candidates and other:
        return next((place for place in candidates if place != known.here), candidates[0])
    if candidates:
        return next((place for place in (known.target, known.here) if place in candidates), candidates[0])
    if mark.term.role in _ORDINALS:
        number = _ORDINALS[mark.term.role]
        named = known.latest if number < 0 else known.order
        return named[number] if -len(named) <= number < len(named) else None
    return {"whole": WHOLE, "elsewhere": ELSEWHERE}.get(mark.term.role)


def _is_no_pair(words: Sequence[str], mark: Mark) -> bool:
    """Whether "the one" or "the other" goes on with a noun or a clause of its own: "on the other side", "the one that"."""
    if mark.term.words[-1] not in {"one", "other"} or mark.term.role not in _ORDINALS:
        return False
    after = words[mark.end] if mark.end < len(words) else "."
    sets = lexicon().words
    if mark.term.words[-1] == "other" and "one" not in words[max(0, mark.start - _PAIRED) : mark.start]:
        return True
    if mark.start and words[mark.start - 1] == "to":
        return True  # "from one end to the other"
    return after.isalpha() and not any(after in sets[name] for name in ("finite", "degrees", "anaphors")) and after != "by"


def _named_in(parts: Sequence[Part]) -> list[int]:
    return [mention.place for part in parts for mention in part.mentions if mention.place >= 0]


def _rest_of(mark: Mark, names: Mapping[tuple[int, int], tuple[int, ...]]) -> bool:
    """Whether "the rest of" is followed by a region, and so speaks of that region."""
    return mark.term.words[-1] == "of" and any(start in {mark.end, mark.end + 1} for start, _ in names)


def _mention(words: Sequence[str], mark: Mark, place: int) -> Mention:
    before = mark.start - 1
    while before >= 0 and words[before] in {"the", "a", "an", "its"}:
        before -= 1
    if before > 0 and words[before - 1] in {"the", "a", "an"} and words[before] not in lexicon().words["relational"]:
        before -= 2  # "above the blurred canal"
    elif before > 0 and words[before - 1] in _COMPARING:
        before -= 1  # "less colourful than wet sand"
    word = words[before] if before >= 0 else ""
    if word in _MEETING and words[max(0, before - 2) : before - 1] == ["where"]:
        return Mention(mark.start, place, aside=True, compared=False, end=mark.end)  # "ringing where it meets the cloth"
    if word in _OBJECTIVE and _of_noun(words, before) and place != WHOLE:
        return Mention(mark.start, place, aside=True, compared=False, end=mark.end)
    beside = word in lexicon().words["relational"] and words[before - 1] not in _HELD
    beside = beside or (word == "of" and before > 0 and words[before - 1] in _SIDES)
    beside = beside or (place == ELSEWHERE and (word in _LEADING or _in_passing(words, mark, word)))
    beside = beside or (before > 0 and "as" in words[max(0, before - 2) : before] and word in lexicon().words["finite"])
    beside = beside or (
        word == "with" and before > 0 and words[before - 1] == ","
    )  # "the mill, with the canal at its feet, is ..."
    return Mention(mark.start, place, beside, word in _COMPARING, mark.end)


def _of_noun(words: Sequence[str], position: int) -> bool:
    """Whether "that" follows a noun: "in a gloom that the lamp does not explain", but "one sees that the lamp is dark"."""
    if position < _PHRASE or not words[position - 1].isalpha() or words[position - 1] in _FACTS:
        return False
    return not _INDEFINITE.isdisjoint(words[position - _PHRASE : position - 1])


def _in_passing(words: Sequence[str], mark: Mark, before: str) -> bool:
    """Whether "beside it" only follows a noun: "a bright line with a dark one beside it", but "the street behind it is sharp"."""
    after = words[mark.end] if mark.end < len(words) else "."
    return before.isalpha() and mark.term.words[-1] == "it" and after not in lexicon().words["finite"]


def _place(words: Sequence[str], parts: list[Part], located: Located, here: int) -> None:
    spoken: int | None = None
    for number, part in enumerate(parts):
        strong = [mention for mention in part.mentions if not mention.aside or mention.compared]
        regions = [mention for mention in strong if mention.place != WHOLE]
        topic = spoken if spoken is not None else here if parts[0].start and words[parts[0].start - 1] in _GOING_ON else WHOLE
        if not regions and not (topic >= 0 and _only_about(words, strong)):
            regions = strong
        if not regions and spoken is None:
            spoken = here if _goes_on(words, parts[number:]) else _next_place(parts[number:], here)
        named = {mention.start: mention.place for mention in part.mentions}
        for mark in part.terms:
            if mark.end in named and mark.term.asserts and not mark.skipped:
                located.places[mark.start] = named[mark.end]  # "above the blurred canal"
                continue
            told = next((mention for mention in part.mentions if _tells_of(words, mention, mark)), None)
            if told:
                located.places[mark.start] = told.place  # "beside a shore that is too gaudy"
                continue
            before = [mention.place for mention in regions if mention.start < mark.end]
            if not before and spoken is not None and not _RELATIVE.isdisjoint(words[part.start : part.start + 2]):
                before = [spoken]  # "the wall, whose tones overpower those of the bicycle"
            located.places[mark.start] = (
                before[-1] if before else regions[0].place if regions else here if spoken is None else spoken
            )
        located.turns.append((part.start, regions[0].place if regions else here if spoken is None else spoken))
        located.turns += [(mention.start, mention.place) for mention in regions]
        lasting = [mention.place for mention in regions if not mention.compared]
        spoken = lasting[-1] if lasting else spoken


def _tells_of(words: Sequence[str], mention: Mention, mark: Mark) -> bool:
    """Whether a mark stands in a relative clause that follows directly on the name of a region."""
    return (
        mention.place >= 0
        and 0 < mention.end < mark.start <= mention.end + _CLOSE
        and words[mention.end] in _RELATING
        and words[mention.end + 1] in lexicon().words["finite"]
    )


def _look_around(parts: Sequence[Part], located: Located, before: Sequence[int]) -> None:
    """For each inherited mark the regions named before it in its sentence, else in the one before; and those named after."""
    found = [(part, _named_in([part])) for part in parts]
    for number, (part, _) in enumerate(found):
        for mark in part.terms:
            if mark.start in located.inherited:
                located.near[mark.start] = tuple(place for _, named in found[:number] for place in named) or tuple(before)
                located.ahead[mark.start] = tuple(place for _, named in found[number + 1 :] for place in named)


def _fill_several(words: Sequence[str], parts: Sequence[Part], located: Located, latest: Sequence[int]) -> None:
    """What a sentence says of several regions at once, or of one as of others."""
    located.places.update((mark.start, place) for mark, place in aligned(words, parts, latest))
    located.also.update(spread(words, parts, latest))
    located.joint.update(mark.start for mark in shared_by_several(words, parts))
    located.echoes.update(echoed(words, parts))


def _only_about(words: Sequence[str], mentions: Sequence[Mention]) -> bool:
    """Whether the picture is named in passing: "white halos all round the frame" of a region spoken of before."""
    return all(mention.start and words[mention.start] in _SHOWN and words[mention.start - 1] in _AROUND for mention in mentions)


def _goes_on(words: Sequence[str], parts: Sequence[Part]) -> bool:
    """Whether one of the parts before the next name begins with a pronoun, and so speaks of what was spoken of before."""
    anaphors = lexicon().words["anaphors"]
    unnamed = takewhile(lambda part: not part.mentions, parts)
    return any(
        not anaphors.isdisjoint(words[part.start : min(part.end, part.start + 3)]) or _is_of_it(words[part.start : part.end])
        for part in [*unnamed, *parts[:1]]
    )


def _is_of_it(words: Sequence[str]) -> bool:
    """Whether a part begins with what belongs to the thing spoken of before: "the main fault of it is ..."."""
    return any(list(words[number : number + 2]) in (["of", "it"], ["of", "them"]) for number in range(1, _PHRASE + 1))


def _next_place(parts: Sequence[Part], here: int) -> int:
    named = [mention for part in parts for mention in part.mentions if mention.place != ELSEWHERE]
    return next((mention.place for mention in [*(mention for mention in named if not mention.aside), *named]), here)


def _share(parts: list[Part], located: Located) -> None:
    """Regions named in parts without terms share the terms of the next part, or at the end those of the last."""
    waiting: list[int] = []
    last: Part | None = None
    for part in parts:
        for mark in part.terms:
            located.also[mark.start] = tuple(waiting)
        if any(mark.term.asserts or mark.term.denies or mark.term.role == "clean" for mark in part.terms):
            waiting, last = [], part
        else:
            waiting += [mention.place for mention in part.mentions if mention.place >= 0]
    for mark in last.terms if last else ():
        located.also[mark.start] += tuple(waiting)


def _spoken_of(parts: Sequence[Part], here: int) -> int:
    named = [mention.place for part in parts for mention in part.mentions if not mention.aside and mention.place != ELSEWHERE]
    regions = [place for place in named if place != WHOLE]
    return (regions or named or [here])[0 if not any(part.terms for part in parts) else -1]
