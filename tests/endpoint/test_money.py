"""Prices, reservations, the cap under concurrency and across processes, the canary."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.client import Client
from annotate.endpoint.loopback import Reply, completion
from annotate.endpoint.money import Money, worst_tokens
from annotate.endpoint.outcomes import Usage
from annotate.endpoint.prices import ImageRule, Price, read_prices
from annotate.endpoint.stream import stream
from schemas.errors import BudgetError, UsageError
from tests.endpoint.rig import PRICES, error, good, question, usual_tokens


@pytest.fixture
def priced(endpoint, tmp_path):
    (tmp_path / "prices.toml").write_text(PRICES)
    plain = endpoint.settings
    endpoint.settings = lambda **changes: plain(**{"prices": str(tmp_path / "prices.toml"), "canary": 0, **changes})
    return endpoint


def usual() -> Reply:
    """An answer that costs what is expected: expected tokens at a tenth of a cent each."""
    return good(tokens=usual_tokens())


def cost(reply: Reply) -> float:
    usage = reply.body["usage"]
    return (usage["prompt_tokens"] + usage["completion_tokens"]) / 1000


@pytest.mark.parametrize(
    ("rule", "width", "height", "tokens"),
    [
        (ImageRule(tiles=(85, 170)), 1024, 1024, 765),  # the example of OpenAI's vision guide
        (ImageRule(tiles=(85, 170)), 2048, 4096, 1105),  # another
        (ImageRule(tiles=(85, 170)), 512, 512, 255),
        (ImageRule(patches=1.0, most=1536), 1024, 1024, 1024),
        (ImageRule(patches=1.62, most=1536), 1800, 2400, 2489),
        (ImageRule(flat=256), 5000, 20, 256),
    ],
)
def test_pictures_are_counted_by_the_rule_of_the_model(rule, width, height, tokens):
    assert rule.tokens(width, height) == tokens


def test_dated_model_names_have_the_price_of_their_family_and_strangers_none():
    prices = read_prices()
    assert prices.of("gpt-5-mini-2025-08-07") == prices.of("gpt-5-mini")
    assert prices.of("gpt-5-mini").input == 0.25
    assert prices.of("gpt-5-mini-turbo") is None


def test_cached_input_and_tiers_are_cheaper():
    price = read_prices().of("gpt-5")
    full = price.cost((1_000_000, 0, 0))
    assert price.cost((1_000_000, 1_000_000, 0)) == pytest.approx(full / 10)
    assert price.cost((1_000_000, 0, 0), "batch") == price.cost((1_000_000, 0, 0), "flex") == pytest.approx(full / 2)


@pytest.mark.parametrize(
    ("text", "match"),
    [("[models.m]\ninput = -1\noutput = 1", "models.m.input"), ("nonsense", "no TOML"), ("[models.m]\nimage = {}", "models.m")],
)
def test_a_wrong_price_file_is_refused_with_the_place(tmp_path, text, match):
    (tmp_path / "p.toml").write_text(text)
    with pytest.raises(UsageError, match=match):
        read_prices(str(tmp_path / "p.toml"))


@given(st.text(max_size=400), st.integers(16, 4000))
def test_the_worst_cost_is_never_below_the_expected_one(text, limit):
    asked = replace(question(text), output_tokens=min(limit, 150))
    money = Money(Price(input=2.0, output=8.0))
    assert money.expected(asked) <= money.worst(asked, limit)
    assert worst_tokens(asked, Price(input=1, output=1), limit)[0] >= len(text.encode())


def test_an_answer_without_usage_is_booked_at_its_worst():
    money = Money(Price(input=2.0, output=8.0))
    assert money.real(Usage(), question(), 100) == money.worst(question(), 100)


def test_a_cap_without_a_known_price_is_refused(endpoint):
    with pytest.raises(BudgetError, match="price of model 'm' is unknown"):
        endpoint.ask(question(), budget_usd=1.0)
    assert not endpoint.sent


@pytest.mark.parametrize("concurrency", [1, 16])
def test_a_cap_holds_under_concurrency_and_what_was_bought_is_kept(priced, concurrency):
    reply = usual()
    worst = Client(priced.settings(budget_usd=99), priced.open()).money.worst(question("00"), 100)
    cap = worst + 7.5 * cost(reply)
    priced.replies = [replace(reply, delay=0.01)]
    store, settings = priced.open(), priced.settings(budget_usd=cap, concurrency=concurrency)
    store.learn(settings.url, "m", Abilities(probed=True)).result()
    got = []
    with pytest.raises(BudgetError, match=r"cap of \$.* is reached.*higher --budget-usd"):
        got.extend(outcome for _, _, outcome in stream(Client(settings, store), range(10, 40), lambda i: question(str(i))))
    assert len(got) == len(priced.sent) == 8
    assert store.ledger().spent == pytest.approx(8 * cost(reply))
    assert store.ledger().spent <= cap


def test_a_higher_cap_goes_on_without_paying_again(priced):
    reply = usual()
    worst = Client(priced.settings(budget_usd=99), priced.open()).money.worst(question("00"), 100)
    asked = [question(str(i)) for i in range(10, 20)]
    with pytest.raises(BudgetError):
        priced.ask(asked, reply, budget_usd=worst + 2.5 * cost(reply))
    assert len(priced.ask(asked, reply, budget_usd=1000.0)) == 10
    assert len(priced.sent) == 10


def test_refused_requests_give_their_reservation_back_and_timeouts_do_not(priced):
    priced.ask(question(), error(400, "No."))
    assert priced.open().ledger().committed == 0
    priced.ask(question("other"), Reply(manner="hang"), timeout_s=0.2)
    ledger = priced.open().ledger()
    assert (ledger.spent, ledger.reserved) == (0, 0)
    assert ledger.perhaps > 0


def test_the_tier_that_was_really_used_decides_the_cost(priced):
    reply = usual()
    reply.body["service_tier"] = "default"
    priced.ask(question(), reply, tier="flex")
    assert priced.open().ledger().spent == pytest.approx(cost(reply))
    reply.body["service_tier"] = "flex"
    priced.ask(question("other"), reply, tier="flex")
    assert priced.open().ledger().spent == pytest.approx(1.5 * cost(reply))


def test_the_canary_stops_a_run_that_costs_far_more_than_expected_and_so_does_the_next_try(priced):
    dear = Reply(completion(json.dumps({"description": "x"}), tokens=(5000, 100)))
    asked = [question(str(i)) for i in range(30)]
    for _ in range(2):
        with pytest.raises(BudgetError, match=r"first 5 answers of kind local cost .* times the expected .*teacher\.canary = 0"):
            priced.ask(asked, dear, canary=5, concurrency=16)
        assert len(priced.sent) == 5
    assert len(priced.ask(asked, dear, canary=0)) == 30


def test_a_canary_that_costs_what_was_expected_lets_the_rest_pass(priced):
    assert len(priced.ask([question(str(i)) for i in range(30)], usual(), canary=5, concurrency=16)) == 30


def test_each_kind_of_question_has_a_canary_of_its_own(priced):
    asked = [replace(question(str(i)), kind=kind) for kind in ("labels", "local") for i in range(20)]
    assert len(priced.ask(asked[:20], usual(), canary=5, concurrency=16)) == 20
    dear = Reply(completion(json.dumps({"description": "x"}), tokens=(5000, 100)))
    with pytest.raises(BudgetError, match="first 5 answers of kind local"):
        priced.ask(asked, dear, canary=5, concurrency=16)
    assert len(priced.sent) == 25


def test_a_free_model_needs_no_canary(endpoint, tmp_path):
    (tmp_path / "p.toml").write_text("[models.m]\ninput = 0.0\noutput = 0.0")
    dear = Reply(completion(json.dumps({"description": "x"}), tokens=(5000, 100)))
    assert len(endpoint.ask([question(str(i)) for i in range(20)], dear, prices=str(tmp_path / "p.toml"), canary=3)) == 20
