"""The ask loop, with teachers and checks made for the occasion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from annotate.stages import describe as stage
from annotate.stages.describe import UNREADABLE, DescribeReport, describe
from annotate.teachers import teachers
from schemas.errors import TeacherError
from schemas.recipe import TeacherSettings
from schemas.values import Answer, Ask, Finding, Picture, Quarantined, TextRequest


class Scripted:
    """A teacher and writer in one: answers by a function and remembers what it was asked."""

    runs = "main"

    def __init__(self, name: str, reply: Callable[[Ask], str | Quarantined]) -> None:
        self.name, self.reply, self.asks = name, reply, []

    def open(self, settings, folder):
        return self

    def write(self, asks: Sequence[Ask], pixels) -> Iterator[Answer | Quarantined]:
        for ask in reversed(asks):
            self.asks.append(ask)
            said = self.reply(ask)
            yield (
                said
                if isinstance(said, Quarantined)
                else Answer(request=ask.request.id, text=said, teacher=self.name, prompt="p")
            )


class Pixels:
    def picture(self, picture):
        raise AssertionError("not needed")

    photo = picture


@pytest.fixture
def install(monkeypatch):
    def put(**replies: Callable[[Ask], str | Quarantined]) -> dict[str, Scripted]:
        made = {name: Scripted(name, reply) for name, reply in replies.items()}
        monkeypatch.setattr(teachers, "get", made.__getitem__)
        return made

    monkeypatch.setattr(
        stage, "judge", lambda request, text: [Finding(code="missing", message="Say blur.")] if "bad" in text else []
    )
    return put


def requests(count: int) -> list[TextRequest]:
    names = {"id": "p", "source": "s", "source_name": "n", "source_licence": "", "split": "train", "image_sha256": "i"}
    picture = Picture(**names, variant=0, width=9, height=9, regions=())
    return [TextRequest(id=f"r{i}", kind="global", picture=picture, targets=()) for i in range(count)]


def run(count: int, folder: Path, report: DescribeReport | None = None, **changes) -> dict[str, Answer | Quarantined]:
    settings = TeacherSettings(**{"name": "model", "model": "m", **changes})
    results = list(describe(requests(count), Pixels(), settings, folder, report=report))
    named = {r.request if isinstance(r, Answer) else r.subject: r for r in results}
    assert len(named) == len(results) == count
    return named


def test_every_request_is_settled_once_and_good_texts_are_asked_for_once(install, tmp_path):
    model = install(model=lambda ask: "good")["model"]
    assert {answer.text for answer in run(5, tmp_path).values()} == {"good"}
    assert len(model.asks) == 5


def test_a_rejected_text_is_asked_again_with_its_reasons_then_afresh(install, tmp_path):
    model = install(model=lambda ask: "good" if ask.attempt == 3 else f"bad {ask.attempt}")["model"]
    report = DescribeReport()
    (answer,) = run(1, tmp_path, report).values()
    assert [(a.attempt, [f.message for f in a.findings], a.rejected) for a in model.asks] == [
        (1, [], ""),
        (2, ["Say blur."], "bad 1"),
        (3, [], ""),
    ]
    assert (answer.attempts, report.texts, report.accepted) == (3, 3, 1)
    assert report.rejected == {("missing", "clean", "model"): 2}


def test_grammar_takes_over_when_every_attempt_was_rejected(install, tmp_path):
    install(model=lambda ask: "bad" if ask.request.id == "r0" else "good", grammar=lambda ask: "plain words")
    report = DescribeReport()
    answers = run(3, tmp_path, report)
    assert (answers["r0"].teacher, answers["r0"].text, answers["r0"].attempts) == ("grammar", "plain words", 4)
    assert (report.fallbacks, report.accepted) == (1, 3)


def test_quarantine_keeps_the_code_and_the_reason(install, tmp_path):
    install(model=lambda ask: "bad" if ask.request.id == "r0" else "good")
    left_out = run(3, tmp_path, on_reject="quarantine")["r0"]
    assert (left_out.stage, left_out.code) == ("describe", "missing")
    assert left_out.reason == "3 texts were refused; the last one: Say blur."


def test_a_bad_text_of_the_fallback_ends_in_quarantine(install, tmp_path):
    install(model=lambda ask: "bad", grammar=lambda ask: "bad too")
    assert run(1, tmp_path)["r0"].code == "missing"


def test_an_unreadable_reply_is_asked_again_and_another_refusal_is_not(install, tmp_path):
    def reply(ask: Ask) -> str | Quarantined:
        if ask.attempt == 2:
            return "good"
        code = UNREADABLE if ask.request.id == "r0" else "refused"
        return Quarantined(stage="describe", subject=ask.request.id, code=code, reason="No.")

    model = install(model=reply)["model"]
    report = DescribeReport()
    results = run(2, tmp_path, report)
    assert (results["r0"].text, results["r1"].code) == ("good", "refused")
    assert len(model.asks) == 3
    assert report.quarantined == {"refused": 1}


def test_a_teacher_that_fails_most_items_stops_the_run_and_says_why(install, tmp_path):
    install(model=lambda ask: "bad")
    with pytest.raises(TeacherError, match=r"20 of the first 20 texts were refused \(missing 20\)\. The last one: Say blur\."):
        run(30, tmp_path)


def test_nineteen_failures_do_not_stop_a_run(install, tmp_path):
    install(model=lambda ask: "bad")
    assert len(run(19, tmp_path, on_reject="quarantine")) == 19


def test_items_are_counted_over_all_calls_of_a_run(install, tmp_path):
    install(model=lambda ask: "bad")
    report = DescribeReport()
    run(15, tmp_path, report, on_reject="quarantine")
    with pytest.raises(TeacherError, match="20 of the first 20 texts were refused"):
        run(15, tmp_path, report, on_reject="quarantine")


def test_reports_of_chunks_add_up(install, tmp_path):
    install(model=lambda ask: "bad" if ask.attempt == 1 else "good")
    total = DescribeReport()
    for _ in range(2):
        part = DescribeReport()
        run(3, tmp_path, part)
        total.add(part)
    assert (total.requests, total.texts, total.accepted, total.codes()) == (6, 12, 6, {"missing": 6})
    assert total.line() == "6/6 described, 6 texts refused"
    assert total.as_json()["rejected"] == [{"code": "missing", "category": "clean", "teacher": "model", "texts": 6}]


class Dear(Scripted):
    """A teacher that costs money and finds one stored answer worth a dollar each time it is opened."""

    def judged(self, ask, answer, findings) -> None:
        pass

    def spending(self) -> dict[str, float]:
        return {"spent_usd": 5.0, "reserved_usd": 0.0, "saved_usd": 1.0}

    def close(self) -> None:
        pass


def test_what_stored_answers_saved_adds_up_over_calls_and_what_was_spent_is_the_ledgers(monkeypatch, install, tmp_path):
    install(model=lambda ask: "good")
    monkeypatch.setattr(teachers, "get", lambda _: Dear("model", lambda ask: "good"))
    report = DescribeReport()
    run(1, tmp_path, report)
    run(1, tmp_path, report)
    assert report.money == {"spent_usd": 5.0, "reserved_usd": 0.0, "saved_usd": 2.0}
    assert report.line() == "2/2 described, spent $5.0000, reserved $0.0000, saved $2.0000"
