"""Claims once more, after the whole text was read: the opening, the summary, what is taken back, things by other words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from annotate.language.lexicon import lexicon
from annotate.language.reading.words import STOPS, frame_of, words_of
from distortions.categories import DQ495K
from schemas.values import Severity, TextRequest

__all__ = ["Claim", "Polarity", "settled"]

Polarity = Literal["asserted", "denied", "praised"]


_COMMON = frozenset(category.key for category in DQ495K)
_NEAR = 5
_DEFINITE = frozenset({"the", "this", "that"})
_OVER = frozenset({"also", "full", "random", "moreover", "covered", "throughout", "over", "everywhere", "all", "too", "strewn"})
_COMPLAINTS = frozenset({"too", "overly", "unnaturally", "excessively", "artificially", "pixel", "pixels", "excess", "excessive"})
"""Words with which an effect is no matter of the scene."""
_ADDING = frozenset({"addition", "moreover", "furthermore", "additionally", "besides", "worse", "bargain", "top", "more"})
_OPENING = 4  # words of a sentence that may say that it adds something
_SENTENCE = 16  # words between its beginning and what it adds


class Claim(NamedTuple):
    """One thing said of one place.

    Polarity: asserted (``categories``: one of these distortions is there), denied (none of them is there),
    praised (a quality that rules each of them out; all of them for "clean").
    """

    words: str
    start: int
    """number of the first word"""
    polarity: Polarity
    categories: frozenset[str]
    excused: frozenset[str]
    """categories whose presence also explains the words"""
    place: int
    """index of a region, ``WHOLE`` or ``ELSEWHERE``"""
    severity: frozenset[Severity] = frozenset()
    effect: bool = False
    """an effect that may have other causes ("pale"), not the distortion's name"""
    loose: bool = False
    """said in a sentence of a global description that names no region and does not go on with a pronoun"""
    joint: bool = False
    """said of several regions that are not named beside it"""
    natural: bool = False
    """may tell what a thing is like by nature ("faded shutters") or only seems to be, and so need not be true"""
    hedged: bool = False
    """said with "still", "mostly" and the like"""
    inherited: bool = False
    """said in a part of a sentence that names no region"""
    near: tuple[int, ...] = ()
    """regions that it may be about as well as its place, since its part of the sentence names none"""
    also: tuple[int, ...] = ()
    """regions named together with the place ("the bus and the sky are blurred")"""


def settled(claims: Sequence[Claim], words: Sequence[str], request: TextRequest) -> Iterator[Claim]:
    """The claims that count, each at the place it is about."""
    found = list(_settled(claims, words, request))
    clear = _clear(found, request)
    labels = frozenset().union(*(_words(region.label, region.phrase) for region in request.picture.regions))
    excused = frozenset[str]()
    for claim in found:
        if claim.natural:
            excused |= claim.categories
        # "blurred by nature ... fought the blur"
        again = claim.start > 0 and words[claim.start - 1] in _DEFINITE and claim.categories <= excused
        said = claim.words.split()
        scenic = len(said) == 1 and said[0] in lexicon().words["scenic"]
        loaded = claim.effect or claim.categories.isdisjoint(_COMMON) or (scenic and not _spread_over(words, claim.start))
        plain = loaded and not claim.severity and claim.place in clear and _COMPLAINTS.isdisjoint(said)
        plain = plain and not _is_added(words, claim.start)
        # "noisy" of a noisy crowd, "crisp" of crisp linen, "square pixels" of pixel art
        named = (len(said) == 1 or claim.effect) and any(word in labels or word.removesuffix("s") in labels for word in said)
        if claim.polarity == "praised" and named:
            continue
        yield claim._replace(natural=True) if claim.polarity == "asserted" and (plain or named or again) else claim


def _is_added(words: Sequence[str], position: int) -> bool:
    """Whether something is said on top of what was said before: "in addition a grey veil hangs before it"."""
    first = next((number + 1 for number in range(position - 1, -1, -1) if words[number] in STOPS), 0)
    opening = words[first : first + _OPENING]
    return not _ADDING.isdisjoint(opening) and position - first <= _SENTENCE


def _spread_over(words: Sequence[str], position: int) -> bool:
    """Whether a word for a distortion is said in a way that things of the scene are not: "and it is also grainy throughout"."""
    return not _OVER.isdisjoint((*words[max(0, position - _NEAR) : position], *words[position + 1 : position + _NEAR]))


