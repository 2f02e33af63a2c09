"""Whole builds with the openai teacher: through our own server, through aimock, and killed again and again."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from annotate.endpoint.interchange import export_answers, import_answers
from annotate.endpoint.loopback import Call, Loopback, Reply, completion
from annotate.endpoint.probe import QUESTION
from annotate.endpoint.store import AnswerStore
from distortions.categories import CATEGORIES
from tests.endpoint.aimock import NoAimockError, aimock
from tests.endpoint.batch_server import BatchServer, End
from tests.endpoint.rig import KEY
from tests.photos import save_photos
from tests.teachers.parrot import content, parrot

MANY = ("--set", "plan.variants=6")
"""enough questions for a teacher to lie now and then"""


def command(photos: Path, out: Path, url: str, *more: str) -> list[str]:
    settings = ("--set", "plan.variants=1", "--set", "split.test_share=0", "--set", "teacher.concurrency=4", *more)
    teacher = ("--teacher", "openai", "--teacher-url", url, "--teacher-model", "parrot")
    start = (sys.executable, "-c", "from annotate.cli import main; main()")
    return [
        *start,
        "build",
        "--split",
        "train",
        "--photos",
        str(photos),
        "--out",
        str(out),
        "--workers",
        "1",
        *teacher,
        *settings,
    ]


def build(photos: Path, out: Path, url: str, *more: str) -> str:
    environment = {**os.environ, "OPENAI_API_KEY": KEY}
    done = subprocess.run(
        command(photos, out, url, *more), capture_output=True, text=True, timeout=240, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stdout + done.stderr
    return done.stdout + done.stderr


def shards(out: Path) -> dict[str, bytes]:
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.glob("data/**/*.parquet"))}


def store(out: Path) -> sqlite3.Connection:
    return sqlite3.connect(out / ".annotate" / "train" / "answers.sqlite")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return save_photos(tmp_path_factory.mktemp("photos"), 3, 256)


@pytest.fixture(scope="module")
def whole(photos, tmp_path_factory):
    """A build that nothing disturbed."""
    out = tmp_path_factory.mktemp("whole") / "dataset"
    with Loopback(parrot) as server:
        build(photos, out, server.url)
        return out, len(server.calls)


def test_a_build_asks_labels_first_then_texts_and_every_row_names_its_teacher(whole):
    out, _ = whole
    kinds = [kind for (kind,) in store(out).execute("SELECT kind FROM request JOIN attempt USING (key) ORDER BY attempt.id")]
    assert set(kinds[: kinds.count("labels")]) == {"labels"}
    rows = pl.read_parquet(out / "data" / "local_description" / "*.parquet")
    assert {row["teacher"] for row in rows["provenance"]} == {"openai:parrot"}
    assert all("stone wall" in region["phrase"] for regions in rows["regions"] for region in regions)


def test_the_key_is_nowhere_in_a_dataset(whole):
    out, _ = whole
    assert [file for file in out.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()] == []


def test_every_verdict_is_kept_beside_its_answer(whole):
    out, _ = whole
    accepted, judged = store(out).execute("SELECT sum(accepted), count(*) FROM verdict").fetchone()
    texts = store(out).execute("SELECT count(*) FROM request WHERE kind != 'labels'").fetchone()[0]
    assert 0 < accepted <= judged == texts


def test_an_estimate_after_a_build_finds_every_answer_in_the_store(whole, photos):
    out, calls = whole
    arguments = command(photos, out, "http://127.0.0.1:9/v1", "--json")
    arguments[arguments.index("build")] = "estimate"
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["requests"], found["stored"], found["expected_usd"]) == (0, calls - 1, None)


def test_a_shared_store_builds_the_same_dataset_without_paying(whole, photos, tmp_path):
    out, _ = whole
    source, target = AnswerStore(out / ".annotate" / "train" / "answers.sqlite"), AnswerStore(tmp_path / "shared.sqlite")
    count = export_answers(source, tmp_path / "answers.parquet")
    assert import_answers(target, tmp_path / "answers.parquet").added == count
    source.close()
    target.close()
    with Loopback(lambda _: Reply({"error": {"message": "nobody pays here"}}, 402)) as server:
        build(photos, tmp_path / "again", server.url, "--set", f"teacher.store={tmp_path / 'shared.sqlite'}")
        assert server.calls == []
    assert shards(tmp_path / "again") == shards(out)


def test_two_builds_at_once_with_one_store_pay_for_each_question_once(whole, photos, tmp_path):
    shared = ("--set", f"teacher.store={tmp_path / 'shared.sqlite'}")
    with Loopback(lambda call: replace(parrot(call), delay=0.3)) as server:
        both = [
            subprocess.Popen(
                command(photos, tmp_path / name, server.url, *shared), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for name in ("one", "other")
        ]
        assert [process.wait(timeout=240) for process in both] == [0, 0]
        calls = Counter(said(call.json) for call in server.calls)
    calls.pop(PROBE)
    assert set(calls.values()) == {1}
    assert calls.total() == whole[1] - 1
    assert shards(tmp_path / "one") == shards(tmp_path / "other") == shards(whole[0])


def test_a_changed_recipe_pays_for_no_question_that_is_the_same(whole, photos, tmp_path):
    """Chunks, shards, rules, quotas, policy, name, the key's name and the address are no part of a question."""
    changes = ("write.shard_megabytes=0.05", "name=other", "answerable.hyd_margin_strength=0.1", "select.train.long=1")
    changes += ("teacher.concurrency=1", "teacher.on_reject=quarantine", "teacher.key_variable=NONE")
    shutil.copy(whole[0] / ".annotate" / "train" / "answers.sqlite", tmp_path / "shared.sqlite")
    changes += (f"teacher.store={tmp_path / 'shared.sqlite'}",)
    with Loopback(lambda _: Reply({"error": {"message": "nobody pays here"}}, 402)) as server:
        arguments = [part for change in changes for part in ("--set", change)]
        build(photos, tmp_path / "again", server.url, *arguments, "--workers", "2")
        assert server.calls == []


