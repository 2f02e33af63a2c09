"""Many questions on one loop: laziness, early ends, errors from anywhere."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from annotate.endpoint import stream as module
from annotate.endpoint.abilities import Abilities
from annotate.endpoint.client import Client
from annotate.endpoint.loopback import Loopback, Reply
from annotate.endpoint.stream import stream
from schemas.errors import TeacherError, UsageError
from tests.endpoint.rig import error, good, question


def start(endpoint, items, ask=question, **changes):
    settings = endpoint.settings(**changes)
    endpoint.open().learn(settings.url, "m", Abilities(probed=True)).result()
    return stream(Client(settings, endpoint.store), items, ask)


def test_results_come_before_the_last_question_is_made(endpoint):
    made = []

    def endless():
        number = 0
        while True:
            made.append(number)
            yield str(number)
            number += 1

    results = start(endpoint, endless())
    first = [next(results)[2].value.description for _ in range(5)]
    results.close()
    assert first == ["fine"] * 5
    assert len(made) < 2000


def test_what_is_in_flight_when_the_caller_leaves_is_still_stored(endpoint):
    endpoint.replies = [replace(good(), delay=0.3)]
    results = start(endpoint, [str(i) for i in range(500)], concurrency=4)
    next(results)
    results.close()
    states = set(endpoint.states())
    assert states <= {"answered", "failed"}
    assert endpoint.states().count("answered") == len(endpoint.sent)


def test_a_hanging_server_does_not_hold_a_caller_who_leaves(endpoint, monkeypatch):
    monkeypatch.setattr(module, "GRACE_S", 0.5)
    endpoint.replies = [good(), Reply(manner="hang")]
    results = start(endpoint, [str(i) for i in range(20)], concurrency=4, timeout_s=100)
    next(results)
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 20
    assert "sent" not in endpoint.states()
    assert "unknown" in endpoint.states()


def test_a_hanging_probe_does_not_hold_a_caller_who_leaves(endpoint, monkeypatch):
    monkeypatch.setattr(module, "GRACE_S", 0.2)
    endpoint.ask(question("stored"), good())
    endpoint.store.change(lambda db: db.execute("DELETE FROM ability") and None).result()
    endpoint.replies = [Reply(manner="hang")]
    results = stream(Client(endpoint.settings(timeout_s=100), endpoint.store), ["stored", "new"], question)
    next(results)
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 20


def test_answers_that_are_there_are_yielded_before_the_error_that_ends_the_run(endpoint):
    endpoint.ask([question("a"), question("b")], good())
    results = start(endpoint, ["a", "b", "c"])
    endpoint.replies = [error(401)]
    got = []
    with pytest.raises(TeacherError):
        got.extend(name for name, _, _ in results)
    assert sorted(got) == ["a", "b"]


@pytest.mark.parametrize("where", ["question", "picture"])
def test_an_unforeseen_error_reaches_the_caller(endpoint, where):
    def broken(*_):
        raise ZeroDivisionError

    def picture(name: str):
        made = question(name)
        return replace(made, parts=(made.parts[0], replace(made.images[0], load=broken)))

    with pytest.raises(ZeroDivisionError):
        list(start(endpoint, ["a", "b"], broken if where == "question" else picture))


def test_no_question_needs_no_server(endpoint):
    assert list(start(endpoint, [])) == []
    assert endpoint.sent == []


def test_a_loopback_server_whose_port_is_taken_says_so(endpoint):
    port = int(endpoint.server.url.split(":")[2].split("/")[0])
    with pytest.raises(UsageError, match=f"port {port}"), Loopback(lambda _: good(), port):
        pass
