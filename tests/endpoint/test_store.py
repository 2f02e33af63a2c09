"""The answer store: content-addressed, durable, shared by processes, never paid twice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.client import Client
from annotate.endpoint.loopback import completion
from annotate.endpoint.question import Image
from annotate.endpoint.store import AnswerStore, Closing, Quote, Verdict
from annotate.endpoint.stream import stream
from schemas.errors import StorageError
from tests.endpoint.rig import good, question


def test_the_same_question_is_paid_for_once_whatever_else_changes(endpoint):
    endpoint.ask(question(), good("first"))
    for changes in ({"timeout_s": 9}, {"concurrency": 2}, {"tier": "flex"}, {"budget_usd": None}, {"key_variable": "OTHER"}):
        (outcome,) = endpoint.ask(question(), good("second"), **changes)
        assert outcome.value.description == "first"
    assert len(endpoint.sent) == 1


def test_a_stored_answer_needs_no_picture_file(endpoint):
    endpoint.ask(question(), good())

    def gone() -> bytes:
        raise FileNotFoundError

    asked = question()
    lazy = tuple(Image(part.identity, 96, 64, gone) if isinstance(part, Image) else part for part in asked.parts)
    (outcome,) = endpoint.ask(replace(asked, parts=lazy), good("other"))
    assert outcome.value.description == "fine"


@given(st.sampled_from(["system", "temperature", "max_tokens", "seed", "sample", "kind", "model"]), st.integers(1, 10**6))
def test_whatever_could_change_the_answer_changes_the_key(name, value):
    asked = question()
    new = value / 1e6 if name == "temperature" else f"x{value}" if isinstance(getattr(asked, name), str) else value + 10**7
    assert replace(asked, **{name: new}).key != asked.key


def test_keys_do_not_move():
    # A golden value: if it changes, everybody's paid answers are lost. Raise KEY_VERSION on purpose or not at all.
    assert question().key == "54ccabd7c1c0d1ec1ef636281babd72a165bbdb8f4fefd6623285ed98b3b10cc"


def test_an_answer_that_is_taken_in_later_does_not_change_the_one_that_was_used(endpoint):
    endpoint.ask(question(), good("first"))
    asked = question()
    other = json.dumps(completion('{"description": "second"}')).encode()
    assert endpoint.store.add(asked.body, asked.key, asked.kind, asked.model, other).result()
    (outcome,) = endpoint.ask(question())
    assert outcome.value.description == "first"


def test_the_same_question_twice_in_one_run_is_sent_once(endpoint):
    store, settings = endpoint.open(), endpoint.settings(concurrency=8)
    store.learn(settings.url, "m", Abilities(probed=True)).result()
    results = list(stream(Client(settings, store), range(20), lambda _: question()))
    assert {outcome.value.description for _, _, outcome in results} == {"fine"}
    assert (len(results), len(endpoint.sent)) == (20, 1)


ASK_AS_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from annotate.endpoint.client import Client
from annotate.endpoint.store import AnswerStore
from annotate.endpoint.stream import stream
from tests.endpoint.rig import question
from schemas.recipe import TeacherSettings
store = AnswerStore(Path(sys.argv[1]))
settings = TeacherSettings(url=sys.argv[2], model="m", concurrency=8)
print(sum(o.value is not None for _, _, o in stream(Client(settings, store), range(40), lambda i: question(str(i)))))
store.close()
"""


def test_two_processes_never_pay_for_the_same_question(endpoint):
    endpoint.open().learn(endpoint.settings().url, "m", Abilities(probed=True)).result()
    endpoint.replies = [replace(good(), delay=0.05)]
    command = [sys.executable, "-c", ASK_AS_ANOTHER_PROCESS, str(endpoint.folder / "answers.sqlite"), endpoint.server.url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[0].strip() for process in running] == ["40"] * 3
    assert len(endpoint.sent) == 40


