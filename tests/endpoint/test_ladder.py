"""Structured output: what each rung asks for, what a probe finds out, how replies are read."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from annotate.endpoint.abilities import RUNGS, Abilities
from annotate.endpoint.ladder import UnreadableError, instruction, read, response_format, schema
from annotate.endpoint.loopback import Call, Reply, completion
from tests.endpoint.rig import Text, error, good, question


class Inner(BaseModel):
    title: str
    size: Literal["big", "small"] = "big"


class Nested(BaseModel):
    parts: list[Inner]
    note: str | None = None


def test_schemas_use_only_what_all_servers_take():
    found = schema(Nested)
    assert found["required"] == ["parts", "note"]
    inner = found["$defs"]["Inner"]
    assert inner == {
        "type": "object",
        "properties": {"title": {"type": "string"}, "size": {"type": "string", "enum": ["big", "small"]}},
        "required": ["title", "size"],
        "additionalProperties": False,
    }
    assert found["properties"]["note"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert "default" not in json.dumps(found)


def test_servers_that_enforce_nothing_are_told_the_schema_in_words():
    assert [bool(instruction(rung, Text)) for rung in RUNGS] == [False, False, True, True, True]
    assert response_format("plain", Text) is None


@given(st.text(), st.sampled_from(["{}", "```json\n{}\n```", "Sure! Here it is: {} Anything else?", "\n\n{}\n"]))
def test_any_text_survives_any_wrapping(text, wrapping):
    assert read(Text, wrapping.replace("{}", json.dumps({"description": text.replace("`", "'")}))).description == text.replace(
        "`", "'"
    )


def test_raw_control_characters_inside_strings_are_let_pass():
    assert read(Text, '{"description": "one\ntwo"}').description == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON object"),
        ('{"description": "a', "no JSON object"),
        ("{broken}", "not valid JSON"),
        ('{"d": 1}', "description"),
    ],
)
def test_unreadable_replies_say_why(text, message):
    with pytest.raises(UnreadableError, match=message):
        read(Text, text)


def server(level: str):
    """A server that enforces schemas down to a rung and either refuses or ignores what is above it."""

    def respond(call: Call) -> Reply:
        wanted = call.json.get("response_format")
        rung = rung_of(wanted)
        if rung != "plain" and RUNGS.index(rung) < RUNGS.index(level):
            return error(400, f"'response_format.type' must be other than {wanted['type']}") if "refuse" in level else free()
        if rung == "plain":
            return free()
        colour = "heliotrope-7" if rung in ("strict", "schema", "object_schema") else "red"
        return Reply(completion(json.dumps({"colour": colour})))

    return respond


def rung_of(wanted: dict | None) -> str:
    if wanted is None:
        return "plain"
    if wanted["type"] == "json_schema":
        return "strict" if wanted["json_schema"].get("strict") else "schema"
    return "object_schema" if "schema" in wanted else "object"


def free() -> Reply:
    return Reply(completion("My favourite is red."))


@pytest.mark.parametrize("level", RUNGS)
def test_the_probe_finds_the_best_rung_that_is_really_enforced(endpoint, level):
    endpoint.abilities = None
    endpoint.server._respond = server(level)
    endpoint.ask(question())
    assert endpoint.open().abilities(endpoint.server.url, "m").rung == level


def test_the_probe_is_made_once_for_each_address_and_model(endpoint):
    endpoint.abilities = None
    reply = Reply(completion('{"description": "fine", "colour": "heliotrope-7"}'))
    endpoint.ask(question(), reply)
    endpoint.ask(question("other"), reply)
    assert sum("Name any colour" in json.dumps(body) for body in endpoint.sent) == 1
    endpoint.ask(question("third"), reply, model="n")
    assert sum("Name any colour" in json.dumps(body) for body in endpoint.sent) == 2


def test_a_server_that_answers_500_to_json_schema_is_probed_further(endpoint):
    endpoint.abilities = None

    def llama_cpp_server(call: Call) -> Reply:
        rung = rung_of(call.json.get("response_format"))
        return error(500, "Internal error") if rung in ("strict", "schema") else Reply(completion('{"colour": "heliotrope-7"}'))

    endpoint.server._respond = llama_cpp_server
    endpoint.ask(question())
    assert endpoint.open().abilities(endpoint.server.url, "m").rung == "object_schema"


def test_a_server_that_refuses_json_object_ends_with_plain_text(endpoint):
    endpoint.abilities = None

    def lm_studio_without_schema(call: Call) -> Reply:
        wanted = call.json.get("response_format")
        if wanted and wanted["type"] == "json_object":
            return error(400, "'response_format.type' must be 'json_schema' or 'text'")
        return free()

    endpoint.server._respond = lm_studio_without_schema
    endpoint.ask(question())
    assert endpoint.open().abilities(endpoint.server.url, "m").rung == "plain"


def test_nothing_is_probed_when_all_answers_are_stored(endpoint):
    endpoint.ask(question(), good())
    endpoint.open().change(lambda db: db.execute("DELETE FROM ability") and None).result()
    endpoint.abilities = None
    (outcome,) = endpoint.ask(question(), error(401))
    assert outcome.value.description == "fine"


def test_requests_hold_two_roles_pictures_last_and_always_a_limit(endpoint):
    endpoint.ask(question(), good())
    (body,) = endpoint.sent
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert [part["type"] for part in body["messages"][1]["content"]] == ["text", "image_url"]
    assert body["messages"][1]["content"][1]["image_url"]["url"].startswith("data:image/png;base64,iVBORy")
    assert body["max_tokens"] == 100
    assert {"stream", "n", "tools"}.isdisjoint(body)


def test_openai_is_asked_for_completion_tokens_and_others_for_tokens():
    assert Abilities.presumed("https://api.openai.com/v1").limit_field == "max_completion_tokens"
    assert Abilities.presumed("http://127.0.0.1:8000/v1").limit_field == "max_tokens"
