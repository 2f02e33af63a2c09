"""What came back from an endpoint, and the table that says what each event leads to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from time import time
from typing import Any, Literal

import httpx2
import openai

from annotate.endpoint.abilities import PARAMETERS

__all__ = [
    "TABLE",
    "Event",
    "Failure",
    "Reply",
    "Rule",
    "Usage",
    "failure_of_status",
    "pause_before_next",
    "read_failure",
    "read_reply",
    "seconds",
]


class Event(Enum):
    """Everything that can happen to a request."""

    ANSWERED = "answered"
    RATE_LIMITED = "rate_limited"
    ENDED = "ended"
    TRANSIENT = "transient"
    TIMED_OUT = "timed_out"
    PARAMETER = "parameter"
    IMAGE_REFUSED = "image_invalid"
    POLICY = "content_policy"
    INVALID = "invalid_request"
    CUT = "length"
    EMPTY = "empty"
    FILTERED = "content_filter"
    REFUSED = "refused"
    GARBLED = "garbled"


@dataclass(frozen=True)
class Rule:
    """What follows an event."""

    resend: int
    """how often the request may be sent again because of it"""
    change: Literal["nothing", "double the token limit", "neutral prompt", "renegotiate"]
    then: Literal["quarantine", "stop"]
    """what follows when it happens once more"""


FOREVER = 10**9
TABLE: Mapping[Event, Rule] = {
    # Waited for as the server says, with fewer requests in flight; the client's patience ends it.
    Event.RATE_LIMITED: Rule(FOREVER, "nothing", "stop"),
    # No quota, wrong key, no right, no such model: asking again cannot help anyone.
    Event.ENDED: Rule(0, "nothing", "stop"),
    # 408, 409, 5xx, connection errors: exponential backoff with jitter.
    Event.TRANSIENT: Rule(5, "nothing", "quarantine"),
    # 200 with something that is no chat completion: a proxy's page, a truncated body.
    Event.GARBLED: Rule(5, "nothing", "quarantine"),
    # The request was sent and no answer came: it may be billed, so its cost stays reserved.
    Event.TIMED_OUT: Rule(1, "nothing", "quarantine"),
    Event.PARAMETER: Rule(len(PARAMETERS) + 4, "renegotiate", "stop"),
    Event.IMAGE_REFUSED: Rule(0, "nothing", "quarantine"),
    Event.POLICY: Rule(0, "nothing", "quarantine"),
    Event.INVALID: Rule(0, "nothing", "quarantine"),
    Event.CUT: Rule(1, "double the token limit", "quarantine"),
    Event.EMPTY: Rule(1, "double the token limit", "quarantine"),
    Event.FILTERED: Rule(1, "neutral prompt", "quarantine"),
    Event.REFUSED: Rule(1, "neutral prompt", "quarantine"),
}


@dataclass(frozen=True)
class Failure:
    """A request without an answer."""

    event: Event
    reason: str
    status: int = 0
    wait: float | None = None
    """seconds the server asks to wait"""
    parameter: str = ""
    """the parameter it refuses"""


@dataclass(frozen=True)
class Usage:
    """Tokens that are billed; zeros where the server does not say."""

    input: int = 0
    cached: int = 0
    output: int = 0
    known: bool = False


@dataclass(frozen=True)
class Reply:
    """A chat completion, read from its stored bytes."""

    event: Event
    """ANSWERED, CUT, EMPTY, FILTERED, REFUSED or GARBLED"""
    text: str
    usage: Usage
    tier: str = ""
    model: str = ""
    """the model that the server says it is"""


_MISSING_MODEL = re.compile(r"model.{0,60}(not found|does not exist|not exist|unknown|not available)", re.IGNORECASE | re.DOTALL)
_POLICY = ("content_policy", "content_filter", "responsibleai", "safety", "moderation", "content management policy")
_IMAGE = re.compile(r"\bimages?\b|image_url|base64", re.IGNORECASE)


def read_reply(raw: bytes) -> Reply:
    """What a completion says. Never raises: bytes that are no completion are GARBLED."""
    try:
        payload = json.loads(raw, strict=False)
        choice = payload["choices"][0]
        message = choice["message"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return Reply(Event.GARBLED, "", Usage())
    if not isinstance(message, dict):
        return Reply(Event.GARBLED, "", Usage())
    text = _text(message.get("content"))
    finish = choice.get("finish_reason")
    if finish == "content_filter":
        event = Event.FILTERED
    elif message.get("refusal"):
        event, text = Event.REFUSED, str(message["refusal"])
    elif finish == "length":
        event = Event.CUT
    else:
        event = Event.ANSWERED if text.strip() else Event.EMPTY
    return Reply(
        event, text, _usage(payload.get("usage")), str(payload.get("service_tier") or ""), str(payload.get("model") or "")
    )


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _usage(usage: Any) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details")
    given, cached, output = (
        _count(usage, "prompt_tokens"),
        _count(details, "cached_tokens") or 0,
        _count(usage, "completion_tokens"),
    )
    if given is None or output is None:
        return Usage()
    return Usage(given, min(cached, given), output, known=True)


def _count(fields: Any, name: str) -> int | None:
    value = fields.get(name) if isinstance(fields, dict) else None
    return value if isinstance(value, int) and value >= 0 else None


def read_failure(error: Exception) -> Failure:
    """What an exception of the ``openai`` client, of its transport or a deadline means."""
    if isinstance(error, openai.APIStatusError):
        return failure_of_status(error.status_code, error.response.headers, error.body, str(error.message))
    if isinstance(error, (TimeoutError, openai.APITimeoutError)):
        unsent = isinstance(error.__cause__, (httpx2.ConnectTimeout, httpx2.PoolTimeout))
        return Failure(Event.TRANSIENT if unsent else Event.TIMED_OUT, "no connection in time" if unsent else "no answer in time")
    cause = error.__cause__ or error
    return Failure(Event.TRANSIENT, f"{type(cause).__name__}: {cause}")


def failure_of_status(status: int, headers: Mapping[str, str], body: object, message: str) -> Failure:
    """What an HTTP status with an error body means."""
    detail = body.get("error", body) if isinstance(body, dict) else {}
    detail = detail if isinstance(detail, dict) else {"message": str(detail)}
    code = " ".join(str(detail.get(name) or "") for name in ("code", "type")).lower()
    said = str(detail.get("message") or message)
    reason = f"HTTP {status}: {said[:300]}"
    event, parameter = _status_event(status, code, said, str(detail.get("param") or ""))
    return Failure(event, reason, status, asked_wait(headers), parameter)


def _status_event(status: int, code: str, said: str, param: str) -> tuple[Event, str]:
    if status in (400, 422, 500) and "model_not_found" not in code and (parameter := _named_parameter(f"{param} {said}")):
        return Event.PARAMETER, parameter
    if status == 429:
        event = Event.ENDED if "insufficient_quota" in code or "billing" in code else Event.RATE_LIMITED
    elif status in (401, 402, 403, 404) or "model_not_found" in code:
        event = Event.ENDED
    elif status in (408, 409) or status >= 500:
        event = Event.TRANSIENT
    else:
        event = _bad_request(f"{code} {param} {said}")
    return event, ""


def _bad_request(text: str) -> Event:
    if any(word in text.lower() for word in _POLICY):
        return Event.POLICY
    if _MISSING_MODEL.search(text):
        return Event.ENDED
    return Event.IMAGE_REFUSED if _IMAGE.search(text) else Event.INVALID


def _named_parameter(text: str) -> str:
    """The first of ``PARAMETERS`` that a refusal names as a word; json_schema and guided decoding count as response_format."""
    places = {name: match.start() for name in PARAMETERS if (match := re.search(rf"(?<![A-Za-z_]){name}(?![A-Za-z_])", text))}
    if not places:
        return (
            "response_format"
            if re.search(r"json_schema|json_object|json schema|structured output|grammar", text, re.IGNORECASE)
            else ""
        )
    return min(places, key=places.__getitem__)


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that a refused request should wait: retry-after-ms, retry-after (seconds or a date), else the reset headers."""
    if milliseconds := seconds(headers.get("retry-after-ms", "")):
        return milliseconds / 1000
    after = headers.get("retry-after", "")
    if (plain := seconds(after)) is not None:
        return plain
    if after:
        try:
            return max(0.0, parsedate_to_datetime(after).timestamp() - time())
        except ValueError:
            pass
    return pause_before_next(headers, spent_at=0)


def pause_before_next(headers: Mapping[str, str], spent_at: int = 0) -> float | None:
    """Seconds until a limit resets whose remaining count is at or below ``spent_at``; None if none is used up."""
    waits = [
        seconds(headers.get(f"x-ratelimit-reset-{what}", "")) or 0.0
        for what in ("requests", "tokens")
        if (left := headers.get(f"x-ratelimit-remaining-{what}", "")).isdigit() and int(left) <= spent_at
    ]
    return max(waits) if waits else None


_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text: str) -> float | None:
    """Seconds of "20", "1.5", "6m0s" or "20ms"; None for anything else."""
    text = text.strip().lower()
    try:
        return max(0.0, float(text))
    except ValueError:
        pieces = _DURATION.findall(text)
        if not pieces or "".join(number + unit for number, unit in pieces) != text:
            return None
        return sum(float(number) * _UNITS[unit] for number, unit in pieces)