def test_a_question_in_flight_in_a_live_process_is_busy_and_in_a_dead_one_is_taken_over(tmp_path):
    first, second = AnswerStore(tmp_path / "a"), AnswerStore(tmp_path / "a")
    assert first.claim(question(), 0, Quote(worst=1.0)).result().outcome == "granted"
    assert second.claim(question(), 0, Quote()).result().outcome == "busy"
    first.change(lambda db: db.execute("UPDATE owner SET started = 'long ago' WHERE id = ?", (first.owner,)) and None).result()
    assert second.claim(question(), 0, Quote(worst=0.5)).result().outcome == "granted"
    assert second.read("SELECT state FROM attempt ORDER BY id") == [("interrupted",), ("sent",)]
    ledger = second.ledger()
    assert (ledger.reserved, ledger.perhaps) == (0.5, 1.0)
    first.close()
    second.close()


def test_a_late_answer_of_a_process_taken_for_dead_is_kept_and_booked_once(tmp_path):
    store = AnswerStore(tmp_path / "a")
    attempt = store.claim(question(), 0, Quote(worst=1.0)).result().attempt
    store.change(lambda db: store._bury(db, store.owner)).result()
    store.settle(attempt, Closing("answered", cost=0.25, raw=b"{}")).result()
    ledger = store.ledger()
    assert (ledger.spent, ledger.reserved, ledger.perhaps) == (0.25, 0.0, 0.0)
    store.close()


def test_an_acknowledged_answer_survives_kill_nine(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from annotate.endpoint.store import *\n"
        "from tests.endpoint.rig import question\n"
        "store = AnswerStore(Path(sys.argv[1]))\n"
        "attempt = store.claim(question(), 0, Quote()).result().attempt\n"
        "store.settle(attempt, Closing('answered', raw=b'paid')).result()\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=False, timeout=60)
    store = AnswerStore(tmp_path / "a")
    assert [answer.raw for answer in store.answers([question().key])[question().key]] == [b"paid"]
    store.close()


def test_a_change_that_fails_takes_no_other_with_it(tmp_path):
    store = AnswerStore(tmp_path / "a")
    store.change(lambda _: time.sleep(0.1))
    wrong = store.change(lambda db: db.execute("INSERT INTO ledger (run) VALUES ('run')") and None)
    right = store.judge(Verdict("k", "item", (("missing", "Say blur."),)))
    right.result()
    with pytest.raises(sqlite3.IntegrityError):
        wrong.result()
    assert store.read("SELECT key, accepted FROM verdict") == [("k", 0)]
    store.close()


def test_many_changes_share_a_commit(tmp_path):
    store = AnswerStore(tmp_path / "a")
    gate = store.change(lambda _: time.sleep(0.2))
    later = [store.judge(Verdict(str(i), "item", ())) for i in range(300)]
    committed = store._committer.commits
    gate.result()
    later[-1].result()
    assert store._committer.commits - committed <= 2
    store.close()


def test_a_verdict_can_be_replaced_without_a_new_answer(tmp_path):
    store = AnswerStore(tmp_path / "a")
    store.judge(Verdict("k", "item", (("missing", "Say blur."),))).result()
    store.judge(Verdict("k", "item", ())).result()
    assert store.read("SELECT accepted, findings FROM verdict") == [(1, "[]")]
    store.close()


def test_a_file_that_is_no_store_is_refused_with_its_name(tmp_path):
    (tmp_path / "a").write_text("not a database at all" * 100)
    with pytest.raises(StorageError, match=r"answer store .*a: "):
        AnswerStore(tmp_path / "a")


def test_a_store_of_a_later_release_is_refused(tmp_path):
    AnswerStore(tmp_path / "a").close()
    sqlite3.connect(tmp_path / "a").execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="format 99"):
        AnswerStore(tmp_path / "a")


def test_memory_of_questions_does_not_pile_up(endpoint):
    alive = peak = 0

    class Counted:
        def __init__(self):
            nonlocal alive, peak
            alive += 1
            peak = max(peak, alive)

        def __del__(self):
            nonlocal alive
            alive -= 1

        def __call__(self) -> bytes:
            return b"x" * 1000

    def make(i: int):
        return replace(question(str(i)), parts=(f"{i}", Image(f"{i}", 9, 9, Counted())))

    store, settings = endpoint.open(), endpoint.settings(concurrency=4)
    store.learn(settings.url, "m", Abilities(probed=True)).result()
    assert sum(1 for _ in stream(Client(settings, store), range(800), make)) == 800
    assert peak < 350
