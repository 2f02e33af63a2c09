"""A scripted server, a store and a way to ask."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.client import Client, Outcome
from annotate.endpoint.loopback import Call, Loopback, Reply, completion
from annotate.endpoint.money import expected_tokens
from annotate.endpoint.prices import ImageRule, Price
from annotate.endpoint.question import Image, Question
from annotate.endpoint.store import AnswerStore
from annotate.endpoint.stream import stream
from schemas.recipe import TeacherSettings

KEY = "sk-test-0123456789abcdefSECRET"

PRICES = """
[tiers]
batch = 0.5
[models.m]
input = 1000.0
output = 1000.0
image = { flat = 100 }
"""
"""a tenth of a cent for each token of model m"""


class Text(BaseModel):
    description: str


def question(name: str = "q", **changes) -> Question:
    image = Image(f"image {name}", 96, 64, lambda: b"\x89PNG not really")
    fields = {"temperature": 0.5, "max_tokens": 100, "seed": 7, "neutral": "Be plain.", **changes}
    return Question("local", "m", "Describe.", (f"Say {name}.", image), Text, **fields)


def good(text: str = "fine", **more) -> Reply:
    return Reply(completion(json.dumps({"description": text}), **more))


def usual_tokens() -> tuple[int, int]:
    """Tokens of prompt and answer that are expected of a question."""
    found = expected_tokens(question(), Price(input=1, output=1, image=ImageRule(flat=100)))
    return found[0], found[2]


def error(status: int, message: str = "no", *, headers: dict[str, str] | None = None, **detail) -> Reply:
    return Reply({"error": {"message": message, **detail}}, status, headers or {})


class Endpoint:
    """A server that plays replies in turn (the last one for ever) and a client that asks it."""

    def __init__(self, folder):
        self.folder = folder
        self.replies: list[Reply] = [good()]
        self.server = Loopback(self._respond)
        self.abilities: Abilities | None = Abilities(probed=True)
        self.store: AnswerStore | None = None

    def _respond(self, call: Call) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def open(self, run: str = "run") -> AnswerStore:
        if self.store is None:
            self.store = AnswerStore(self.folder / "answers.sqlite", run)
        return self.store

    def settings(self, **changes) -> TeacherSettings:
        return TeacherSettings(**{"name": "openai", "model": "m", "url": self.server.url, "timeout_s": 5, **changes})

    def ask(self, questions: Question | Sequence[Question], *replies: Reply, **changes) -> list[Outcome]:
        self.replies = list(replies) or self.replies
        store, settings = self.open(), self.settings(**changes)
        if self.abilities is not None and store.abilities(settings.url, settings.model) is None:
            store.learn(settings.url, settings.model, self.abilities).result()
        asked = [questions] if isinstance(questions, Question) else list(questions)
        results = {q.key: outcome for _, q, outcome in stream(Client(settings, store), asked, lambda q: q)}
        return [results[q.key] for q in asked if q.key in results]

    @property
    def sent(self) -> list[dict]:
        return [call.json for call in self.server.calls if call.method == "POST"]

    def states(self) -> list[str]:
        return [state for (state,) in self.open().read("SELECT state FROM attempt ORDER BY id")]