def _clear(claims: Sequence[Claim], request: TextRequest) -> frozenset[int]:
    """The regions whose distortions are all said by name, or that are said to have none: effects there may be the scene."""
    found = set()
    for region in request.picture.regions:
        true = {step.category for step in region.steps}
        here = [claim for claim in claims if claim.place == region.index or region.index in claim.also]
        said = {category for claim in here if claim.polarity == "asserted" and not claim.effect for category in claim.categories}
        if true <= said:
            found.add(region.index)
    return frozenset(found)


@lru_cache(maxsize=1024)
def _words(label: str, phrase: str) -> frozenset[str]:
    return frozenset(words_of(f"{label} {phrase}")) - lexicon().words["weak"]


def _settled(claims: Sequence[Claim], words: Sequence[str], request: TextRequest) -> Iterator[Claim]:
    true = [frozenset(step.category for step in region.steps) for region in request.picture.regions]
    firm = {(claim.place, category) for claim in claims if not claim.loose for category in claim.categories}
    opening, summary = frame_of(words, request.kind)
    for claim in claims:
        if claim.polarity == "praised" and _takes_back(claim, claims, words):
            continue
        if claim.joint:
            claim = _of_several(claim, true)  # noqa: PLW2901
        if claim.polarity == "asserted" and claim.place >= 0 and not (claim.categories | claim.excused) & true[claim.place]:
            if claim.start < opening and claim.effect and not claim.severity:
                continue  # a misty morning, a dark wood: the scene
            if "contrast_strengthen" in true[claim.place] and _is_one_end(claim, claims, words):
                continue
            if claim.loose or claim.start >= summary:
                claim = _placed(claim, true, firm)  # noqa: PLW2901
            elif not _is_mistaken(claim, claims, true):
                claim = _moved(claim, true, firm)  # noqa: PLW2901
        yield claim


def _moved(claim: Claim, true: Sequence[frozenset[str]], firm: set[tuple[int, str]]) -> Claim:
    """What is said where no region is named, of one named before for which it is true."""
    there = [place for place in claim.near if claim.categories & true[place]]
    if there:
        return claim._replace(place=there[0])
    return _placed(claim, true, firm, unsaid_only=True) if claim.inherited and claim.effect else claim


def _is_mistaken(claim: Claim, claims: Sequence[Claim], true: Sequence[frozenset[str]]) -> bool:
    """Whether a text says at more than one place what a region does not have, once where it names the region."""
    return any(
        other.place == claim.place
        and other.polarity == "asserted"
        and not (other.loose or other.near or other.natural)
        and other.categories & claim.categories
        and not (other.categories | other.excused) & true[other.place]
        for other in claims
    )


def _is_one_end(claim: Claim, claims: Sequence[Claim], words: Sequence[str]) -> bool:
    """Whether some of it is said to be lighter and some darker: "its panels a little lighter and the gaps darker"."""
    other = next((one for here, one in (("brighten", "darken"), ("darken", "brighten")) if here in claim.categories), None)
    return any(
        other in one.categories
        and one.polarity == "asserted"
        and one.place == claim.place
        and STOPS.isdisjoint(words[min(claim.start, one.start) : max(claim.start, one.start)])
        for one in claims
    )


def _of_several(claim: Claim, true: Sequence[frozenset[str]]) -> Claim:
    """What "both" are said to have belongs to the regions that have it, if these are several."""
    there = [place for place, of in enumerate(true) if claim.categories & of]
    if claim.polarity != "asserted" or len(there) == 1 or not there:
        return claim
    place = claim.place if claim.place in there else there[0]
    return claim._replace(place=place, also=tuple(there))


def _placed(claim: Claim, true: Sequence[frozenset[str]], firm: set[tuple[int, str]], *, unsaid_only: bool = False) -> Claim:
    """What a text calls by words of its own ("the quay") is a region for which the claim is true, if there is one.

    One that is not otherwise said to have the distortion comes first.
    """
    there = [place for place, of in enumerate(true) if claim.categories & of]
    unsaid = [place for place in there if not any((place, category) in firm for category in claim.categories)]
    found = unsaid if unsaid_only else unsaid or there
    return claim._replace(place=found[0]) if found else claim


def _takes_back(praise: Claim, claims: Sequence[Claim], words: Sequence[str]) -> bool:
    """Whether praise stands in one part of a sentence with what it rules out: "mild blur takes the crispness of its edges"."""
    for claim in claims:
        if claim.polarity == "asserted" and claim.place == praise.place and claim.categories & praise.categories:
            between = words[min(claim.start, praise.start) : max(claim.start, praise.start)]
            if STOPS.isdisjoint(between) and lexicon().words["breaks"].isdisjoint(between):
                return True
    return False
