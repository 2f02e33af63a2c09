"""Adaptive concurrency, with a clock of our own."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.endpoint.outcomes import asked_wait, pause_before_next, seconds
from annotate.endpoint.pace import Pace
from tests.endpoint.rig import error, good, question


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_halves_once_for_all_requests_that_were_in_flight():
    clock = Clock()
    pace = Pace(64, clock)
    clock.now = 10.0
    for _ in range(64):
        pace.limited(0.0, sent_at=5.0)
    assert pace.limit == 32
    clock.now = 20.0
    pace.limited(0.0, sent_at=15.0)
    assert pace.limit == 16


def test_the_limit_grows_by_one_for_each_round_of_successes_and_not_past_the_ceiling():
    pace = Pace(64)
    pace.limit = 10.0
    for _ in range(10):
        pace.succeeded()
    assert pace.limit == pytest.approx(11, abs=0.1)
    for _ in range(10_000):
        pace.succeeded()
    assert pace.limit == 64


@given(st.lists(st.booleans(), max_size=200))
def test_the_limit_stays_between_one_and_the_ceiling(events):
    clock = Clock()
    pace = Pace(8, clock)
    for good_news in events:
        clock.now += 1
        pace.succeeded() if good_news else pace.limited(0.0, clock.now)
        assert 1 <= pace.limit <= 8


def test_no_more_than_the_limit_are_inside_and_all_get_their_turn():
    async def run() -> int:
        pace = Pace(5)
        inside = most = 0

        async def one() -> None:
            nonlocal inside, most
            async with pace.slot():
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

        async with asyncio.timeout(10):
            await asyncio.gather(*(one() for _ in range(2000)))
        return most

    assert asyncio.run(run()) == 5


def test_one_who_gives_up_waiting_does_not_take_a_place_with_him():
    async def run() -> None:
        pace = Pace(1)
        async with pace.slot():
            waiting = [asyncio.create_task(hold(pace)) for _ in range(3)]
            await asyncio.sleep(0.01)
            waiting[0].cancel()
        async with asyncio.timeout(2):
            await asyncio.gather(*waiting, return_exceptions=True)

    async def hold(pace: Pace) -> None:
        async with pace.slot():
            await asyncio.sleep(0)

    asyncio.run(run())


def test_a_pause_is_kept_by_everyone_and_never_shortened():
    async def run() -> float:
        pace = Pace(4)
        start = asyncio.get_running_loop().time()
        pace.pause(0.2)
        pace.pause(0.05)
        async with pace.slot():
            return asyncio.get_running_loop().time() - start

    assert asyncio.run(run()) >= 0.2


def test_requests_in_flight_never_exceed_the_setting_and_fall_when_the_server_objects(endpoint):
    endpoint.ask([question(str(i)) for i in range(40)], error(429, headers={"retry-after-ms": "5"}), good(), concurrency=6)
    assert endpoint.server.most_at_once <= 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20", 20),
        ("1.5", 1.5),
        ("6m0s", 360),
        ("1h2m3s", 3723),
        ("20ms", 0.02),
        ("7.66s", 7.66),
        ("", None),
        ("soon", None),
        ("6m x", None),
    ],
)
def test_durations_of_headers_are_read(text, expected):
    assert seconds(text) == expected


def test_a_date_as_retry_after_is_understood():
    assert asked_wait({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert asked_wait({"retry-after": "whenever"}) is None


def test_an_exhausted_quota_pauses_before_the_server_has_to_object():
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s", "x-ratelimit-remaining-tokens": "50"}
    assert pause_before_next(headers) == 2
    assert pause_before_next({**headers, "x-ratelimit-remaining-requests": "5"}) is None
