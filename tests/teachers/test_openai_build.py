"""Whole builds with the openai teacher: through our own server, through aimock, and killed again and again."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from annotate.endpoint.interchange import export_answers, import_answers
from annotate.endpoint.loopback import Call, Loopback, Reply
from annotate.endpoint.store import AnswerStore
from tests.endpoint.aimock import NoAimockError, aimock
from tests.endpoint.batch_server import BatchServer, End
from tests.endpoint.rig import KEY
from tests.photos import save_photos
from tests.teachers.parrot import content, parrot


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
    return done.stdout


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
        assert 0 < spent <= 0.01
        build(photos, out, server.url, *prices, "--budget-usd", "10")
        assert len(server.calls) == whole[1]
    assert shards(out) == shards(whole[0])


def test_a_build_by_batches_gives_the_same_dataset(whole, photos, tmp_path):
    batches = BatchServer(ends=[End("expired", answered=lambda number: number % 2 == 0), End()], content=content)
    with Loopback(lambda call: parrot(call) if call.path.endswith("/chat/completions") else batches(call)) as server:
        build(photos, tmp_path / "dataset", server.url, "--batch")
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


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_build_killed_again_and_again_loses_nothing_and_asks_nothing_twice(whole, photos, tmp_path, kills):
    draw = random.Random(kills)
    out = tmp_path / "dataset"

    def slow(call: Call) -> Reply:
        reply = parrot(call)
        return Reply(reply.body, delay=0.25)

    acknowledged: set[str] = set()
    with Loopback(slow) as server:
        for _ in range(kills):
            kill_at_random(command(photos, out, server.url), out, draw)
            known = answered(out)
            assert acknowledged <= known, "an acknowledged answer was lost"
            acknowledged = known
        build(photos, out, server.url)
        calls = len(server.calls)
    assert shards(out) == shards(whole[0])
    twice = "SELECT key FROM attempt WHERE state = 'answered' GROUP BY key HAVING count(*) > 1"
    later = "SELECT a.key FROM attempt a JOIN attempt b USING (key) WHERE a.state = 'answered' AND b.id > a.id"
    assert store(out).execute(twice).fetchall() == store(out).execute(later).fetchall() == []
    # What the server saw beyond one request for each answer was in flight when the process was killed.
    interrupted = store(out).execute("SELECT count(*) FROM attempt WHERE state = 'interrupted'").fetchone()[0]
    assert calls <= whole[1] + interrupted + kills


def kill_at_random(arguments: list[str], out: Path, draw: random.Random) -> None:
    """Starts a build and kills it, half of the times soon after its first request is claimed."""
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "OPENAI_API_KEY": KEY}
    )
    if draw.random() < 0.7:
        before, deadline = attempts(out), time.monotonic() + 60
        while attempts(out) <= before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(draw.uniform(0.0, 1.0))
    else:
        time.sleep(draw.uniform(0.2, 5.0))
    process.send_signal(signal.SIGKILL)
    process.wait()


def attempts(out: Path) -> int:
    return _count(out, "SELECT count(*) FROM attempt")


def answered(out: Path) -> set[str]:
    file = out / ".annotate" / "train" / "answers.sqlite"
    if not file.exists():
        return set()
    try:
        return {key for (key,) in store(out).execute("SELECT key FROM attempt WHERE state = 'answered'")}
    except sqlite3.OperationalError:
        return set()


def _count(out: Path, query: str) -> int:
    if not (out / ".annotate" / "train" / "answers.sqlite").exists():
        return 0
    try:
        return store(out).execute(query).fetchone()[0]
    except sqlite3.OperationalError:
        return 0
