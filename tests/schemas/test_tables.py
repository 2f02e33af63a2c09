"""Values survive the way through Arrow and Parquet; every row model has a schema."""

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.store import read_values, write_values
from schemas.rows import GlobalDescriptionRow, GroundingRow, LocalDescriptionRow, ReferringRow
from schemas.tables import arrow_schema, from_table, to_table
from schemas.values import Quarantined, Step, StepMeasure

STEPS = st.builds(Step, seed=st.integers(0, 2**52 - 1), level=st.integers(1, 5), category=st.text(), parameters=st.text())


@given(st.lists(STEPS))
def test_values_come_back_from_a_table_as_they_went_in(steps):
    assert list(from_table(to_table(steps, Step), Step)) == steps


def test_values_come_back_from_a_file_as_they_went_in(tmp_path):
    values = [StepMeasure(change=number / 7, strength=number / 10) for number in range(10)]
    write_values(tmp_path / "deep" / "x.parquet", values, StepMeasure)
    assert read_values(tmp_path / "deep" / "x.parquet", StepMeasure) == values
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["x.parquet"]


def test_an_empty_file_keeps_its_columns(tmp_path):
    write_values(tmp_path / "x.parquet", [], Quarantined)
    assert pq.read_schema(tmp_path / "x.parquet").names == list(Quarantined.model_fields)


@pytest.mark.parametrize("row", [GlobalDescriptionRow, LocalDescriptionRow, GroundingRow, ReferringRow])
def test_every_row_has_the_columns_that_readers_rely_on(row):
    schema = arrow_schema(row)
    assert {"id", "image", "question", "answer", "split", "image_sha256", "source", "regions", "provenance"} <= set(schema.names)
    assert [field.name for field in schema.field("image").type] == ["bytes", "path"]
    region = {field.name for field in schema.field("regions").type.value_type}
    assert {"label", "phrase", "bbox", "area", "mask", "steps"} <= region
