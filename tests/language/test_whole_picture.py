"""Texts about a picture that was distorted all over: what the grammar writes of it, and how such texts are read."""

import pytest

from annotate.checks import judge
from annotate.language.grammar.plans import LENGTHS, compose
from annotate.language.reading.claims import read
from distortions import allowed_pairs
from distortions.categories import DQ495K
from schemas.keys import digest, generator
from schemas.values import TextRequest
from tests.sentences import picture, whole_state

SEVERITIES = ("mild", "moderate", "severe")
KINDS = ("global", "local", "long")


def asked(kind, damage):
    targets = () if kind == "global" else (0,)
    return TextRequest(id=digest(kind, damage), kind=kind, picture=picture((whole_state(damage),)), targets=targets)


def damages(count):
    draws = generator(1, "whole")
    pairs = sorted(allowed_pairs())
    singles = [(category.key,) for category in DQ495K]
    for number in range(count):
        among = pairs if number % 2 else singles
        keys = among[int(draws.integers(len(among)))]
        yield ", ".join(f"{key} {SEVERITIES[int(draws.integers(3))]}" for key in keys)


@pytest.mark.parametrize("kind", KINDS)
def test_the_grammar_writes_of_the_whole_picture_what_the_validator_accepts(kind):
    least, most = LENGTHS[kind]
    lengths = []
    for damage in damages(120):
        request = asked(kind, damage)
        text = compose(request)
        assert judge(request, text) == (), (damage, text)
        assert not set("<>{}[]|$_0123456789") & set(text), text
        lengths.append(least <= len(text.split()) <= most)
    assert sum(lengths) >= 0.97 * len(lengths)


def test_a_whole_picture_in_which_nothing_came_to_be_seen_is_called_clean():
    for number in range(40):
        request = asked("local", "").model_copy(update={"id": digest(number)})
        assert judge(request, compose(request)) == (), compose(request)


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_of_the_whole_picture_names_a_side_of_it(kind):
    for damage in damages(60):
        request = asked(kind, damage)
        assert read(request, compose(request)).spots == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The whole picture suffers from severe blur, which softens every edge in it.", None),
        ("Severe blur lies over everything, and the edges of the house in the upper left are gone.", None),
        ("Severe blur softens the trees, while the sky is perfectly sharp and shows crisp clouds.", "contradiction"),
        ("The photograph suffers from severe blur, but the rest of it is free of distortion.", "contradiction"),
        ("The whole picture suffers from severe blur, and the wall on the right is noisy.", "hallucinated"),
        ("The whole picture is mildly blurred, which takes a little from its edges and outlines.", "severity"),
        ("The whole picture is noisy and grainy, with dots all over its surfaces.", "missing"),
    ],
)
def test_what_is_said_of_any_part_is_said_of_the_whole(text, code):
    found = {finding.code for finding in judge(asked("long", "blur severe"), text)}
    assert code in found if code else not found
