"""Scoring: perfect predictions are perfect, another row's answers are near chance, and bad files are refused with a sentence."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from annotate.cli.score import COMMAND
from annotate.dataset import open_dataset
from annotate.endpoint.loopback import Call, Loopback, Reply, completion
from annotate.scoring.judge import judge_texts
from annotate.scoring.predictions import Prediction, read_predictions
from annotate.scoring.score import joined, score
from schemas.errors import UsageError
from schemas.recipe import TeacherSettings
from schemas.rows import GroundingRow


@pytest.fixture(scope="module")
def dataset(good):
    return open_dataset(good)


@pytest.fixture(scope="module")
def rows(dataset):
    return {task: list(dataset.rows(task, "train")) for task in ("grounding", "referring")}


def write(path, objects):
    path.write_text("".join(json.dumps(each) + "\n" for each in objects))
    return path


def perfect(row) -> Prediction:
    return Prediction(id=row.id, answer=row.answer, mask=row.mask if isinstance(row, GroundingRow) else None)


def test_perfect_predictions_score_perfectly(rows):
    result = score(rows, {row.id: perfect(row) for part in rows.values() for row in part})
    groups = {group.partition(".")[0] for group in result.figures}
    assert groups == {"grounding", "referring"}
    assert all(figure.value == figure.low == figure.high == 1 for part in result.figures.values() for figure in part.values())
    assert result.missing == {}


def test_the_answers_of_another_row_score_near_chance(rows):
    guesses = {}
    for part in rows.values():
        for row, other in zip(part, part[1:] + part[:1], strict=True):
            elsewhere = next((r for r in part if r.source != row.source), other)
            guesses[row.id] = perfect(elsewhere).model_copy(update={"id": row.id, "mask": None, "bbox": (0, 0, 8, 8)})
    result = score(rows, guesses)
    assert result.figures["grounding"]["gIoU"].value < 0.1
    assert result.figures["referring.short"]["exact"].value < 0.35


def test_boxes_and_points_are_scored_too(rows):
    boxes = {row.id: Prediction(id=row.id, bbox=row.regions[row.target].bbox) for row in rows["grounding"]}
    assert 0.2 < score({"grounding": rows["grounding"]}, boxes).figures["grounding"]["gIoU"].value < 1
    points = {row.id: Prediction(id=row.id, point=row.regions[row.target].click) for row in rows["grounding"]}
    figures = score({"grounding": rows["grounding"]}, points).figures
    assert all(part["point inside"].value == 1 for part in figures.values())


def test_the_type_without_its_severity_counts_for_types_only(rows):
    row = next(row for row in rows["referring"] if row.form == "short" and len(row.types) == 1)
    types = [{"type": part.type, "severity": "severe" if part.severity == "mild" else "mild"} for part in row.types]
    extra = [*types, {"type": "weather", "severity": "mild"}]
    figures = score({"referring": [row]}, {row.id: Prediction(id=row.id, types=types)}).figures["referring.short"]
    assert [figures[name].value for name in ("exact", "partial", "types exact", "types partial")] == [0, 0, 1, 1]
    figures = score({"referring": [row]}, {row.id: Prediction(id=row.id, types=extra)}).figures["referring.short"]
    assert [figures[name].value for name in ("types exact", "types partial")] == [0, 0.5]


def test_rows_without_a_prediction_are_refused_or_count_as_wrong(dataset, rows):
    first, *others = rows["grounding"]
    said = {row.id: perfect(row) for row in others}
    with pytest.raises(UsageError, match=f"1 rows have no prediction, the first is '{first.id}'"):
        joined(dataset, said, "train", allow_missing=False)
    result = score(joined(dataset, said, "train", allow_missing=True), said)
    assert result.missing == {"grounding": 1}
    assert result.figures[f"grounding.{first.subtask}"]["gIoU"].value < 1


def test_an_id_that_stands_twice_is_refused_with_both_lines(tmp_path):
    path = write(tmp_path / "p.jsonl", [{"id": "a"}, {"id": "b"}, {"id": "a"}])
    with pytest.raises(UsageError, match=r"line 3: id 'a' stands in line 1 already"):
        read_predictions(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "line 1: is no JSON"),
        ('{"answer": "x"}', "line 1: id"),
        ("", "holds no prediction"),
        ('{"id": "a", "maks": 1}', "maks"),
    ],
)
def test_a_line_that_is_no_prediction_is_named(tmp_path, text, sentence):
    path = tmp_path / "p.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=sentence):
        read_predictions(path)


def test_a_prediction_about_a_strange_row_or_of_another_size_is_refused(dataset, rows):
    with pytest.raises(UsageError, match="fit no row of the train split"):
        joined(dataset, {"x": Prediction(id="x")}, "train", allow_missing=True)
    row = rows["grounding"][0]
    small = {"size": [2, 2], "counts": "04"}
    with pytest.raises(UsageError, match="give pixels as stored"):
        score({"grounding": [row]}, {row.id: Prediction(id=row.id, mask=small)})


def test_the_command_prints_a_table_and_writes_json(good, rows, tmp_path):
    path = write(tmp_path / "p.jsonl", [perfect(row).model_dump() for row in rows["referring"]])
    out = tmp_path / "score.json"
    result = CliRunner().invoke(COMMAND, [str(path), "--dataset", str(good), "--split", "train", "--json", str(out)])
    assert result.exit_code == 0, result.output
    assert "referring.short" in result.output
    assert json.loads(out.read_text())["figures"]["referring.short"]["exact"]["value"] == 1


def judging(call: Call) -> Reply:
    """A judge that gives the best mark to an answer that repeats its reference and 1 to any other."""
    asked = call.json["messages"][-1]["content"]
    text = asked if isinstance(asked, str) else next(part["text"] for part in asked if part["type"] == "text")
    found = re.search(r"Reference: (.*)\n\nAnswer to be marked: (.*)", text)
    if not found:  # the client tries first what the endpoint can do
        return Reply(completion("{}"))
    reference, answer = found.groups()
    best = 5 if "from 0 to 5" in call.json["messages"][0]["content"] else 10
    return Reply(completion(json.dumps({"reason": "x", "mark": best if reference == answer else 1})))


def test_a_judge_marks_texts_in_several_rounds_and_is_paid_once(dataset, rows, tmp_path):
    texts = list(dataset.rows("local_description", "train"))[:3]
    part = {"local_description": texts, "grounding": rows["grounding"][:2]}
    said = {row.id: perfect(row) for one in part.values() for row in one}
    said[texts[0].id] = Prediction(id=texts[0].id, answer="Something else.")
    said[texts[1].id] = Prediction(id=texts[1].id)
    with Loopback(judging) as server:
        settings = TeacherSettings(name="openai", url=server.url, model="judge")
        marked = judge_texts(part, said, settings, tmp_path / "judged", 2)
        asked = len(server.calls)
        again = judge_texts(part, said, settings, tmp_path / "judged", 2)
        assert len(server.calls) == asked, "a judgement in the store was paid for again"
    assert marked == again
    assert [each.marks for each in marked if each.kind == "local_description"] == [(1, 1), (0,), (10, 10)]
    figures = score(part, said, marked).figures
    assert figures["grounding"]["judge (0-5)"].value == 5
    assert figures["local_description"]["judge (0-10)"].value == pytest.approx(11 / 3)


def test_texts_without_a_judge_are_counted_and_a_judge_without_a_name_is_refused(dataset, tmp_path):
    texts = {"local_description": list(dataset.rows("local_description", "train"))}
    said = {row.id: perfect(row) for row in texts["local_description"]}
    assert score(texts, said).unjudged == {"local_description": len(said)}
    with pytest.raises(UsageError, match="--judge-model"):
        judge_texts(texts, said, TeacherSettings(), tmp_path, 1)


def test_marks_out_of_range_count_as_none(dataset, tmp_path):
    texts = {"local_description": list(dataset.rows("local_description", "train"))[:1]}
    said = {row.id: perfect(row) for row in texts["local_description"]}
    with Loopback(lambda call: Reply(completion('{"reason": "x", "mark": 99}'))) as server:
        settings = TeacherSettings(name="openai", url=server.url, model="judge")
        marked = judge_texts(texts, said, settings, tmp_path / "judged", 1)
    assert [each.marks for each in marked] == [()]
    assert score(texts, said, marked).unjudged == {"local_description": 1}
