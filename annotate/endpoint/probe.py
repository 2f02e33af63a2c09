"""Finds the best rung of structured output that an endpoint really enforces: HTTP 200 alone proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.ladder import UnreadableError, read
from annotate.endpoint.outcomes import TABLE, Event, Failure, Reply
from annotate.endpoint.question import Question
from annotate.endpoint.wire import request_body
from schemas.errors import TeacherError

if TYPE_CHECKING:
    from annotate.endpoint.client import Client

__all__ = ["Probe", "probe"]


class Probe(BaseModel):
    """An answer that nobody gives unless the schema is enforced."""

    colour: Literal["heliotrope-7"]


class _Anything(BaseModel):
    """For the rung that promises a JSON object but no schema."""


QUESTION = "Name any colour. Answer with one JSON object that has the key colour."
ROUNDS = 40


async def probe(client: Client, presumed: Abilities) -> Abilities:
    """Asks for a colour with a one-value schema, rung by rung from ``presumed`` down; parameters that are refused are given up.

    Raises:
        TeacherError: the endpoint cannot be reached or refuses to work.
    """
    abilities = presumed
    failed = 0
    for _ in range(ROUNDS):
        result = await _try(client, abilities)
        if isinstance(result, Reply) and result.event is not Event.GARBLED:
            if _enforced(abilities, result):
                return abilities.model_copy(update={"probed": True})
            abilities = _lower(abilities)
            continue
        failed += 1
        failure = (
            result if isinstance(result, Failure) else Failure(Event.GARBLED, "HTTP 200 with something that is no completion")
        )
        abilities = await _after(client, failure, abilities, failed)
    raise TeacherError(f"{client.url}: the endpoint's abilities could not be found out in {ROUNDS} requests.")


async def _try(client: Client, abilities: Abilities) -> Reply | Failure:
    question = Question(
        "probe", client.settings.model, "Answer the question.", (QUESTION,), Probe, temperature=0.0, max_tokens=400, seed=1
    )
    body = request_body(question, abilities, [], max_tokens=question.max_tokens)
    async with client.pace.slot():
        result, _ = await client.post(body)
    if isinstance(result, Reply) and result.event is not Event.GARBLED:
        client.store.book(client.money.real(result.usage, question, question.max_tokens, result.tier))
    return result


def _enforced(abilities: Abilities, reply: Reply) -> bool:
    if abilities.rung == "plain":
        return True
    try:
        read(_Anything if abilities.rung == "object" else Probe, reply.text)
    except UnreadableError:
        return False
    return True


def _lower(abilities: Abilities) -> Abilities:
    return abilities.model_copy(update={"rung": abilities.lower_rung() or "plain"})


async def _after(client: Client, failure: Failure, abilities: Abilities, failed: int) -> Abilities:
    """The abilities to try next."""
    if failure.event is Event.PARAMETER and (left := abilities.without(failure.parameter)) is not None:
        return left
    # Servers refuse a response format in their own ways: 400 without a name, or a plain 500.
    if failure.status in (400, 422, 500) and abilities.rung != "plain":
        return _lower(abilities)
    if TABLE[failure.event].then == "stop" and failure.event is not Event.RATE_LIMITED:
        raise client.refusal(failure)
    if failed > TABLE[Event.TRANSIENT].resend and failure.event is not Event.RATE_LIMITED:
        raise client.refusal(failure)
    await client.before_resend(failure, abilities, failed)
    return abilities
