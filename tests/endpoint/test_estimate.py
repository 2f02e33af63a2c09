"""The forecast of a price, and answers on their way to others."""

from __future__ import annotations

import polars as pl
import pytest

from annotate.endpoint.client import Client
from annotate.endpoint.estimate import estimate
from annotate.endpoint.interchange import StoredAnswer, export_answers, import_answers
from annotate.endpoint.prices import read_prices
from annotate.endpoint.store import AnswerStore
from schemas.errors import UsageError
from tests.endpoint.rig import KEY, PRICES, good, question


def forecast(endpoint, questions, model: str = "gpt-5-mini", **changes):
    settings = endpoint.settings(model=model, **changes)
    return estimate(questions, endpoint.open(), settings, read_prices().of(model))


def test_an_estimate_counts_each_question_once_and_leaves_out_stored_answers(endpoint):
    asked = [question(str(i)) for i in range(6)]
    endpoint.ask(asked[:2], good())
    found = forecast(endpoint, [*asked, asked[0]])
    assert (found.questions, found.stored, found.requests) == (6, 2, 4)
    assert len(endpoint.sent) == 2


def test_low_expected_and_high_are_in_order_and_batch_halves_them(endpoint):
    asked = [question(str(i)) for i in range(6)]
    online, batch = forecast(endpoint, asked), forecast(endpoint, asked, batch="submit")
    assert 0 < online.low_usd < online.expected_usd < online.high_usd
    assert batch.expected_usd == pytest.approx(online.expected_usd / 2)


def test_a_model_without_a_price_has_tokens_but_no_dollars(endpoint):
    found = forecast(endpoint, [question()], model="mine")
    assert found.input_tokens > 0
    assert found.expected_usd is None


def test_what_answers_really_cost_corrects_the_estimate(endpoint, tmp_path):
    (tmp_path / "p.toml").write_text(PRICES)
    price = read_prices(str(tmp_path / "p.toml")).of("m")
    settings = endpoint.settings(prices=str(tmp_path / "p.toml"))
    before = estimate([question("b")], endpoint.open(), settings, price)
    endpoint.ask(question("a"), good(tokens=(3000, 300)), prices=str(tmp_path / "p.toml"))
    after = estimate([question("b")], endpoint.open(), settings, price)
    assert after.correction > 5
    assert after.expected_usd == pytest.approx(before.expected_usd * after.correction)


def test_answers_that_cost_less_than_expected_lower_the_whole_range(endpoint, tmp_path):
    (tmp_path / "p.toml").write_text(PRICES)
    endpoint.ask(question("a"), good(tokens=(20, 2)), prices=str(tmp_path / "p.toml"))
    settings = endpoint.settings(prices=str(tmp_path / "p.toml"))
    found = estimate([question("b")], endpoint.open(), settings, read_prices(settings.prices).of("m"))
    assert found.low_usd < found.expected_usd < found.high_usd


def test_what_others_paid_for_counts_as_saved_by_its_tokens(endpoint, tmp_path):
    endpoint.ask(question(), good(tokens=(1000, 500)))
    export_answers(endpoint.store, tmp_path / "a.parquet")
    (tmp_path / "p.toml").write_text(PRICES)
    other = AnswerStore(tmp_path / "other.sqlite")
    import_answers(other, tmp_path / "a.parquet")
    found = Client(endpoint.settings(prices=str(tmp_path / "p.toml")), other).stored([question()])
    assert found[question().key].saved == pytest.approx(1.5)
    other.close()


def test_exported_answers_serve_another_store_and_come_back_the_same(endpoint, tmp_path):
    endpoint.ask([question(str(i)) for i in range(5)], good())
    assert export_answers(endpoint.store, tmp_path / "a.parquet") == 5
    other = AnswerStore(tmp_path / "other" / "b.sqlite")
    first, second = import_answers(other, tmp_path / "a.parquet"), import_answers(other, tmp_path / "a.parquet")
    assert (first.added, first.known, second.added, second.known) == (5, 0, 0, 5)
    assert set(other.answers([question("3").key])) == {question("3").key}
    export_answers(other, tmp_path / "b.parquet")
    assert pl.read_parquet(tmp_path / "b.parquet").equals(pl.read_parquet(tmp_path / "a.parquet"))
    other.close()


def test_an_export_holds_neither_key_nor_address_nor_price(endpoint, tmp_path):
    endpoint.ask(question(), good())
    export_answers(endpoint.store, tmp_path / "a.parquet")
    table = pl.read_parquet(tmp_path / "a.parquet")
    assert table.columns == list(StoredAnswer.model_fields)
    text = str(table.to_dicts())
    assert KEY not in text
    assert "127.0.0.1" not in text
    assert str(tmp_path) not in text


def test_a_question_changed_after_export_is_refused(endpoint, tmp_path):
    endpoint.ask(question(), good())
    export_answers(endpoint.store, tmp_path / "a.parquet")
    table = pl.read_parquet(tmp_path / "a.parquet").with_columns(pl.col("body").str.replace("Say q", "Say r"))
    table.write_parquet(tmp_path / "b.parquet")
    with pytest.raises(UsageError, match="changed after export"):
        import_answers(endpoint.store, tmp_path / "b.parquet")


@pytest.mark.parametrize("content", [b"no parquet", b""])
def test_a_file_that_is_no_export_is_refused(endpoint, tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read"):
        import_answers(endpoint.open(), tmp_path / "a.parquet")


def test_a_table_of_something_else_is_refused_with_the_missing_columns(endpoint, tmp_path):
    pl.DataFrame({"key": ["k"]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(UsageError, match="lacks the columns accepted, body"):
        import_answers(endpoint.open(), tmp_path / "a.parquet")
