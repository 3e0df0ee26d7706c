"""Rows as Arrow tables whose schema is that of the embedded store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

from tools.otlp.decode.rows import Row
from tools.store.columns import SCHEMAS

_SCALARS: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
}
_MAP = re.compile(r"MAP\((\w+), (\w+)\)")


def arrow_type(name: str) -> pa.DataType:
    """Return the Arrow type of a DuckDB type as written in `tools.store.columns`."""
    if found := _MAP.fullmatch(name):
        return pa.map_(arrow_type(found[1]), arrow_type(found[2]))
    if name.endswith("[]"):
        return pa.list_(arrow_type(name.removesuffix("[]")))
    return _SCALARS[name]


def schema_of(signal: str) -> pa.Schema:
    """Return the Arrow schema of a signal's Parquet files."""
    return pa.schema([(column.name, arrow_type(column.type)) for column in SCHEMAS[signal]])


_ARROW = {signal: schema_of(signal) for signal in SCHEMAS}


def table_of(signal: str, rows: Sequence[Row]) -> pa.Table:
    """Return rows as a table. Equal resource dictionaries, by identity, are converted once."""
    schema = _ARROW[signal]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [_array(field, values) for field, values in zip(schema, columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(field: pa.Field, values: Sequence[Any]) -> pa.Array:
    if not pa.types.is_map(field.type):
        return pa.array(values, field.type)
    if field.name != "resource":
        return _maps(field.type, values)
    distinct = {id(value): value for value in values}
    position = {key: index for index, key in enumerate(distinct)}
    shared = _maps(field.type, list(distinct.values()))
    return shared.take(pa.array([position[id(value)] for value in values], pa.int32()))


def _maps(kind: pa.DataType, values: Sequence[dict[str, str]]) -> pa.Array:
    offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32())
    keys = pa.array(list(chain.from_iterable(values)), kind.key_type)
    items = pa.array(list(chain.from_iterable(value.values() for value in values)), kind.item_type)
    return pa.MapArray.from_arrays(offsets, keys, items)
