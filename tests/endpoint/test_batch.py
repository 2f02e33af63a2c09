"""The batch API: cutting, every terminal state, going on in another process, stray files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from annotate.endpoint import batch as module
from annotate.endpoint.batch import BatchDesk, batched
from annotate.endpoint.batch_files import read_results, request_line, write_files
from annotate.endpoint.client import Client
from annotate.endpoint.ingest import take_in
from annotate.endpoint.prices import read_prices
from annotate.endpoint.store import AnswerStore, Closing, Quote
from schemas.errors import BudgetError, TeacherError
from tests.endpoint.batch_server import BatchServer, End
from tests.endpoint.rig import KEY, PRICES, good, question, usual_tokens


@pytest.fixture
def server(endpoint, monkeypatch):
    monkeypatch.setattr(module, "FIRST_POLL_S", 0.001)
    batches = BatchServer()
    endpoint.server._respond = batches
    return batches


def run(endpoint, count: int = 10, **changes) -> dict[str, str]:
    settings = endpoint.settings(**{"batch": "submit", **changes})
    names = [str(i) for i in range(count)]
    results = batched(Client(settings, endpoint.open()), endpoint.folder, names, question)
    return {name: outcome.code or outcome.value.description for name, _, outcome in results}


def test_a_batch_answers_every_question_in_any_order(endpoint, server):
    assert run(endpoint) == {str(i): "fine" for i in range(10)}
    assert len(server.batches) == 1
    assert set(endpoint.states()) == {"answered"}


def test_requests_of_a_batch_are_those_that_would_be_sent_online(endpoint, server):
    run(endpoint, 1)
    (line,) = server.files["file0"].splitlines()
    request = json.loads(line)
    assert (request["method"], request["url"], request["custom_id"]) == ("POST", "/v1/chat/completions", question("0").key)
    assert request["body"]["messages"][1]["content"][0]["text"] == "Say 0."


def test_stored_answers_are_not_batched_again_and_online_answers_count(endpoint, server):
    run(endpoint, 4)
    assert run(endpoint, 6) == {str(i): "fine" for i in range(6)}
    assert len(server.asked) == len(set(server.asked)) == 6


@pytest.mark.parametrize("state", ["expired", "cancelled", "completed"])
def test_the_finished_part_of_a_batch_is_kept_and_only_the_rest_is_handed_in_again(endpoint, server, state):
    server.ends = [End(state, answered=lambda i: i < 6), End()]
    assert run(endpoint) == {str(i): "fine" for i in range(10)}
    assert len(server.asked) == len(set(server.asked)) == 10
    assert len(server.batches) == 2


@pytest.mark.parametrize("state", ["expired", "cancelled", "completed"])
def test_passing_errors_in_the_error_file_are_handed_in_again(endpoint, server, state):
    server.ends = [End(state, answered=lambda i: i % 2 == 0, error=500), End()]
    assert set(run(endpoint).values()) == {"fine"}


def test_lasting_errors_in_the_error_file_leave_the_item_out(endpoint, server):
    server.ends = [End(answered=lambda i: i != 3, error=400)]
    results = run(endpoint)
    assert sorted(results.values()) == ["fine"] * 9 + ["invalid_request"]


def test_a_batch_that_is_refused_as_a_whole_stops_the_run_and_sets_its_questions_free(endpoint, server):
    server.ends = [End("failed"), End()]
    with pytest.raises(TeacherError, match="Line 1 is not valid JSON"):
        run(endpoint)
    assert set(endpoint.states()) == {"failed"}
    assert set(run(endpoint).values()) == {"fine"}


def test_what_never_comes_back_is_given_up_with_a_reason(endpoint, server):
    server.ends = [End(answered=lambda _: False)]
    assert set(run(endpoint, 2).values()) == {"transient"}
    assert len(server.batches) == module.ROUNDS


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", ["_record", "_submit", "_take", "upload", "create", "content"])
def test_another_process_goes_on_wherever_the_first_one_died(endpoint, server, monkeypatch, step):
    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        if step.startswith("_"):
            patch.setattr(BatchDesk, step, die)
        else:
            original = BatchDesk._note

            def note(desk, batch, **values):
                # Die after the server did its part and before the store knows of it.
                if {"upload": "input_file", "create": "remote", "content": "state"}[step] in values and (
                    step != "content" or values.get("state") == "taken"
                ):
                    raise Killed
                original(desk, batch, **values)

            patch.setattr(BatchDesk, "_note", note)
        with pytest.raises(Killed):
            run(endpoint)
    endpoint.store.close()
    endpoint.store = None
    assert run(endpoint) == {str(i): "fine" for i in range(10)}
    assert len(server.asked) == len(set(server.asked)) == 10


def test_a_batch_that_was_not_noted_is_found_behind_many_later_ones(endpoint, server, monkeypatch):
    original = BatchDesk._note

    def note(desk, batch, **values):
        if "remote" in values:
            raise Killed
        original(desk, batch, **values)

    with monkeypatch.context() as patch:
        patch.setattr(BatchDesk, "_note", note)
        with pytest.raises(Killed):
            run(endpoint)
    for _ in range(9):
        server._create({"endpoint": "/v1/chat/completions", "input_file_id": "file0", "metadata": {"annotate": "another"}})
    assert run(endpoint) == {str(i): "fine" for i in range(10)}
    assert len(server.batches) == 10


def test_files_are_cut_by_requests_and_by_bytes(tmp_path):
    lines = [(f"k{i}", b"x" * 100 + b"\n") for i in range(10)]
    assert [len(file.keys) for file in write_files(lines, tmp_path, "a", (4, 10**9))] == [4, 4, 2]
    files = list(write_files(lines, tmp_path, "b", (1000, 350)))
    assert [len(file.keys) for file in files] == [3, 3, 3, 1]
    assert all(file.path.stat().st_size <= 350 for file in files)
    assert b"".join(file.path.read_bytes() for file in files) == b"".join(line for _, line in lines)


def test_a_line_longer_than_a_file_may_be_gets_a_file_of_its_own(tmp_path):
    files = list(write_files([("a", b"x" * 500), ("b", b"y")], tmp_path, "a", (10, 100)))
    assert [file.keys for file in files] == [("a",), ("b",)]


def test_request_lines_are_json(tmp_path):
    assert json.loads(request_line("k", b'{"model":"m"}')) == {
        "custom_id": "k",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m"},
    }


def test_garbage_between_results_is_passed_over():
    good, lost = (
        '{"custom_id": "a", "response": {"status_code": 200, "body": {"choices": []}}}',
        '{"custom_id": "b", "error": {}}',
    )
    text = f'{good}\n{{"broken\n[]\n\n{lost}'.encode()
    assert [(result.key, result.failure is not None) for result in read_results(text)] == [("a", False), ("b", True)]


def test_files_for_vllm_are_written_and_their_results_taken_in(endpoint, server):
    with pytest.raises(TeacherError, match="vllm run-batch"):
        run(endpoint, batch="write")
    (file,) = (endpoint.folder / "batch").glob("*.jsonl")
    with pytest.raises(TeacherError, match="vllm run-batch"):
        run(endpoint, batch="write")
    assert not server.batches
    keys = [json.loads(line)["custom_id"] for line in file.read_bytes().splitlines()]
    server.files["in"] = file.read_bytes()
    batch = {"input_file_id": "in"}
    server._finish(batch, End())
    assert take_in(endpoint.store, server.files[batch["output_file_id"]], read_prices()) == (10, 0)
    assert take_in(endpoint.store, server.files[batch["output_file_id"]], read_prices()) == (0, 0)
    assert len(keys) == 10
    assert set(run(endpoint, batch="write").values()) == {"fine"}
    assert not file.exists()


def test_a_written_file_that_is_deleted_is_given_up(endpoint, server):
    with pytest.raises(TeacherError):
        run(endpoint, batch="write")
    next((endpoint.folder / "batch").glob("*.jsonl")).unlink()
    assert set(run(endpoint, batch="submit").values()) == {"fine"}


def test_a_question_that_waits_in_a_batch_is_not_asked_online(endpoint, server):
    with pytest.raises(TeacherError):
        run(endpoint, batch="write")
    endpoint.abilities = None
    endpoint.server._respond = endpoint._respond
    with pytest.raises(TeacherError, match="wait in a batch"):
        endpoint.ask(question("0"))


def test_a_stray_result_of_a_question_nobody_asked_is_left_alone(tmp_path):
    store = AnswerStore(tmp_path / "a")
    line = b'{"custom_id": "stranger", "response": {"status_code": 200, "body": {"choices": []}}}'
    assert take_in(store, line, read_prices()) == (0, 0)
    store.close()


def test_a_cap_cuts_what_is_handed_in(endpoint, server, tmp_path):
    (tmp_path / "p.toml").write_text(PRICES)
    settings = {"prices": str(tmp_path / "p.toml"), "batch": "submit", "canary": 0}
    client = Client(endpoint.settings(**settings), endpoint.open())
    worst = client.money.worst(question("0"), 100, "batch")
    with pytest.raises(BudgetError):
        run(endpoint, budget_usd=1.2 * worst, **settings)
    assert 1 <= len(server.asked) < 10
    assert endpoint.store.ledger().committed <= 1.2 * worst


def test_money_reserved_for_a_batch_does_not_hold_up_an_online_run_at_its_cap(endpoint, server, tmp_path):
    (tmp_path / "p.toml").write_text(PRICES)
    settings = {"prices": str(tmp_path / "p.toml"), "canary": 0}
    with pytest.raises(TeacherError):
        run(endpoint, batch="write", **settings)
    with pytest.raises(BudgetError):
        endpoint.ask(question("another"), good(), budget_usd=0.1, **settings)


@pytest.fixture
def priced(endpoint, server, tmp_path):
    """Questions of model m cost money; the server bills what is expected."""
    (tmp_path / "p.toml").write_text(PRICES)
    plain = endpoint.settings
    endpoint.settings = lambda **changes: plain(**{"prices": str(tmp_path / "p.toml"), "canary": 3, **changes})
    server.tokens = usual_tokens()
    return endpoint


def sizes(server) -> list[int]:
    """Requests of each batch, in order."""
    return [len(server.files[batch["input_file_id"]].splitlines()) for batch in server.batches.values()]


def test_a_small_batch_goes_first_and_the_rest_follows_when_it_costs_what_was_expected(priced, server):
    assert run(priced) == {str(i): "fine" for i in range(10)}
    assert sizes(server) == [3, 7]
    assert priced.store.ledger().spent == pytest.approx(10 * sum(server.tokens) * 0.001 * 0.5)


def test_a_canary_batch_that_costs_far_more_stops_the_run_and_so_does_the_next_try(priced, server):
    server.tokens = (5000, 100)
    for _ in range(2):
        with pytest.raises(BudgetError, match=r"first 3 answers of kind local cost .*teacher\.canary = 0"):
            run(priced)
        assert sizes(server) == [3]
    assert len(run(priced, canary=0)) == 10
    assert sizes(server) == [3, 7]


def test_every_kind_has_a_canary_in_the_same_small_batch(priced, server):
    items = [(kind, i) for i in range(5) for kind in ("local", "global")]
    settings = priced.settings(batch="submit")
    client = Client(settings, priced.open())
    results = list(batched(client, priced.folder, items, lambda item: replace(question(str(item[1])), kind=item[0])))
    assert len(results) == 10
    assert sizes(server) == [6, 4]


@pytest.mark.parametrize("state", ["expired", "cancelled", "completed"])
def test_a_canary_batch_that_is_answered_in_part_is_judged_by_that_part(priced, server, state):
    server.ends = [End(state, answered=lambda i: i < 2, error=500), End()]
    assert run(priced) == {str(i): "fine" for i in range(10)}
    assert sizes(server) == [3, 8]
    assert len(server.asked) == len(set(server.asked))


def test_a_canary_batch_that_never_comes_back_is_tried_again_and_then_given_up(priced, server):
    server.ends = [End("expired", answered=lambda _: False)]
    assert set(run(priced).values()) == {"transient"}
    assert sizes(server) == [3, 3, 3]


def test_canary_batches_of_which_every_question_is_refused_stop_the_run(priced, server):
    server.ends = [End(answered=lambda _: False, error=400)]
    with pytest.raises(TeacherError, match="none of the first questions of kind local was answered in 3 batches"):
        run(priced)
    assert sizes(server) == [3, 3, 3]


@pytest.mark.parametrize("step", ["_record", "_submit", "_take"])
@pytest.mark.parametrize("dear", [True, False])
def test_another_process_judges_the_canary_of_one_that_died(priced, server, monkeypatch, step, dear):
    server.tokens = (5000, 100) if dear else server.tokens

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(BatchDesk, step, die)
        with pytest.raises(Killed):
            run(priced)
    priced.store.close()
    priced.store = None
    if dear:
        with pytest.raises(BudgetError, match="first 3 answers"):
            run(priced)
    else:
        assert run(priced) == {str(i): "fine" for i in range(10)}
    assert sizes(server) == ([3] if dear else [3, 7])


def test_answers_bought_online_count_for_the_canary(priced, server):
    priced.server._respond = priced._respond
    priced.ask([question(str(i)) for i in range(4)], good(tokens=usual_tokens()))
    priced.server._respond = server
    assert len(run(priced)) == 10
    assert sizes(server) == [6]


def test_results_taken_in_from_a_file_are_booked_at_their_price(priced, server, tmp_path):
    with pytest.raises(TeacherError, match="vllm run-batch"):
        run(priced, batch="write")
    (file,) = (priced.folder / "batch").glob("*.jsonl")
    server.files["in"] = file.read_bytes()
    batch = {"input_file_id": "in"}
    server._finish(batch, End())
    assert take_in(priced.store, server.files[batch["output_file_id"]], read_prices(str(tmp_path / "p.toml"))) == (10, 0)
    ledger = priced.store.ledger()
    assert ledger.spent == pytest.approx(10 * sum(server.tokens) * 0.001 * 0.5)
    assert ledger.reserved == pytest.approx(0)


def test_a_batch_that_finds_the_queue_full_waits_for_the_others(endpoint, server, monkeypatch):
    monkeypatch.setattr(module, "MOST_REQUESTS", 4)
    server.ends = [End(), End("failed", code=module.QUEUE_FULL), End()]
    assert run(endpoint) == {str(i): "fine" for i in range(10)}
    assert sizes(server) == [4, 4, 2, 4]
    assert len(server.asked) == len(set(server.asked)) == 10


def test_a_file_is_gone_as_soon_as_it_is_handed_in(endpoint, server, monkeypatch):
    left = []
    take = BatchDesk._take
    monkeypatch.setattr(
        BatchDesk, "_take", lambda desk, batch: (left.extend(endpoint.folder.rglob("*.jsonl")), take(desk, batch))
    )
    run(endpoint)
    assert left == []


def test_questions_in_the_batch_of_another_run_are_left_to_it(endpoint, server):
    with pytest.raises(TeacherError):
        run(endpoint, batch="write")
    other = AnswerStore(endpoint.folder / "answers.sqlite", "other")
    with pytest.raises(TeacherError, match="under way in another run"):
        list(batched(Client(endpoint.settings(batch="submit"), other), endpoint.folder / "other", ["1", "2"], question))
    assert not server.batches
    other.close()


def test_a_result_that_two_processes_take_in_is_booked_once(tmp_path):
    store = AnswerStore(tmp_path / "a")
    attempt = store.claim(question(), 0, Quote(worst=1.0), "batch").result().attempt
    closing = Closing("answered", cost=0.25, raw=b"{}")
    assert [store.settle(attempt, closing).result() for _ in range(2)] == [True, False]
    assert (store.ledger().spent, store.ledger().reserved, store.ledger().answers) == (0.25, 0.0, 1)
    store.close()


def test_a_server_that_repeats_the_key_in_its_files_does_not_spread_it(endpoint, server):
    server.content = lambda _: json.dumps({"description": f"the key is {KEY}"})
    server.message = f"bad key {KEY}"
    server.ends = [End(answered=lambda i: i % 2 == 0, error=400)]
    results = run(endpoint)
    assert not any(KEY in said for said in results.values())
    endpoint.store.close()
    endpoint.store = None
    assert [file for file in endpoint.folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()] == []
