"""The words around a term: negation directly before it, words that take back praise, severity words that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Final

from annotate.language.lexicon import Mark, lexicon
from annotate.language.reading.denial import is_ruled_out, is_said_absent
from annotate.language.reading.words import STOPS
from schemas.values import Severity

__all__ = [
    "is_beside",
    "is_expected",
    "is_natural",
    "is_negated",
    "is_neutral",
    "is_of_another",
    "is_of_the_rest",
    "is_supposed",
    "severities_of",
]

_SHORT: Final = 4
_NEAR: Final = 4
_REACH: Final = 5  # fillers that may stand between a negator and its term
_CLAUSE: Final = 8  # words that may stand between a degree and a term of its clause
_GAP: Final = 3  # words that may stand between a severity word and its term
_SUBJECT: Final = 12  # words of a subject that begins with "nothing"
_NONE: Final = frozenset({"nothing", "none", "neither"})
_FAR: Final = 2  # "no measurable noise": one word of any kind may follow "no"
_NO_ADJECTIVES: Final = frozenset({"longer", "doubt", "less", "more", ",", "the", "of", "only", "and", "but", "wonder"})
_PREDICATING: Final = frozenset(
    {"is", "are", "was", "were", "be", "been", "looks", "look", "appears", "appear", "seems", "seem", "has", "have"}
)
_TO_BE: Final = frozenset({"be", "to", "a", "an", "the", "have", "been", "normally", "naturally", "even", "in", "rather"})
_SEEMING: Final = frozenset({"may", "might"})
_EXPECTING: Final = frozenset({"expect", "expects", "expected", "supposed"})
_SUPPOSING: Final = frozenset({"should", "ought", "would", "supposed", "expected", "expect", "meant"})
_DETERMINERS: Final = frozenset(
    {
        "a",
        "an",
        "the",
        "its",
        "their",
        "his",
        "her",
        "this",
        "these",
        "those",
        "some",
        "of",
        "with",
        "by",
        "in",
        "on",
        "between",
        "under",
        "behind",
        "from",
        "and",
        ",",
    }
)
_ONLY: Final = frozenset({"only", "just", "merely"})
_MERE: Final = frozenset({"only", "quite", "just", "perfectly", "entirely", "simply", "a", "completely"})
_OF_ITSELF: Final = (
    "by nature",
    "by its nature",
    "which is what",
    "is what",
    "are what",
    "belong",
    "in itself",
    "in themselves",
    "of its own",
    "of their own",
)
"""What follows words that tell what a thing is like."""
_OWN: Final = frozenset({"its", "their", "his", "her"})
_KEEPING: Final = frozenset({"keep", "keeps", "kept", "retain", "retains", "preserves", "preserved", "with", "shows"})
_RIGHTLY: Final = frozenset({"rightly", "naturally", "understandably"})
_BEING: Final = frozenset({"is", "are", "do", "does", "must", "should", "ought", "will", "tend", "tends", "always", "usually"})
_SAME: Final = frozenset({"it", "they", "if", "though", "the", "this", "its", "one", "well"})
_EXPECTED: Final = frozenset({("natural",), ("normal",), ("no", "fault"), ("no", "defect"), ("no", "flaw")})
_BEFORE: Final = 6  # words before praise that may take it back
_AFTER: Final = 8  # words after praise that may take it back
_CLAUSE_ENDS: Final = STOPS | {",", "and", "but", "yet", "while"}
_INTENSIFYING: Final = frozenset({"very", "too", "so", "particularly", "at", "all", "really", "especially", "exactly", "a"})
_TURNING: Final = (["no", "means"], ["far", "from"], ["anything", "but"], ["nothing", "but"], ["less", "than"])
_SIDES: Final = frozenset({"left", "right", "top", "bottom"})
_SEVERITIES: Final = frozenset({"mild", "moderate", "severe"})
_REPEATED: Final = frozenset({"of", "from", "any"})
"""said again before each distortion of a list that is denied: "free of blocks, and of noise" """
_LISTED: Final = ({"or"}, {"nor"}, {"and"}, {","}, {",", "or"}, {",", "nor"}, {",", "and"})


def is_negated(words: Sequence[str], marks: Sequence[Mark], number: int, denied: dict[int, int]) -> bool:
    """Whether marks[number] is denied by a negator directly before it, or follows a denied term in a list.

    ``denied`` collects the denied marks (number -> length of the list so far) of a text that is read from left to right.
    """
    if (
        _directly_negated(words, marks, number)
        or _said_of_none(words, marks[number].start)
        or is_ruled_out(words, marks, number)
        or is_said_absent(words, marks, number)
    ):
        denied[number] = 1
        return True
    before = number - 1
    while before >= 0 and before not in denied and marks[before].term.role in _SEVERITIES:
        before -= 1
    if before >= 0 and before not in denied and _is_denial(words, marks[before]):
        denied[before] = 1  # "without blocks or ringing"
    if before in denied:
        between = set(words[marks[before].end : marks[number].start])
        between -= {word for mark in marks[before + 1 : number] for word in mark.term.words} | _REPEATED
        listed = denied[before]
        # "no blur, and noise ...": a comma before "and" goes on with a list only if it has begun
        if between in _LISTED and (between != {",", "and"} or listed > 1 or words[marks[number].start - 1] in _REPEATED):
            denied[number] = listed + 1
            return True
    return False


def _directly_negated(words: Sequence[str], marks: Sequence[Mark], number: int) -> bool:
    fillers, position = lexicon().words["fillers"], marks[number].start
    lowest = position - _REACH
    if position > 1 and words[position - _FAR] == "no" and words[position - 1] not in _NO_ADJECTIVES:
        return not any(mark.start == position - _FAR and mark.term.role == "severe" for mark in marks[:number])  # "no small blur"
    for mark in reversed(marks[:number]):
        while position > mark.end and words[position - 1] in fillers:
            position -= 1
        if position != mark.end or position < lowest:
            return False
        if mark.term.role == "negator":
            return True
        if mark.term.role not in _SEVERITIES:
            return False
        position = mark.start
    return False


def _is_denial(words: Sequence[str], mark: Mark) -> bool:
    return bool(mark.term.denies) and mark.term.words[0] in {"no", "without", "free"} and not is_neutral(words, mark)


def _said_of_none(words: Sequence[str], position: int) -> bool:
    """Whether a term is the predicate of a subject that is none: "nothing in the room is blurred", "neither half is noisy"."""
    sets = lexicon().words
    while position and (words[position - 1] in sets["fillers"] or words[position - 1] in sets["degrees"]):
        position -= 1
    if not position or words[position - 1] not in _PREDICATING:
        return False
    for before in range(position - 2, max(-1, position - 2 - _SUBJECT), -1):
        if words[before] in STOPS or words[before] in sets["breaks"]:
            return False
        if words[before] in _NONE or (words[before] == "no" and words[before + 1] not in _NO_ADJECTIVES):
            return words[before + 1] not in {"but", "if"}
    return False


def is_supposed(words: Sequence[str], mark: Mark) -> bool:
    """Whether a term says what a thing should be, not what it is: "a vault that ought to be dim"."""
    if words[mark.start - 1] == "to" and not _EXPECTING.isdisjoint(words[max(0, mark.start - _SUBJECT) : mark.start]):
        return True  # "one would expect the belly to darken"
    position = mark.start
    while position and words[position - 1] in _TO_BE:
        position -= 1
    return position < mark.start and words[position - 1] in _SUPPOSING


def is_expected(words: Sequence[str], mark: Mark) -> bool:
    """Whether a text says that what it speaks of is no distortion: "haze is no fault", "probably mist", "is only darkness"."""
    position, sets = mark.end, lexicon().words
    if mark.start and words[mark.start - 1] in sets["guesses"]:
        return True
    only = mark.start > 1 and words[mark.start - 1] in _ONLY and words[mark.start - _FAR] in _PREDICATING
    if only and words[position : position + 1] and (words[position] in STOPS or words[position] in sets["breaks"]):
        return True
    if position >= len(words) or words[position] not in _PREDICATING:
        return False
    position += 1
    while position < len(words) and words[position] in _MERE:
        position += 1
    said = tuple(words[position : position + _FAR])
    return said[:1] in _EXPECTED or said in _EXPECTED


def _by_nature(words: Sequence[str], mark: Mark) -> bool:
    """Whether a text goes on to say that things of that kind are so: "grainy as sand must be", "flat and dull by nature"."""
    after = [word for word in words[mark.end : mark.end + _AFTER] if word != ","]
    before = words[max(0, mark.start - _GAP) : mark.start]
    if mark.start and words[mark.start - 1] in _RIGHTLY:
        return True
    if " ".join(after[:3]).startswith(_OF_ITSELF) or (before[-1:] and before[-1] in _OWN and not _KEEPING.isdisjoint(before)):
        return True
    said = takewhile(lambda word: word not in STOPS, after[1:_NEAR])
    return after[:1] in (["as"], ["because"]) and not _BEING.isdisjoint(said) and _SAME.isdisjoint(after[1:2])


def is_neutral(words: Sequence[str], mark: Mark) -> bool:
    """Whether a word of good quality claims none: "no longer crisp", "less sharp", "instead of clean"."""
    started = max(0, mark.start - _SUBJECT)
    before = words[started : mark.start]
    between = [word for word in before if word in STOPS or word in _NONE or word == ","]
    if not _NONE.isdisjoint(before) and between[-1] in _NONE:
        return True  # "nothing about the bus in the picture is crisp"
    if "no" in before and (words[mark.start] == "without" or _of_none(words, mark.start)):
        return True  # "no contour runs without steps", "no part of it is entirely clean"
    if list(before[-2:]) == ["anything", "but"] or _taken_back(words, mark.end):
        return True
    return _met(reversed(before[-_BEFORE:]), lexicon().words["neutralisers"])


def _of_none(words: Sequence[str], position: int) -> bool:
    """Whether praise is the predicate of a subject that begins with "no"."""
    return _said_of_none(words, position - (words[position - 1] in {"entirely", "wholly", "completely", "fully"}))


def _taken_back(words: Sequence[str], position: int) -> bool:
    """Whether what follows praise takes it back: "the sharp edges of the parapet are gone"."""
    after = takewhile(lambda word: word != "than", words[position : position + _AFTER])
    return _met(after, lexicon().words["gone"])


def _met(words: Iterable[str], wanted: frozenset[str]) -> bool:
    """Whether one of the wanted words comes before the clause ends."""
    return not wanted.isdisjoint(takewhile(lambda word: word not in _CLAUSE_ENDS, words))


def is_of_the_rest(words: Sequence[str], mark: Mark) -> bool:
    """Whether a sentence makes an exception, so that praise of the whole picture is praise of the rest: "except for the sign"."""
    start = next((position + 1 for position in range(mark.start - 1, -1, -1) if words[position] in STOPS), 0)
    end = next((position for position in range(mark.end, len(words)) if words[position] in STOPS), len(words))
    return not lexicon().words["excepting"].isdisjoint(words[start:end])


def is_of_another(words: Sequence[str], mark: Mark) -> bool:
    """Whether praise belongs to something else: "vivid postcards", "beside a vivid red car", "its colour is unaffected"."""
    sets = lexicon().words
    before = words[max(0, mark.start - _NEAR) : mark.start]
    if mark.term.role == "clean":
        brief = len(mark.term.words) == 1 or mark.term.words[0] in _PREDICATING  # "its outline is clean"
        return (brief and not sets["qualities"].isdisjoint(before)) or list(words[mark.end : mark.end + 2]) == ["with", "how"]
    noun = next((word for word in words[mark.end : mark.end + _NEAR] if word not in sets["colours"]), ".")
    if not noun.isalpha() or any(noun in sets[name] for name in ("qualities", "singular", "common", "generic")):
        return False
    plural = noun.endswith("s") and len(noun) > _SHORT and not noun.endswith(("ss", "us"))
    return plural or not sets["introducing"].isdisjoint(before)


def is_natural(words: Sequence[str], mark: Mark) -> bool:
    """Whether an adjective may tell what a thing is like by nature: "faded shutters", or seems to be: "may look washed out"."""
    sets = lexicon().words
    if not _SEEMING.isdisjoint(words[max(0, mark.start - _GAP) : mark.start]) or _by_nature(words, mark):
        return True
    if mark.end - mark.start > 1 or words[mark.start] not in sets["natural"] or mark.end == len(words):
        return False
    before, after = words[mark.start - 1] if mark.start else ",", words[mark.end]
    if not after.isalpha() or not (before in _DETERMINERS or before in sets["colours"]) or after in sets["adverbs"]:
        return False
    return after not in sets["qualities"] and after not in sets["common"] and after not in sets["generic"]


def is_beside(words: Sequence[str], mark: Mark) -> bool:
    """Whether a distortion is said of what lies beside: "next to a blurred tree"."""
    before = mark.start - 1
    if mark.end - mark.start > 1 or before < 1 or words[before] not in {"a", "an", "the", "some"} or mark.end == len(words):
        return False
    after, sets = words[mark.end], lexicon().words
    beside = words[before - 1] in {"beside", "unlike", "near", "alongside"} or list(words[before - 2 : before]) == ["next", "to"]
    return (
        beside and words[mark.start].endswith(("ed", "y")) and after.isalpha() and after not in sets["qualities"] | sets["common"]
    )


def severities_of(words: Sequence[str], marks: Sequence[Mark]) -> dict[int, frozenset[Severity]]:
    """For each asserting mark (by its start) the severity words that belong to it."""
    found: dict[int, set[Severity]] = {
        mark.start: set(inside) for mark in marks if mark.term.asserts and (inside := _severity_inside(mark.term.words))
    }
    direct: set[int] = set(found)
    degrees = [
        number
        for number, mark in enumerate(marks)
        if mark.term.role in {"mild", "moderate", "severe"} and not _is_turned_down(words, mark.start)
    ]
    after = {number: start for number in degrees if (start := _term_after(words, marks, number)) is not None}
    for number, start in after.items():
        direct.add(start)
        found.setdefault(start, set()).add(marks[number].term.role)  # type: ignore[arg-type]
    free = [number for number in degrees if number not in after]
    for number in free:
        before = _term_before(words, marks, number)
        if before is None:
            _spread(words, marks, marks[number], found)
        elif before not in direct:
            found.setdefault(before, set()).add(marks[number].term.role)  # type: ignore[arg-type]
    return {start: frozenset(said) for start, said in found.items()}


def _is_turned_down(words: Sequence[str], start: int) -> bool:
    """Whether a word of degree is denied: "by no means severe", "anything but slight"."""
    before = list(words[max(0, start - _NEAR) : start])
    while before and before[-1] in _INTENSIFYING:
        before.pop()
    return before[-1:] in (["not"], ["hardly"], ["never"], ["isn't"]) or before[-2:] in _TURNING


def _spread(words: Sequence[str], marks: Sequence[Mark], degree: Mark, found: dict[int, set[Severity]]) -> None:
    """Gives a word of degree that belongs to no term to the nearest one of its clause: "oversaturated by a tiny amount"."""
    if degree.term.role == "moderate" or not _is_degree(degree.term.words):
        return
    near = [mark for mark in marks if mark.term.asserts and mark.start not in found and _in_clause(words, degree, mark)]
    if near:
        closest = min(near, key=lambda term: max(term.start - degree.end, degree.start - term.end))
        found.setdefault(closest.start, set()).add(degree.term.role)  # type: ignore[arg-type]


def _is_degree(words: tuple[str, ...]) -> bool:
    return len(words) > 1 or words[0].endswith("ly") or words[0] in lexicon().words["measuring"]


def _in_clause(words: Sequence[str], mark: Mark, term: Mark) -> bool:
    between = words[mark.end : term.start] if mark.end <= term.start else words[term.end : mark.start]
    if list(between[-2:]) in (["it", "is"], ["they", "are"], ["it", "'s"]):
        between = between[:-2]
        between = between[:-1] if between[-1:] and between[-1] in lexicon().words["breaks"] else between
        between = between[:-1] if between[-1:] == [","] else between
    return len(between) <= _CLAUSE and STOPS.isdisjoint(between) and lexicon().words["breaks"].isdisjoint(between)


@lru_cache(maxsize=4096)
def _severity_inside(words: tuple[str, ...]) -> frozenset[Severity]:
    """The severity words that a term holds: "slightly darker"."""
    inherent = lexicon().words["inherent"]
    return frozenset(term.role for _, term in lexicon().strengths.scan(words) if " ".join(term.words) not in inherent)  # type: ignore[misc]


def _term_after(words: Sequence[str], marks: Sequence[Mark], number: int) -> int | None:
    """The start of the term in "mild blur", "slight but visible blur"."""
    verbs = lexicon().words["verbs"]
    for mark in marks[number + 1 :]:
        if mark.start - marks[number].end > _GAP:
            return None
        between = words[marks[number].end : mark.start]
        if any(word in verbs or word in STOPS for word in between):
            return None
        if mark.term.asserts:
            return mark.start
    return None


def _term_before(words: Sequence[str], marks: Sequence[Mark], number: int) -> int | None:
    """The start of the term in "the blur is severe"."""
    copulas = lexicon().words["copulas"]
    position = marks[number].start
    for mark in reversed(marks[:number]):
        if any(word not in copulas for word in words[mark.end : position]):
            return None
        if mark.term.asserts:
            return mark.start
        # a name may stand between: "the noise on the bus is mild"
        if (
            mark.term.role
            and mark.term.role not in {"mild", "moderate", "severe", "pointer"}
            and not _SIDES.intersection(mark.term.role.split())
        ):
            return None
        position = mark.start
    return None
