"""The tree of terms: what grows with the texts is what all wordings written out would give."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.language.lexicon.index import Index, Pattern, Term, chunks_of

SOURCES = ("{very ,}{soft,fuzzy}", "soft {and ,}fuzzy edge{s,}", "{a,} bit{ of,} {fog,haze}", "{un,}sharp", "fog")
WORDS = ("very", "soft", "fuzzy", "and", "edge", "edges", "a", "bit", "of", "fog", "haze", "sharp", "unsharp")


def meaning(words, patterns):
    return Term(words, asserts=frozenset(found.subject for found in patterns))


def grown():
    return Index(patterns=[Pattern(chunks_of(source), "asserts", source) for source in SOURCES], meaning=meaning)


def written_out():
    said = {}
    for source in SOURCES:
        for choice in product(*(chunk.choices for chunk in chunks_of(source))):
            said.setdefault(sum(choice, ()), set()).add(source)
    return Index(Term(words, asserts=frozenset(found)) for words, found in said.items())


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_a_grown_tree_finds_what_all_wordings_written_out_give(words):
    lazy, eager = grown(), written_out()
    for _ in range(2):
        assert list(lazy.scan(words)) == list(eager.scan(words))
        assert [lazy.at(words, start) for start in range(len(words))] == [eager.at(words, start) for start in range(len(words))]


@pytest.mark.parametrize(
    ("pattern", "chunks"),
    [
        ("blur{,red}", ((("blur",), ("blurred",)),)),
        ("{too ,}low light", ((("too", "low"), ("low",)), (("light",),))),
        ("{a,} {b {c,d},e}", ((("a",), ()), (("b", "c"), ("b", "d"), ("e",)))),
    ],
)
def test_chunks_of_a_pattern_are_parted_by_spaces_outside_of_its_choices(pattern, chunks):
    assert tuple(chunk.choices for chunk in chunks_of(pattern)) == chunks