def test_a_build_ends_at_its_cap_with_its_own_code_and_goes_on_with_a_higher_one(whole, photos, tmp_path):
    (tmp_path / "prices.toml").write_text("[models.parrot]\ninput = 1.0\noutput = 1.0\nimage = { flat = 700 }")
    prices = ("--set", f"teacher.prices={tmp_path / 'prices.toml'}", "--set", "teacher.canary=0")
    out = tmp_path / "dataset"
    with Loopback(parrot) as server:
        capped = command(photos, out, server.url, *prices, "--budget-usd", "0.01")
        environment = {**os.environ, "OPENAI_API_KEY": KEY}
        done = subprocess.run(capped, capture_output=True, text=True, timeout=240, env=environment, check=False)
        assert done.returncode == 5
        assert "run the same command with a higher --budget-usd" in done.stderr
        spent = store(out).execute("SELECT spent + reserved + perhaps FROM ledger").fetchone()[0]
        assert report(out)["money"]["spent_usd"] == pytest.approx(spent)
        assert 0 < spent <= 0.01
        build(photos, out, server.url, *prices, "--budget-usd", "10")
        assert len(server.calls) == whole[1]
    assert shards(out) == shards(whole[0])


@pytest.mark.parametrize(
    ("settings", "code", "reason"),
    [
        (["--budget-usd", "1"], 5, "price of model 'parrot' is unknown"),
        (["--set", "teacher.prices=nowhere.toml"], 2, "teacher.prices: nowhere.toml"),
        (["--set", "teacher.prompts=nowhere"], 2, "teacher.prompts"),
        (["--teacher-model", ""], 2, "teacher.model"),
    ],
)
def test_what_cannot_work_is_refused_before_any_work(photos, tmp_path, settings, code, reason):
    arguments = command(photos, tmp_path / "dataset", "http://127.0.0.1:9/v1", *settings)
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, reason in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "dataset").exists()


