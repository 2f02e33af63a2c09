"""``annotate answers``: export, import and ingest from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from annotate.cli.answers import COMMAND
from annotate.endpoint.loopback import completion
from annotate.endpoint.store import AnswerStore, Closing, Quote
from schemas.errors import UsageError
from tests.endpoint.rig import question


@pytest.fixture
def dataset(tmp_path):
    """A dataset folder with a store of two answers."""
    store = AnswerStore(tmp_path / "dataset" / ".annotate" / "train" / "answers.sqlite")
    for name in ("a", "b"):
        attempt = store.claim(question(name), 0, Quote()).result().attempt
        store.settle(attempt, Closing("answered", raw=json.dumps(completion("{}")).encode())).result()
    store.close()
    return tmp_path / "dataset"


def run(*arguments) -> str:
    result = CliRunner().invoke(COMMAND, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_answers_travel_from_a_dataset_to_a_store(dataset, tmp_path):
    assert run("export", dataset, tmp_path / "a.parquet").startswith("2 answers written to")
    assert run("import", tmp_path / "a.parquet", tmp_path / "shared.sqlite").startswith(
        "2 answers taken in, 0 were there already"
    )
    assert run("export", tmp_path / "shared.sqlite", tmp_path / "b.parquet").startswith("2 answers")


def test_a_dataset_without_a_store_is_refused_with_the_reason(tmp_path):
    with pytest.raises(UsageError, match="no answer store"):
        run("export", tmp_path, tmp_path / "a.parquet")


def test_stray_results_are_taken_in(dataset, tmp_path):
    line = {"custom_id": question("a").key, "response": {"status_code": 200, "body": completion('{"description": "new"}')}}
    (tmp_path / "results.jsonl").write_text(json.dumps(line))
    store = dataset / ".annotate" / "train" / "answers.sqlite"
    assert run("ingest", tmp_path / "results.jsonl", store).startswith("1 answers and 0 failures")
    assert run("ingest", tmp_path / "results.jsonl", store).startswith("0 answers")


def test_help_shows_an_example():
    assert "annotate answers export dataset/" in run("--help")
