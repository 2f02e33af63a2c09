from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.stages.select import select
from schemas.keys import digest
from schemas.recipe import Quotas
from schemas.values import Candidate

NO_LIMITS = Quotas()


def question(number, *, picture="p", kind="hyd", ask="most", topic=(), stratum=("top left", "largest", "blur")):
    return Candidate(
        id=digest(number, picture, kind, ask)[:32], task="grounding", kind=kind, picture=picture, split="train",
        targets=(0,), ask=ask, topic=topic, stratum=stratum,
    )  # fmt: skip


many = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from("abcdef"), st.sampled_from(["hyd", "sid", "short"]),
        st.sampled_from(["most", "least"]),
        st.sampled_from(["top left", "top right", "bottom left"]),
    ),
    unique=True, max_size=60,
)  # fmt: skip


def made(rows):
    return [question(n, picture=p, kind=k, ask=a, stratum=(where,)) for n, p, k, a, where in dict.fromkeys(rows)]


@settings(max_examples=60, deadline=None)
@given(rows=many, shuffle=st.randoms())
def test_the_order_of_candidates_does_not_matter(rows, shuffle):
    candidates = made(rows)
    quotas, limits = Quotas(hyd=5, sid=3), Quotas(hyd=2, sid=1, short=2)
    expected = select(candidates, quotas, limits, 7)
    shuffle.shuffle(candidates)
    assert select(candidates, quotas, limits, 7) == expected


@settings(max_examples=60, deadline=None)
@given(rows=many)
def test_nothing_is_doubled_invented_or_over_the_limit_of_a_picture(rows):
    candidates = {one.id: one for one in made(rows)}
    selection = select(candidates.values(), Quotas(hyd=4, short=0), Quotas(hyd=2, sid=1), 0)
    out = [*selection.chosen, *selection.reserve]
    assert len({one.id for one in out}) == len(out)
    assert all(candidates[one.id] == one for one in out)
    assert all(count <= 2 for count in Counter(one.picture for one in out if one.kind == "hyd").values())
    assert all(count <= 1 for count in Counter(one.picture for one in out if one.kind == "sid").values())
    assert not [one for one in selection.chosen if one.kind == "short"]


@settings(max_examples=60, deadline=None)
@given(rows=many, wanted=st.integers(0, 40))
def test_a_quota_is_met_exactly_or_the_shortfall_says_by_how_much(rows, wanted):
    selection = select(made(rows), Quotas(hyd=wanted), Quotas(hyd=1), 0)
    got = sum(one.kind == "hyd" for one in selection.chosen)
    missing = {gap.kind: gap.wanted - gap.found for gap in selection.shortfalls}
    assert got + missing.get("hyd", 0) == wanted
    assert not (missing and any(one.kind == "hyd" for one in selection.reserve))


def test_a_larger_quota_takes_the_same_questions_and_then_the_reserve_in_its_order():
    candidates = [question(n, picture=f"p{n % 30}", ask=("most", "least")[n % 2]) for n in range(200)]
    small, large = (select(candidates, Quotas(hyd=count), Quotas(hyd=2), 3) for count in (10, 25))
    assert large.chosen == (*small.chosen, *small.reserve[:15])


def test_asks_topics_and_places_stay_even_although_the_supply_is_not():
    candidates = [
        question(n, picture=f"p{n}", ask="most" if n % 5 else "least", topic=("blur",) if n % 7 else ("noise",),
                 stratum=("top left" if n % 3 else "bottom right", "largest" if n % 2 else "smallest"))
        for n in range(4000)
    ]  # fmt: skip
    chosen = select(candidates, Quotas(hyd=400), Quotas(hyd=1), 0).chosen
    for value in (lambda one: one.ask, lambda one: one.topic, lambda one: one.stratum[0], lambda one: one.stratum[1]):
        counts = Counter(map(value, chosen)).values()
        assert max(counts) - min(counts) <= 4


def test_where_the_distortion_is_asked_for_it_stays_even_in_every_place():
    places, kinds = ("top left", "bottom right"), ("blur", "noise")
    candidates = [
        question(n, picture=f"p{n}", kind="short", ask="", stratum=(places[(n // 2) % 4 == 0], "1 of 2", kinds[n % 2]))
        for n in range(4000)
    ]  # three in four in the upper left
    candidates = [one for one in candidates if one.stratum != ("bottom right", "1 of 2", "noise") or int(one.id[:2], 16) < 160]
    chosen = select(candidates, Quotas(short=400), Quotas(short=1), 0).chosen
    counts = Counter((one.stratum[0], one.stratum[2]) for one in chosen)
    assert max(counts.values()) - min(counts.values()) <= 4


def test_a_kind_without_quota_takes_all_that_the_limit_allows():
    candidates = [question(n, picture=f"p{n % 10}") for n in range(50)]
    selection = select(candidates, Quotas(), Quotas(hyd=3), 0)
    assert len(selection.chosen) == 30
    assert selection.reserve == ()


def test_without_limits_no_question_is_lost():
    candidates = [question(n) for n in range(20)]
    assert len(select(candidates, Quotas(), NO_LIMITS, 0).chosen) == 20


def test_another_seed_chooses_other_questions():
    candidates = [question(n, picture=f"p{n}") for n in range(100)]
    one, other = (select(candidates, Quotas(hyd=20), NO_LIMITS, seed).chosen for seed in (0, 1))
    assert set(one) != set(other)


@pytest.mark.parametrize("kind", list(Quotas.model_fields))
def test_a_quota_of_any_kind_that_cannot_be_met_is_told_in_numbers(kind):
    gap = select([], Quotas(**{kind: 12}), NO_LIMITS, 0).shortfalls
    assert [str(one) for one in gap] == [f"{kind}: 12 rows are wanted, 0 questions pass, 12 are missing."]
