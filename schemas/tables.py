"""Values as Arrow tables: one schema for each model, derived from its fields, and conversion both ways."""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
from pydantic import BaseModel

__all__ = ["arrow_schema", "arrow_type", "from_table", "to_table"]

M = TypeVar("M", bound=BaseModel)

_SCALARS: dict[type, pa.DataType] = {
    str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), bytes: pa.binary(),
}  # fmt: skip


def arrow_type(hint: Any) -> pa.DataType:
    """The Arrow type of a field's annotation: scalars, Literal (string), tuples (list), models (struct), optional (nullable).

    Raises:
        TypeError: an annotation with no Arrow counterpart.
    """
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return arrow_type(args[0])
    if origin is Literal:
        return pa.string()
    if origin in (Union, types.UnionType):
        (inner,) = (arg for arg in args if arg is not type(None))
        return arrow_type(inner)
    if origin is tuple:
        return pa.list_(arrow_type(args[0]))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return pa.struct(list(arrow_schema(hint)))
    if hint in _SCALARS:
        return _SCALARS[hint]
    raise TypeError(f"no Arrow type stands for {hint!r}")


@cache
def arrow_schema(model: type[BaseModel]) -> pa.Schema:
    """The Arrow schema of a model, one column for each field, in order."""
    hints = get_type_hints(model, include_extras=True)
    return pa.schema([pa.field(name, arrow_type(hints[name])) for name in model.model_fields])


def to_table(values: Iterable[M], model: type[M]) -> pa.Table:
    """Values as a table with the model's schema, one row each."""
    return pa.Table.from_pylist([value.model_dump() for value in values], schema=arrow_schema(model))


def from_table(table: pa.Table, model: type[M]) -> Sequence[M]:
    """The values of a table, validated."""
    return [model.model_validate(row) for row in table.select(list(model.model_fields)).to_pylist()]
