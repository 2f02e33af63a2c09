"""Each row of the retry table, through the real client against a server that misbehaves in that one way."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.endpoint import client
from annotate.endpoint.batch_files import read_results
from annotate.endpoint.loopback import Reply, completion
from annotate.endpoint.outcomes import Event, failure_of_status, read_reply
from schemas.errors import TeacherError
from tests.endpoint.rig import error, good, question

FIELDS = ["choices", "message", "content", "text", "refusal", "finish_reason", "usage", "prompt_tokens", "completion_tokens"]
FIELDS += ["prompt_tokens_details", "cached_tokens", "error", "code", "type", "param", "status_code", "body", "custom_id"]


def test_a_rate_limit_is_waited_out_as_long_as_the_server_says(endpoint):
    (outcome,) = endpoint.ask(question(), error(429, "slow down", headers={"retry-after-ms": "300"}), good())
    assert outcome.value.description == "fine"
    first, second = endpoint.server.times
    assert second - first >= 0.3
    assert endpoint.states() == ["answered"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "200ms"},
        {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "0.2s", "x-ratelimit-remaining-requests": "9"},
        {"retry-after": "0.2"},
    ],
)
def test_reset_headers_of_a_rate_limit_are_obeyed(endpoint, headers):
    endpoint.ask(question(), error(429, headers=headers), good())
    first, second = endpoint.server.times
    assert second - first >= 0.2


def test_many_rate_limits_lose_no_question(endpoint):
    (outcome,) = endpoint.ask(question(), *[error(429, headers={"retry-after-ms": "1"})] * 12, good())
    assert outcome.value.description == "fine"
    assert len(endpoint.sent) == 13


def test_flex_without_resources_is_a_rate_limit(endpoint):
    reply = error(429, "Resource unavailable", code="resource_unavailable", headers={"retry-after-ms": "1"})
    (outcome,) = endpoint.ask(question(), reply, good(), tier="flex")
    assert outcome.value.description == "fine"
    assert all(body["service_tier"] == "flex" for body in endpoint.sent)


def test_a_rate_limit_beyond_all_patience_stops_the_run(endpoint):
    with pytest.raises(TeacherError, match=r"rate limit does not lift .*asked to wait 7200 s"):
        endpoint.ask(question(), error(429, headers={"retry-after": "7200"}))
    assert endpoint.states() == ["failed"]


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        (
            error(429, "You exceeded your current quota", code="insufficient_quota", type="insufficient_quota"),
            "quota and billing",
        ),
        (error(401, "Incorrect API key"), r"\$OPENAI_API_KEY"),
        (error(403, "Country not supported"), "may use"),
        (error(404, "The model `m` does not exist", code="model_not_found"), r"teacher\.url and teacher\.model"),
        (error(400, "The model `m` does not exist or you have no access"), r"teacher\.model"),
    ],
)
def test_what_nobody_can_mend_by_asking_again_stops_the_run_after_one_request(endpoint, reply, advice):
    with pytest.raises(TeacherError, match=advice):
        endpoint.ask(question(), reply)
    assert len(endpoint.sent) == 1
    assert endpoint.states() == ["failed"]


@pytest.mark.parametrize(
    "reply", [error(408), error(409), error(500), error(502), error(503), Reply(manner="drop"), Reply(manner="half")]
)
def test_passing_failures_are_tried_five_more_times(endpoint, reply):
    (outcome,) = endpoint.ask(question(), *[reply] * 5, good())
    assert outcome.value.description == "fine"
    assert len(endpoint.sent) == 6


def test_a_failure_that_does_not_pass_leaves_the_item_out_with_its_reason(endpoint):
    (outcome,) = endpoint.ask(question(), error(503, "overloaded"))
    assert (outcome.value, outcome.code, outcome.reason) == (None, "transient", "HTTP 503: overloaded")
    assert len(endpoint.sent) == 6
    assert endpoint.states() == ["failed"]


def test_a_timeout_is_sent_once_more_and_both_stay_on_the_bill(endpoint):
    (outcome,) = endpoint.ask(question(), Reply(manner="hang"), timeout_s=0.3)
    assert outcome.code == "timed_out"
    assert len(endpoint.sent) == 2
    assert endpoint.states() == ["unknown", "unknown"]


def test_a_timeout_followed_by_an_answer_is_an_answer(endpoint):
    (outcome,) = endpoint.ask(question(), Reply(manner="hang"), good(), timeout_s=0.3)
    assert outcome.value.description == "fine"
    assert endpoint.states() == ["unknown", "answered"]


def test_a_slow_drip_is_a_timeout_although_bytes_keep_coming(endpoint):
    (outcome,) = endpoint.ask(question(), Reply(completion("x"), manner="drip"), good(), timeout_s=0.5)
    assert outcome.value.description == "fine"
    assert endpoint.states() == ["unknown", "answered"]


@pytest.mark.parametrize(
    ("refusal", "gone", "come"),
    [
        (
            error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
            "max_tokens",
            "max_completion_tokens",
        ),
        (error(400, 'Invalid JSON payload received. Unknown name "seed"'), "seed", None),
        (
            error(400, "'temperature' does not support 0.5 with this model.", param="temperature"),
            "temperature",
            None,
        ),
        (error(422, "extra fields not permitted", param="service_tier"), "service_tier", None),
    ],
)
def test_a_refused_parameter_is_given_up_and_never_sent_again(endpoint, refusal, gone, come):
    (outcome,) = endpoint.ask(question(), refusal, good(), tier="flex")
    assert outcome.value.description == "fine"
    endpoint.ask(question("other"), good(), tier="flex")
    assert [gone in body for body in endpoint.sent] == [True, False, False]
    assert come is None or [come in body for body in endpoint.sent] == [False, True, True]


def test_a_refused_image_detail_is_given_up(endpoint):
    endpoint.ask(question(), error(400, "unknown field 'detail' in image_url", param="messages.detail"), good())
    assert ["detail" in json.dumps(body) for body in endpoint.sent] == [True, False]


@pytest.mark.parametrize("status", [400, 500])
def test_a_refused_response_format_goes_one_rung_down(endpoint, status):
    (outcome,) = endpoint.ask(question(), error(status, "response_format json_schema is not supported"), good())
    assert outcome.value.description == "fine"
    assert [body["response_format"]["json_schema"].get("strict") for body in endpoint.sent] == [True, None]


def test_a_parameter_that_cannot_be_given_up_stops_the_run(endpoint):
    replies = [error(400, "Unsupported parameter: 'max_tokens'"), error(400, "Unsupported parameter: 'max_completion_tokens'")]
    with pytest.raises(TeacherError, match="max_completion_tokens"):
        endpoint.ask(question(), *replies)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (error(400, "You uploaded an unsupported image.", code="invalid_image_format"), "image_invalid"),
        (error(400, "Your input was rejected by the safety system", code="content_policy_violation"), "content_policy"),
        (error(400, "That will not do"), "invalid_request"),
    ],
)
def test_a_refused_item_is_left_out_after_one_request(endpoint, reply, code):
    (outcome,) = endpoint.ask(question(), reply)
    assert outcome.code == code
    assert len(endpoint.sent) == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [(Reply(completion('{"descr', finish="length")), "length"), (Reply(completion("", reasoning="hmm")), "empty")],
)
def test_a_cut_or_empty_answer_gets_twice_the_tokens_once(endpoint, reply, code):
    (outcome,) = endpoint.ask(question(), reply)
    assert outcome.code == code
    assert [body["max_tokens"] for body in endpoint.sent] == [100, 200]
    (outcome,) = endpoint.ask(question("other"), reply, good())
    assert outcome.value.description == "fine"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(completion("I", finish="content_filter")), "content_filter"),
        (Reply(completion("", refusal="I cannot help with that.")), "refused"),
    ],
)
def test_a_filtered_or_refused_answer_gets_a_neutral_prompt_once(endpoint, reply, code):
    (outcome,) = endpoint.ask(question(), reply)
    assert outcome.code == code
    assert [body["messages"][0]["content"] for body in endpoint.sent] == ["Describe.", "Be plain."]
    (outcome,) = endpoint.ask(question("other"), reply, good())
    assert outcome.value.description == "fine"


def test_what_was_given_up_is_not_paid_for_again_by_a_later_run(endpoint):
    refusal = Reply(completion("", refusal="No."))
    endpoint.ask(question(), refusal)
    (outcome,) = endpoint.ask(question(), good())
    assert outcome.code == "refused"
    assert len(endpoint.sent) == 2


@pytest.mark.parametrize("text", ["no braces", '{"description": 3}', '{"other": "x"}', '{"description": "cut'])
def test_an_unreadable_answer_is_reported_so_that_it_can_be_asked_again(endpoint, text):
    (outcome,) = endpoint.ask(question(), Reply(completion(text)))
    assert outcome.code == "unparsable"
    assert len(endpoint.sent) == 1
    assert endpoint.states() == ["answered"]


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"", b"[]", b'{"choices": []}', b'{"choices": [{}]}'])
def test_a_page_that_is_no_completion_is_a_passing_failure(endpoint, body):
    (outcome,) = endpoint.ask(question(), Reply(body, headers={"content-type": "text/html"}), good())
    assert outcome.value.description == "fine"


def test_huge_headers_are_no_end_of_the_run(endpoint):
    (outcome,) = endpoint.ask(question(), Reply(completion("{}"), headers={"x-padding": "x" * 200_000}), good())
    assert outcome.value.description == "fine"


def test_an_endpoint_that_is_not_there_stops_the_run_at_the_probe(endpoint):
    endpoint.abilities = None
    with pytest.raises(TeacherError, match=r"check teacher\.url"):
        endpoint.ask(question(), url="http://127.0.0.1:9/v1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=25,
)


@given(JSON, JSON, JSON)
def test_no_json_that_a_server_may_send_is_more_than_an_event(payload, message, usage):
    for body in (payload, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}, {"choices": payload}):
        reply = read_reply(json.dumps(body).encode())
        assert isinstance(reply.event, Event)
        assert isinstance(reply.text, str)
        assert 0 <= reply.usage.cached <= reply.usage.input
    for status in (200, 400, 429, 500):
        assert isinstance(failure_of_status(status, {}, payload, "").event, Event)
    lines = [json.dumps({"custom_id": "k", "response": payload, "error": message}), json.dumps(payload)]
    assert len(list(read_results("\n".join(lines).encode()))) >= 1


def test_nesting_without_end_is_no_completion():
    assert read_reply(b"[" * 100_000).event is Event.GARBLED


def test_a_flex_request_may_wait_for_its_place_longer_than_others(endpoint, monkeypatch):
    monkeypatch.setattr(client, "FLEX_TIMEOUT_S", 3.0)
    (outcome,) = endpoint.ask(question(), replace(good(), delay=0.6), tier="flex", timeout_s=0.2)
    assert outcome.value.description == "fine"
