"""Tables have exactly the store's columns."""

import pyarrow as pa
import pytest

from tests.tools.otlp.messages import log, logs, rows, span, traces
from tools.otlp.parts.tables import schema_of, table_of
from tools.store.columns import SCHEMAS


@pytest.mark.parametrize("signal", SCHEMAS)
def test_the_schema_is_that_of_the_store(signal: str) -> None:
    schema = schema_of(signal)
    assert schema.names == [column.name for column in SCHEMAS[signal]]
    assert table_of(signal, []).schema == schema


def test_types_follow_duckdbs() -> None:
    schema = schema_of("metrics")
    assert schema.field("timestamp").type == pa.float64()
    assert schema.field("monotonic").type == pa.bool_()
    assert schema.field("bucket_counts").type == pa.list_(pa.float64())
    assert schema.field("attributes").type == pa.map_(pa.string(), pa.string())


def test_rows_come_back_as_they_were() -> None:
    found = [
        *rows("traces", traces([span(1, attributes={"a": 1}), span(2)], service_name="a")),
        *rows("traces", traces([span(3, attributes={"b": "x", "c": "y"})], service_name="b", host_name="h")),
    ]
    table = table_of("traces", [tuple(row.values()) for row in found])
    assert table.schema == schema_of("traces")
    back = [
        {**row, "attributes": dict(row["attributes"]), "resource": dict(row["resource"])} for row in table.to_pylist()
    ]
    assert back == found


def test_maps_without_entries_stay_maps() -> None:
    found = rows("logs", logs([log(), log()], service_name=None))
    table = table_of("logs", [tuple(row.values()) for row in found])
    assert table.column("resource").to_pylist() == [[], []]
    assert table.column("attributes").to_pylist() == [[], []]
