"""A model that says what the prompt's facts say: its texts pass the checks, so builds can be rehearsed against a server."""

from __future__ import annotations

import json
import re
from typing import Any

from annotate.endpoint.loopback import Call, Reply, completion

FACT = re.compile(r"^- (?P<phrase>.*?)(?: \((?P<hints>[^()]*)\))?: (?P<what>.*)$", re.MULTILINE)
PLACE = re.compile(r"^(in|at|on|across|along|down|around|over|throughout) ")
FLAW = re.compile(r"(mild|moderate|severe) ([a-z ]+?) \[")
PADDING = (
    "The scene is a photograph with several distinct parts that can be told apart at a first look.",
    "A viewer notices the uneven quality from one part to the next and has to search for places that are worth a closer look.",
    "Taken together, the picture is of mixed quality, and its weaker parts draw attention away from the subject that it shows.",
)
MORE = "Nobody who looks at it can miss that, and no place in it lets the eye rest or tells more than its neighbours do."


def parrot(call: Call) -> Reply:
    """The answer of a well-behaved endpoint."""
    return Reply(completion(content(call.json), tokens=(1500, 60)))


def content(request: dict[str, Any]) -> str:
    """The content of the answer to a chat completion request."""
    parts = request["messages"][-1]["content"]
    text = parts[0]["text"]
    if "Name any colour" in text:
        return json.dumps({"colour": "heliotrope-7"})
    if text.startswith("Name these"):
        return json.dumps({"labels": ["stone wall"] * len(re.findall(r"^- ", text, re.MULTILINE))})
    return json.dumps({"description": description(text)})


def description(prompt: str) -> str:
    """Prose from the facts of a prompt."""
    sentences = [sentence(match) for match in FACT.finditer(prompt)]
    if "End with one sentence" in prompt:
        more = [MORE] if len(sentences) == 1 else []
        return " ".join([PADDING[0], *sentences, *more, *PADDING[1:]])
    return " ".join([*sentences, "One notices this at once, and it takes away from what the eye would like to rest on there."])


def sentence(fact: re.Match[str]) -> str:
    phrase, flaws = fact["phrase"], FLAW.findall(fact["what"])
    where = (fact["hints"] or "").split(",")[0]
    place = f"{phrase} {where}" if PLACE.match(where) else phrase
    if not flaws:
        return f"{place[0].upper()}{place[1:]} looks clear."
    said = " and ".join(f"{severity} {noun}" for severity, noun in flaws)
    return f"{place[0].upper()}{place[1:]} suffers from {said}."
