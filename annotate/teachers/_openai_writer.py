"""The writer of the openai teacher: asks to questions, outcomes to answers, verdicts to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TypeVar

from annotate.endpoint.batch import batched
from annotate.endpoint.client import UNPARSABLE, Client, Outcome, conclude, read_replies
from annotate.endpoint.estimate import Estimate, estimate
from annotate.endpoint.prices import read_prices
from annotate.endpoint.question import Question
from annotate.endpoint.store import Verdict, open_store
from annotate.endpoint.stream import stream
from annotate.teachers import Named, Pixels
from annotate.teachers._labels import Labels, accepted, label_question
from annotate.teachers._prompts import Prompts
from annotate.teachers._questions import Description, prompt_names, question_of
from schemas.recipe import TeacherSettings
from schemas.values import Answer, Ask, DescriptionKind, Finding, Quarantined

__all__ = ["OpenAIWriter"]

T = TypeVar("T")


class OpenAIWriter:
    """A writer with its settings, prompts and answer store."""

    def __init__(self, settings: TeacherSettings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._prompts = Prompts(settings.prompts)
        self._store = open_store(settings.store, folder)
        self._saved = 0.0
        self._keys: dict[tuple[str, int], str] = {}
        self._digest = cache(self._prompt_digest)

    def write(self, asks: Sequence[Ask], pixels: Pixels) -> Iterator[Answer | Quarantined]:
        """One Answer or Quarantined for each ask as it becomes ready; those in the store come first and cost nothing."""

        def question(ask: Ask) -> Question:
            return question_of(ask, pixels, self._settings, self._prompts)

        for ask, asked, outcome in self._outcomes(asks, question):
            self._saved += outcome.saved
            yield self._result(ask, asked, outcome)

    def label(self, photos: Sequence[Named], pixels: Pixels) -> Iterator[tuple[str, tuple[str, ...] | Quarantined]]:
        """Names for the regions of each photo, from its pristine pixels; in the store they are found again for every variant."""

        def question(named: Named) -> Question:
            return label_question(named, pixels, self._settings, self._prompts)

        for named, _, outcome in self._outcomes(photos, question):
            self._saved += outcome.saved
            labels = accepted(outcome.value.labels, named.regions) if isinstance(outcome.value, Labels) else None
            code, reason = outcome.code or UNPARSABLE, outcome.reason or "The number of labels is not that of the regions."
            refused = Quarantined(stage="label", subject=named.photo.name, code=code, reason=reason)
            yield named.photo.sha256, refused if labels is None else labels

    def stored_labels(self, photos: Sequence[Named], pixels: Pixels) -> dict[str, tuple[str, ...]]:
        """Labels that are in the store already, by photo; asks nobody."""
        questions = {label_question(named, pixels, self._settings, self._prompts).key: named for named in photos}
        found: dict[str, tuple[str, ...]] = {}
        for key, answers in self._store.answers(questions).items():
            outcome = conclude(label_question(questions[key], pixels, self._settings, self._prompts), read_replies(answers))
            if outcome is not None and isinstance(outcome.value, Labels):
                labels = accepted(outcome.value.labels, questions[key].regions)
                found |= {} if labels is None else {questions[key].photo.sha256: labels}
        return found

    def estimate(self, photos: Sequence[Named], asks: Sequence[Ask], pixels: Pixels) -> Estimate:
        """What the labels of ``photos`` and the first texts of ``asks`` will take. Sends nothing."""
        labels = [label_question(named, pixels, self._settings, self._prompts) for named in photos]
        texts = (question_of(ask, pixels, self._settings, self._prompts) for ask in asks)
        price = read_prices(self._settings.prices).of(self._settings.model)
        return estimate(chain(labels, texts), self._store, self._settings, price)

    def judged(self, ask: Ask, answer: Answer, findings: Sequence[Finding]) -> None:
        """Keeps the verdict in the store."""
        key = self._keys.pop((answer.request, ask.attempt))
        self._store.judge(Verdict(key, answer.request, tuple((finding.code, finding.message) for finding in findings)))

    def spending(self) -> dict[str, float]:
        """The run's dollars: spent, reserved (in flight or perhaps billed), saved by stored answers in this process."""
        ledger = self._store.ledger()
        reserved = max(0.0, round(ledger.reserved + ledger.perhaps, 9))  # sums of floats do not quite come back to nothing
        return {"spent_usd": ledger.spent, "reserved_usd": reserved, "saved_usd": self._saved}

    def close(self) -> None:
        """Closes the store."""
        self._store.close()

    def _outcomes(self, items: Sequence[T], ask: Callable[[T], Question]) -> Iterator[tuple[T, Question, Outcome]]:
        client = Client(self._settings, self._store)
        if self._settings.batch == "no":
            return stream(client, items, ask)
        return batched(client, self._folder, items, ask)

    def _result(self, ask: Ask, question: Question, outcome: Outcome) -> Answer | Quarantined:
        if not isinstance(outcome.value, Description):
            return Quarantined(stage="describe", subject=ask.request.id, code=outcome.code, reason=outcome.reason)
        self._keys[ask.request.id, ask.attempt] = question.key
        text = " ".join(outcome.value.description.split())
        teacher = f"openai:{self._settings.model}"
        return Answer(
            request=ask.request.id, text=text, teacher=teacher, prompt=self._digest(ask.request.kind), attempts=ask.attempt
        )

    def _prompt_digest(self, kind: DescriptionKind) -> str:
        return self._prompts.digest(kind, prompt_names(kind, labelled=self._settings.refine_labels))