def test_a_build_by_batches_gives_the_same_dataset(whole, photos, tmp_path):
    batches = BatchServer(ends=[End("expired", answered=lambda number: number % 2 == 0, polls=2), End()], content=content)
    with Loopback(lambda call: parrot(call) if call.path.endswith("/chat/completions") else batches(call)) as server:
        output = build(photos, tmp_path / "dataset", server.url, "--batch")
    assert "batch batch0: in_progress" in output
    assert len(batches.batches) >= 3
    assert len(batches.asked) == len(set(batches.asked)) == whole[1] - 1
    assert shards(tmp_path / "dataset") == shards(whole[0])


def test_a_build_through_aimock_gives_rows_of_all_four_tasks(photos, tmp_path):
    try:
        with aimock(tmp_path, []) as server:
            build(photos, tmp_path / "dataset", server.url)
    except NoAimockError as reason:
        pytest.skip(str(reason))
    tasks = {Path(name).parent.name for name in shards(tmp_path / "dataset")}
    assert {"global_description", "local_description", "referring"} <= tasks
    accepted, judged = store(tmp_path / "dataset").execute("SELECT sum(accepted), count(*) FROM verdict").fetchone()
    assert accepted >= 0.8 * judged


BAD = "This is a picture like any other, and there is nothing to say about it that one would not say about its kind in general."


class Liar:
    """The parrot, but of the local texts it writes two as nonsense until it is told why that will not do, and one always."""

    def __init__(self) -> None:
        self.known: list[str] = []
        """facts of local texts, in the order in which they were asked for"""

    def __call__(self, call: Call) -> Reply:
        text = call.json["messages"][-1]["content"][0]["text"]
        facts = text.partition("What is wrong:")[2].partition("\n\n")[0]
        if not text.startswith("Describe the quality of one region") or "[" not in facts:
            return parrot(call)
        if facts not in self.known:
            self.known.append(facts)
        number = self.known.index(facts)
        lying = number == 0 or (number in (1, 2) and BAD not in text)
        return Reply(completion(json.dumps({"description": BAD}))) if lying else parrot(call)


@pytest.fixture(scope="module")
def lied_to(photos, tmp_path_factory):
    """A build whose teacher lies now and then, and what its server saw."""
    out = tmp_path_factory.mktemp("lied") / "dataset"
    with Loopback(Liar()) as server:
        build(photos, out, server.url, *MANY)
        return out, [call.json["messages"][-1]["content"][0]["text"] for call in server.calls]


def report(out: Path) -> dict:
    return json.loads((out / ".annotate" / "train" / "report.json").read_text())["described"]


def rows_of_prose(out: Path) -> list[dict]:
    tables = [pl.read_parquet(out / "data" / task / "*.parquet") for task in ("global_description", "local_description")]
    return [row for table in tables for row in table["provenance"].to_list()]


def test_a_rejected_text_is_asked_for_again_with_the_reasons_in_plain_words(lied_to):
    _, texts = lied_to
    again = [text for text in texts if BAD in text]
    assert again
    assert all("The text does not say that" in text.partition(BAD)[2] for text in again)


def test_a_text_that_is_rejected_again_is_sampled_afresh_and_then_left_to_the_grammar_teacher(lied_to):
    out, texts = lied_to
    told = report(out)
    attempts = Counter((row["teacher"], row["attempts"]) for row in rows_of_prose(out))
    assert attempts["openai:parrot", 1] > attempts["openai:parrot", 2] > 0
    by_grammar = sum(count for (teacher, tried), count in attempts.items() if teacher == "grammar" and tried > 3)
    assert told["fallbacks"] >= by_grammar > 0
    # Three answers for each of these: plain, with the reasons, and without them again.
    counts = Counter(kind for (kind,) in store(out).execute("SELECT json_extract(body, '$.sample') FROM request"))
    assert counts[2] == told["fallbacks"]
    assert sum(BAD in text for text in texts) == counts[1]


