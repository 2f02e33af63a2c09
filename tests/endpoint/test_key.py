"""The API key is in the request's header and nowhere else."""

from __future__ import annotations

import json
import traceback

import pytest

from annotate.endpoint.client import Client
from annotate.endpoint.loopback import Reply, completion
from schemas.errors import TeacherError
from tests.endpoint.rig import KEY, error, good, question


def assert_nowhere(folder, *texts: str) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file
    for text in texts:
        assert KEY not in text


def test_the_key_is_sent_and_written_nowhere(endpoint, caplog, capfd, tmp_path):
    caplog.set_level("DEBUG")
    endpoint.ask(question(), good())
    assert endpoint.server.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert_nowhere(tmp_path, caplog.text, *capfd.readouterr())


def test_a_server_that_repeats_the_key_in_an_error_does_not_spread_it(endpoint, tmp_path):
    with pytest.raises(TeacherError) as caught:
        endpoint.ask(question(), error(401, f"Incorrect API key provided: {KEY}"))
    assert_nowhere(tmp_path, *traceback.format_exception(caught.value))


def test_a_server_that_repeats_the_key_in_an_answer_does_not_spread_it(endpoint, tmp_path):
    (outcome,) = endpoint.ask(question(), Reply(completion(json.dumps({"description": f"the key is {KEY}"}))))
    endpoint.store.change(lambda db: None).result()
    raw = endpoint.store.answers([question().key])[question().key][0].raw
    assert KEY.encode() not in raw
    assert_nowhere(tmp_path, outcome.value.description)


def test_a_server_that_repeats_the_key_in_a_passing_failure_does_not_spread_it(endpoint, tmp_path):
    (outcome,) = endpoint.ask(question(), error(503, f"bad {KEY}"))
    assert_nowhere(tmp_path, outcome.reason)


def test_settings_and_clients_show_no_key(endpoint):
    settings = endpoint.settings()
    client = Client(settings, endpoint.open())
    assert_nowhere(endpoint.folder, repr(settings), settings.model_dump_json(), repr(client), str(client))


def test_openai_without_a_key_is_refused_with_the_name_of_the_variable(endpoint, monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(TeacherError, match="environment variable MY_KEY"):
        endpoint.ask(question(), url="", key_variable="MY_KEY")


def test_a_local_server_needs_no_key(endpoint, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    (outcome,) = endpoint.ask(question(), good())
    assert outcome.value.description == "fine"


def test_stored_answers_need_no_key_even_for_openai(endpoint, monkeypatch):
    endpoint.ask(question(), good())
    monkeypatch.delenv("OPENAI_API_KEY")
    (outcome,) = endpoint.ask(question(), url="")
    assert outcome.value.description == "fine"


def test_a_key_with_impossible_characters_is_refused_without_being_shown(endpoint, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "schlüssel-Ω")
    with pytest.raises(TeacherError, match="OPENAI_API_KEY") as caught:
        endpoint.ask(question(), good())
    assert "Ω" not in str(caught.value)
