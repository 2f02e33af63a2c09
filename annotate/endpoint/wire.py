"""The bytes of a chat completion request. Pictures are spliced in as base64 without passing through a JSON encoder."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
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
    user = b'{"role":"user","content":[' + b",".join(_parts(question, abilities, files)) + b"]}"
    return head[:-1] + b',"messages":[' + _dump(system) + b"," + user + b"]}"


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


def _parts(question: Question, abilities: Abilities, files: Sequence[bytes]) -> list[bytes]:
    waiting = iter(files)
    return [
        _picture(part, next(waiting), abilities) if isinstance(part, Image) else _dump({"type": "text", "text": part})
        for part in question.parts
    ]


def _picture(image: Image, file: bytes, abilities: Abilities) -> bytes:
    detail = f'","detail":"{image.detail}"' if abilities.detail else '"'
    url = b'{"type":"image_url","image_url":{"url":"data:' + image.media_type.encode() + b";base64,"
    return url + base64.b64encode(file) + detail.encode() + b"}}"


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
