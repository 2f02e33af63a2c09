"""The bytes of a chat completion request. Pictures are spliced in as base64 without passing through a JSON encoder."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.ladder import instruction, response_format
from annotate.endpoint.question import Image, Question

__all__ = ["request_body"]


def request_body(question: Question, abilities: Abilities, files: Sequence[bytes], *, max_tokens: int, tier: str = "") -> bytes:
    """The JSON body of one request: system and user role only, one answer, no stream.

    Args:
        question: what is asked.
        abilities: which parameters the endpoint takes and which rung of structured output it is on.
        files: the bytes of ``question.images``, in order.
        max_tokens: most tokens of the answer; always sent.
        tier: service tier, if one is wanted.
    """
    system = {"role": "system", "content": question.system + instruction(abilities.rung, question.form)}
    head = _dump({"model": question.model, **_parameters(question, abilities, max_tokens, tier)})
    start = (head[:-1], b',"messages":[', _dump(system), b',{"role":"user","content":[')
    return b"".join((*start, *_parts(question, abilities, files), b"]}]}"))


def _parameters(question: Question, abilities: Abilities, max_tokens: int, tier: str) -> dict[str, Any]:
    fields: dict[str, Any] = {abilities.limit_field: max_tokens}
    if abilities.temperature:
        fields["temperature"] = question.temperature
    if abilities.seed and question.seed is not None:
        fields["seed"] = question.seed
    if tier and abilities.service_tier:
        fields["service_tier"] = tier
    if (wanted := response_format(abilities.rung, question.form)) is not None:
        fields["response_format"] = wanted
    return fields


def _parts(question: Question, abilities: Abilities, files: Sequence[bytes]) -> Iterator[bytes]:
    """Pieces of the user message's content; pictures are large, so they are copied once only, into the finished body."""
    waiting = iter(files)
    for i, part in enumerate(question.parts):
        if i:
            yield b","
        if isinstance(part, Image):
            yield b'{"type":"image_url","image_url":{"url":"data:' + part.media_type.encode() + b";base64,"
            yield base64.b64encode(next(waiting))
            yield f'","detail":"{part.detail}"}}}}'.encode() if abilities.detail else b'"}}'
        else:
            yield _dump({"type": "text", "text": part})


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
