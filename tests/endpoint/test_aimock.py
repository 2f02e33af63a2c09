"""The real client against aimock, a server that others wrote after the real APIs."""

from __future__ import annotations

import json
from contextlib import nullcontext

import openai
import pytest

from annotate.endpoint import batch, client
from annotate.endpoint.batch import batched
from annotate.endpoint.client import Client
from annotate.endpoint.store import AnswerStore
from annotate.endpoint.stream import stream
from schemas.errors import TeacherError
from schemas.recipe import TeacherSettings
from tests.endpoint.aimock import NoAimockError, aimock
from tests.endpoint.rig import KEY, question

GOOD = {"content": '{"description": "fine"}'}


def once(name: str, response: dict, then: dict = GOOD) -> list[dict]:
    """A question that meets ``response`` first and an answer the second time."""
    match = {"userMessage": f"Say {name}."}
    return [
        {"match": {**match, "sequenceIndex": 0}, "response": response},
        {"match": match, "response": then},
    ]


def failure(status: int, message: str = "no", **more) -> dict:
    return {"error": {"message": message, **more}, "status": status}


FIXTURES = [
    *once("limited", {**failure(429, "Rate limited", type="rate_limit_error"), "retryAfter": 1}),
    *once("broken", failure(500)),
    *once("busy", failure(503)),
    *once("cut", {"content": '{"desc', "finishReason": "length"}),
    *once("filtered", {"content": "I", "finishReason": "content_filter"}),
    *once("empty", {"content": ""}),
    *once("garbled", {"content": "no JSON at all"}),
    *once("quota", failure(429, "You exceeded your current quota", type="insufficient_quota", code="insufficient_quota")),
    *once("image", failure(400, "Invalid image", code="invalid_image")),
    {
        "match": {"userMessage": "Say schema.", "responseFormat": "json_schema"},
        "response": {"content": '{"description": "by schema"}'},
    },
]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    try:
        with aimock(tmp_path_factory.mktemp("aimock"), FIXTURES) as running:
            yield running
    except NoAimockError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def ask(server, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(client, "FIRST_BACKOFF_S", 0.001)
    store = AnswerStore(tmp_path / "answers.sqlite")

    def run(*names: str, **changes):
        settings = TeacherSettings(**{"name": "openai", "url": server.url, "model": "m", "timeout_s": 20, **changes})
        results = {name: outcome for name, _, outcome in stream(Client(settings, store), names, question)}
        return [results[name] for name in names]

    run.store, run.url = store, server.url
    yield run
    store.close()


def sent(server, name: str) -> list[dict]:
    return [entry["body"] for entry in server.journal() if f"Say {name}." in json.dumps(entry["body"])]


@pytest.mark.parametrize("name", ["limited", "broken", "busy", "cut", "filtered", "empty"])
def test_one_failure_of_each_kind_is_overcome(ask, server, name):
    (outcome,) = ask(name)
    assert outcome.value.description == "fine"
    assert len(sent(server, name)) == 2


def test_schema_requests_reach_the_server_as_such(ask):
    (outcome,) = ask("schema")
    assert outcome.value.description == "by schema"


def test_pictures_arrive_whole(ask, server):
    ask("picture")
    (body,) = sent(server, "picture")
    assert '"image_url"' in json.dumps(body)


def test_garbage_is_unreadable_and_kept(ask):
    (outcome,) = ask("garbled")
    assert outcome.code == "unparsable"
    assert ask.store.read("SELECT count(*) FROM attempt WHERE state = 'answered'") == [(1,)]


def test_an_exhausted_quota_stops_the_run_at_once(ask, server):
    with pytest.raises(TeacherError, match="quota"):
        ask("quota")
    assert len(sent(server, "quota")) == 1


def test_a_refused_image_leaves_its_item_out(ask):
    (outcome,) = ask("image")
    assert outcome.code == "image_invalid"


def test_usage_is_booked(ask):
    ask("usage")
    assert ask.store.read("SELECT input_tokens, output_tokens FROM attempt") == [(1500, 60)]


def test_thirty_in_a_hundred_failures_lose_and_repeat_nothing(ask, server):
    names = [f"chaos {i}" for i in range(150)]
    ask("warm")
    server.chaos(dropRate=0.12, malformedRate=0.06, disconnectRate=0.06, rateLimitRate=0.06)
    try:
        outcomes = ask(*names, concurrency=24)
    finally:
        server.chaos()
    assert all(outcome.value or outcome.code in ("transient", "garbled") for outcome in outcomes)
    assert sum(outcome.value is not None for outcome in outcomes) >= 145
    again = ask(*names, concurrency=24)
    assert all(outcome.value for outcome in again)
    answered = ask.store.read("SELECT key, count(*) FROM attempt WHERE state = 'answered' GROUP BY key HAVING count(*) > 1")
    assert answered == []


@pytest.mark.parametrize(("state", "code"), [("completed", "unparsable"), ("expired", "transient"), ("cancelled", "transient")])
def test_batches_of_every_end_are_taken_in(ask, monkeypatch, tmp_path, state, code):
    outcomes = run_batch(ask, monkeypatch, tmp_path, state)
    # aimock answers a batch with fixed text, so a finished request is a stored answer that is no JSON.
    assert outcomes[0].code in (code, "unparsable")
    assert all(outcome.code in ("unparsable", "transient") for outcome in outcomes)


def test_a_failed_batch_stops_the_run(ask, monkeypatch, tmp_path):
    with pytest.raises(TeacherError, match="was refused"):
        run_batch(ask, monkeypatch, tmp_path, "failed")


def run_batch(ask, monkeypatch, tmp_path, state: str):
    monkeypatch.setattr(batch, "FIRST_POLL_S", 0.001)
    settings = TeacherSettings(name="openai", url=ask.url, model="m", batch="submit")
    asking = Client(settings, ask.store)
    headers = {"x-aimock-batch-outcome": state}
    with openai.OpenAI(base_url=ask.url, api_key="none", default_headers=headers) as plain:
        monkeypatch.setattr(asking, "plain", lambda: nullcontext(plain))
        questions = [f"{state} {i}" for i in range(3)]
        return [outcome for _, _, outcome in batched(asking, tmp_path, questions, question)]
