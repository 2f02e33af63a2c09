"""Structured output: how each rung asks for a JSON object, and how any reply is read again, whatever the server promised."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from annotate.endpoint.abilities import Rung

__all__ = ["UnreadableError", "instruction", "read", "response_format", "schema"]

M = TypeVar("M", bound=BaseModel)

_FENCE = re.compile(r"```(?:json)?\s*(\{.*?\})\s*```", re.DOTALL)


class UnreadableError(ValueError):
    """A reply that is not the JSON object asked for; the message says why in plain words."""


@cache
def schema(form: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a form that all servers take: all required, closed, no titles, limits, defaults or docstrings."""
    plain: dict[str, Any] = _plain(form.model_json_schema())
    return plain


def _plain(node: Any) -> Any:
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key in _KEPT}
    plain = {key: _plain(value) for key, value in kept.items() if key not in _MAPS}
    plain |= {key: {name: _plain(value) for name, value in node[key].items()} for key in _MAPS if key in node}
    if "properties" in node:
        # A class's docstring speaks to us; in a schema it would also move the keys of paid answers when it is reworded.
        plain.pop("description", None)
        plain |= {"required": list(node["properties"]), "additionalProperties": False}
    return plain


_MAPS = ("properties", "$defs")
_KEPT = ("type", "properties", "items", "enum", "const", "anyOf", "$defs", "$ref", "description")


def response_format(rung: Rung, form: type[BaseModel]) -> dict[str, Any] | None:
    """The request's ``response_format`` on a rung; None on the plain one."""
    name = form.__name__.lower()
    match rung:
        case "strict":
            return {"type": "json_schema", "json_schema": {"name": name, "schema": schema(form), "strict": True}}
        case "schema":
            return {"type": "json_schema", "json_schema": {"name": name, "schema": schema(form)}}
        case "object_schema":
            return {"type": "json_object", "schema": schema(form)}
        case "object":
            return {"type": "json_object"}
        case "plain":
            return None


def instruction(rung: Rung, form: type[BaseModel]) -> str:
    """What is added to the system text where the server enforces no schema; empty where it does."""
    if rung in ("strict", "schema"):
        return ""
    shape = json.dumps(schema(form), separators=(",", ":"))
    fence = " Put it into one fenced block that starts with ```json." if rung == "plain" else ""
    return f"\n\nAnswer with one JSON object and nothing else. It follows this JSON schema: {shape}.{fence}"


def read(form: type[M], text: str) -> M:
    """The object in a reply: bare, fenced, or with words around it; raw control characters inside strings are let pass.

    Raises:
        UnreadableError: no JSON object, broken JSON, or one that does not fit the form.
    """
    found = _object(text)
    try:
        return form.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the object"
        raise UnreadableError(f"The JSON object does not have the form asked for: {place}: {first['msg']}.") from error


def _object(text: str) -> Any:
    fenced = _FENCE.search(text)
    inner = fenced.group(1) if fenced else text[text.find("{") : text.rfind("}") + 1]
    if not inner:
        raise UnreadableError("The reply holds no JSON object.")
    try:
        return json.loads(inner, strict=False)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"The reply is not valid JSON: {error.msg} at character {error.pos}.") from error