def test_the_report_counts_rejected_texts_by_code_category_and_teacher_and_keeps_all_of_them(lied_to):
    out, _ = lied_to
    told = report(out)
    assert {entry["teacher"] for entry in told["rejected"]} == {"openai:parrot"}
    assert "missing" in {entry["code"] for entry in told["rejected"]}
    assert {entry["category"] for entry in told["rejected"]} <= CATEGORIES.keys()
    refused = store(out).execute("SELECT count(*) FROM verdict WHERE NOT accepted").fetchone()[0]
    assert refused == told["texts"] - (told["accepted"] - told["fallbacks"]) > 0
    assert store(out).execute("SELECT count(*) FROM verdict").fetchone()[0] == told["texts"]


def test_a_recipe_may_leave_rejected_texts_out_and_the_next_question_of_the_kind_takes_their_place(lied_to, photos, tmp_path):
    """The paid answers of the other build are reused: only the questions that take a place are asked."""
    settings = (*MANY, "--set", "teacher.on_reject=quarantine", "--set", f"teacher.store={tmp_path / 'shared.sqlite'}")
    source, target = AnswerStore(lied_to[0] / ".annotate" / "train" / "answers.sqlite"), AnswerStore(tmp_path / "shared.sqlite")
    export_answers(source, tmp_path / "a.parquet")
    import_answers(target, tmp_path / "a.parquet")
    source.close()
    target.close()
    out = tmp_path / "dataset"
    with Loopback(Liar()) as server:
        build(photos, out, server.url, *settings)
        assert len(server.calls) < len(lied_to[1])
    left_out = pl.read_parquet(out / "quarantine" / "train.parquet").filter(pl.col("stage") == "describe")
    assert "missing" in set(left_out["code"])
    assert all("3 texts were refused" in reason for reason in left_out["reason"])
    assert {row["teacher"] for row in rows_of_prose(out)} == {"openai:parrot"}


def test_a_teacher_that_is_not_up_to_it_ends_the_run_and_says_why(photos, tmp_path):
    def useless(call: Call) -> Reply:
        text = call.json["messages"][-1]["content"][0]["text"]
        return Reply(completion(json.dumps({"description": BAD}))) if "What is wrong:" in text else parrot(call)

    with Loopback(useless) as server:
        environment = {**os.environ, "OPENAI_API_KEY": KEY}
        arguments = command(photos, tmp_path / "dataset", server.url, "--set", "plan.variants=3")
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=240, env=environment, check=False)
    assert done.returncode == 6
    assert "20 of the first 20 texts were refused" in done.stderr
    assert "The text does not say that" in done.stderr
    told = report(tmp_path / "dataset")
    assert told["first_texts"] == told["first_refused"] == 20


Said = tuple[str, ...]
"""what tells questions of a build apart: their texts and their seed"""


class KilledBuild:
    """A build that is started and killed again and again, watched from the server's side."""

    def __init__(self, photos: Path, out: Path, server: Loopback, draw: random.Random) -> None:
        self.command = command(photos, out, server.url, "--set", "teacher.concurrency=2")
        self.out, self.server, self.draw = out, server, draw
        self.acknowledged: dict[Said, int] = {}
        """question: how many requests the server had seen in all when its answer was known to be on disk"""
        self.stages: Counter[str] = Counter()

    def kill(self, moment: str) -> None:
        """Starts the build and kills it at a random time about a moment: start, asking, writing."""
        before = _count(self.out, "SELECT count(*) FROM attempt")
        if moment == "writing":
            # As if it had never got so far: what is written is made of committed texts.
            (self.out / "manifest.json").unlink(missing_ok=True)
            shutil.rmtree(self.out / "data", ignore_errors=True)
        process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "OPENAI_API_KEY": KEY}
        )
        deadline = time.monotonic() + 60
        while not self._reached(moment, before) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001 if moment == "writing" else 0.02)
        time.sleep(self.draw.uniform(0.0, {"start": 4.0, "asking": 0.5, "writing": 0.03}[moment]))
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._note(before)

    def _reached(self, moment: str, before: int) -> bool:
        if moment == "asking":
            return _count(self.out, "SELECT count(*) FROM attempt") > before
        return moment == "start" or (self.out / "data").exists()

    def _note(self, before: int) -> None:
        """Which stage was hit, and which answers are on disk now."""
        if (self.out / "data").exists():
            self.stages["finished" if (self.out / "manifest.json").exists() else "write"] += 1
        else:
            last = "SELECT max(kind = 'labels') FROM request JOIN attempt USING (key) WHERE attempt.id > ?"
            kind = _count(self.out, last, before)
            self.stages["before any request" if kind is None else "labels" if kind else "texts"] += 1
        known = answered(self.out)
        assert self.acknowledged.keys() <= known, "an acknowledged answer was lost"
        self.acknowledged = {said: self.acknowledged.get(said, len(self.server.calls)) for said in known}


