"""Very many requests in flight at once, on one event loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from dataclasses import replace

import httpx2
import pytest

from annotate.endpoint import client as module
from annotate.endpoint.lanes import Lanes
from annotate.endpoint.launches import LEAST, Launches
from annotate.endpoint.loopback import Call, Reply
from tests.endpoint.rig import good, question

MANY = 1000


def test_a_thousand_requests_wait_for_their_answers_at_the_same_time(endpoint):
    """The server answers nobody before all of them have come in."""
    arrived = 0
    all_there = asyncio.Event()

    async def respond(_: Call) -> Reply:
        nonlocal arrived
        arrived += 1
        if arrived >= MANY:
            all_there.set()
        async with asyncio.timeout(60):
            await all_there.wait()
        return good()

    endpoint.server._respond = respond
    outcomes = endpoint.ask([question(str(i)) for i in range(MANY + 100)], concurrency=MANY, timeout_s=60)
    assert endpoint.server.most_at_once == MANY
    assert len(endpoint.sent) == MANY + 100
    assert all(outcome.value for outcome in outcomes)


def test_an_event_loop_that_is_slow_sends_nothing_twice(endpoint, monkeypatch):
    """All at once they would keep the loop busy for longer than a connection may take."""
    monkeypatch.setattr(module, "CONNECT_S", 1.0)
    handle = Lanes.handle_async_request

    async def slow(lanes, request):
        time.sleep(0.01)  # noqa: ASYNC251 - it is the loop that is to be slow
        return await handle(lanes, request)

    monkeypatch.setattr(Lanes, "handle_async_request", slow)
    outcomes = endpoint.ask([question(str(i)) for i in range(400)], concurrency=400, timeout_s=60)
    assert all(outcome.value for outcome in outcomes)
    assert len(endpoint.sent) == 400
    assert endpoint.store.read("SELECT max(sends) FROM attempt") == [(1,)]


def test_a_place_is_free_when_a_request_is_out_and_not_when_it_is_answered():
    async def run() -> None:
        launches = Launches(1)
        for _ in range(LEAST):
            await launches.place().__aenter__()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), launches.place():
                pass
        request = httpx2.Request("POST", "http://127.0.0.1/")
        await launches.watch(request)
        await request.extensions["trace"]("http11.send_request_body.complete", {})
        async with asyncio.timeout(5), launches.place():
            pass

    asyncio.run(run())


ASK_WITH_FEW_FILES = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[3]), int(sys.argv[4])))
from annotate.endpoint.abilities import Abilities
from annotate.endpoint.client import Client
from annotate.endpoint.store import AnswerStore
from annotate.endpoint.stream import stream
from schemas.errors import UsageError
from schemas.recipe import TeacherSettings
from tests.endpoint.rig import question
store = AnswerStore(Path(sys.argv[1]))
store.learn(sys.argv[2], "m", Abilities(probed=True)).result()
settings = TeacherSettings(url=sys.argv[2], model="m", concurrency=300)
try:
    print(sum(o.value is not None for _, _, o in stream(Client(settings, store), range(300), lambda i: question(str(i)))))
except UsageError as error:
    print(error)
store.close()
"""


@pytest.mark.parametrize(("soft", "hard", "said"), [(128, 2000, "300"), (128, 400, "Choose at most 144")])
def test_a_low_limit_on_open_files_is_raised_or_told(endpoint, soft, hard, said):
    endpoint.replies = [replace(good(), delay=0.5)]
    place = (str(endpoint.folder / "a.sqlite"), endpoint.server.url)
    command = [sys.executable, "-c", ASK_WITH_FEW_FILES, *place, str(soft), str(hard)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said in done.stdout, done.stderr