@pytest.mark.parametrize(
    ("kills", "seed"), [(3, 0), pytest.param(20, 1, marks=pytest.mark.slow), pytest.param(20, 2, marks=pytest.mark.slow)]
)
def test_a_build_killed_again_and_again_loses_nothing_and_asks_nothing_twice(whole, photos, tmp_path, kills, seed):
    out = tmp_path / "dataset"
    with Loopback(lambda call: replace(parrot(call), delay=0.25)) as server:
        killed = KilledBuild(photos, out, server, random.Random(seed))
        for moment in moments(kills):
            killed.kill(moment)
        build(photos, out, server.url)
        calls = [said(call.json) for call in server.calls]
    assert shards(out) == shards(whole[0])
    # By the server's count: what was on disk at a kill was never asked for after it.
    assert [text for text, seen in killed.acknowledged.items() if text in calls[seen:]] == []
    # And what was asked for twice was in flight, not yet acknowledged, at a kill in between.
    twice = Counter(calls) - Counter(set(calls))
    twice.pop(PROBE, None)
    interrupted = Counter(asked(out, "SELECT body FROM attempt JOIN request USING (key) WHERE state = 'interrupted'"))
    assert twice <= interrupted
    assert set(asked(out, "SELECT body FROM request")) == set(calls) - {PROBE}
    assert _count(out, "SELECT count(*) FROM attempt WHERE state = 'answered'") == whole[1] - 1
    if kills >= 20:
        assert {"labels", "texts", "write"} <= killed.stages.keys(), killed.stages


def moments(kills: int) -> list[str]:
    """Mostly while answers are on their way: labels first, then texts; then while shards are written."""
    writing = max(1, kills // 4)
    return ["start", *["asking"] * (kills - writing - 1), *["writing"] * writing]


def said(request: dict) -> Said:
    """What a request that the server saw asks."""
    parts = request["messages"][-1]["content"]
    return (*(part["text"] for part in parts if part["type"] == "text"), str(request.get("seed")))


PROBE = said({"messages": [{"content": [{"type": "text", "text": QUESTION}]}], "seed": 1})


def asked(out: Path, query: str) -> list[Said]:
    """What questions of the store ask; no two of them look the same to the server."""
    bodies = [json.loads(body) for (body,) in store(out).execute(query)]
    return [(*(part for part in body["user"] if isinstance(part, str)), str(body["seed"])) for body in bodies]


def answered(out: Path) -> set[Said]:
    try:
        return set(asked(out, "SELECT body FROM attempt JOIN request USING (key) WHERE state = 'answered'"))
    except sqlite3.OperationalError:
        return set()


def _count(out: Path, query: str, *values: int) -> int | None:
    if not (out / ".annotate" / "train" / "answers.sqlite").exists():
        return 0 if "count" in query else None
    try:
        return store(out).execute(query, values).fetchone()[0]
    except sqlite3.OperationalError:
        return 0 if "count" in query else None
