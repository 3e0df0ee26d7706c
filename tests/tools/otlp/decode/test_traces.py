"""Spans as rows, from protobuf and from JSON."""

import json
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.tools.otlp.messages import T0, otlp_json, pairs, rows, span, traces
from tools.otlp.decode import Encoding, Payload, Tally, rows_of

FULL = span(
    7,
    name="SELECT orders",
    kind=Span.SPAN_KIND_CLIENT,
    parent_span_id=(6).to_bytes(8, "big"),
    attributes={"db.system": "postgresql", "db.rows": 3, "retry": False},
    status=Status(code=Status.STATUS_CODE_ERROR, message="deadlock"),
    events=[Span.Event(name="exception", time_unix_nano=T0, attributes=pairs({"exception.type": "Deadlock"}))],
    links=[Span.Link(trace_id=b"\x01" * 16, span_id=b"\x02" * 8)],
)


@pytest.mark.parametrize("form", ["protobuf", "json", "json with numbers for enumerations"])
def test_every_column_of_a_span(form: str) -> None:
    data = traces([FULL], service_name="orders", k8s_pod_name="orders-1")
    options = {"use_integers_for_enums": True} if "numbers" in form else {}
    (row,) = rows("traces", data if form == "protobuf" else otlp_json(data, **options))
    assert (
        json.loads(row.pop("events"))
        == [{"name": "exception", "time_unix_nano": T0, "attributes": {"exception.type": "Deadlock"}}]
        or form != "protobuf"
    )
    assert json.loads(row.pop("links")) == [{"trace_id": "01" * 16, "span_id": "02" * 8}]
    assert row == {
        "trace_id": "0" * 31 + "7",
        "span_id": "0" * 15 + "7",
        "parent_span_id": "0" * 15 + "6",
        "service": "orders",
        "operation": "SELECT orders",
        "start_unix_nano": T0 + 7_000_000,
        "duration_ns": 5_000_000,
        "pod": "orders-1",
        "status": "ERROR",
        "kind": "client",
        "status_message": "deadlock",
        "peer": "postgresql",
        "attributes": {"db.system": "postgresql", "db.rows": "3", "retry": "false"},
        "resource": {"service.name": "orders", "k8s.pod.name": "orders-1"},
    }


def test_exception_events_are_the_same_from_json() -> None:
    data = traces([FULL])
    assert rows("traces", otlp_json(data))[0]["events"] == rows("traces", data)[0]["events"]


def test_a_root_span_has_neither_parent_nor_peer() -> None:
    (row,) = rows("traces", traces([span(kind=Span.SPAN_KIND_SERVER, attributes={"net.peer.name": "client"})]))
    assert (row["parent_span_id"], row["peer"], row["kind"], row["status"]) == (None, None, "server", "UNSET")
    assert (row["events"], row["links"], row["status_message"]) == (None, None, None)


def test_a_producer_calls_its_broker() -> None:
    (row,) = rows("traces", traces([span(kind=Span.SPAN_KIND_PRODUCER, attributes={"messaging.system": "kafka"})]))
    assert (row["kind"], row["peer"]) == ("producer", "kafka")


def test_asgi_message_spans_are_left_out_and_counted() -> None:
    tally = Tally()
    noise = span(2, name="GET / http send", kind=Span.SPAN_KIND_INTERNAL)
    assert len(rows("traces", traces([span(1), noise]), tally)) == 1
    assert (tally.noise, tally.kept["traces"], tally.unusable.total()) == (1, 1, 0)


@pytest.mark.parametrize(
    "broken",
    [
        {"trace_id": b""},
        {"trace_id": b"\x00" * 16},
        {"trace_id": b"\x01" * 8},
        {"span_id": b""},
        {"span_id": b"\x00" * 8},
        {"start_time_unix_nano": 0},
        {"start_time_unix_nano": 2**63},
    ],
)
def test_an_unusable_span_does_not_take_its_neighbours_along(broken: dict[str, Any]) -> None:
    data = traces([span(1), span(2, **broken), span(3)])
    for body in (data, otlp_json(data)):
        tally = Tally()
        found = rows("traces", body, tally)
        assert [row["span_id"][-1] for row in found] == ["1", "3"]
        assert tally.unusable == {"traces": 1}
        assert tally.main_reason.startswith("no valid")


def test_a_span_that_ends_before_it_starts_keeps_its_negative_duration() -> None:
    (row,) = rows("traces", traces([span(end_time_unix_nano=T0)]))
    assert row["duration_ns"] == -1_000_000


def test_a_span_whose_attribute_is_broken_is_unusable_alone() -> None:
    good = traces([span(1), span(2, attributes={"k": "v"}), span(3)]).SerializeToString()
    attribute = b"\x0a\x01k\x12\x03\x0a\x01v"
    assert attribute in good
    tally = Tally()
    broken = Payload("traces", Encoding.PROTOBUF, good.replace(attribute, b"\x0a\x01k\x12\x03\x0a\x7fv"))
    assert [row[1][-1] for row in rows_of(broken, tally)] == ["1", "3"]
    assert tally.main_reason == "a part is not protobuf"


def json_traces(**fields: Any) -> bytes:
    """Return OTLP/JSON of one span written by hand."""
    values = {"traceId": "AB" * 16, "spanId": "cd" * 8, "startTimeUnixNano": str(T0), "endTimeUnixNano": T0 + 5}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{**values, **fields}]}]}]}).encode()


def test_json_accepts_numbers_and_text_for_64_bits_and_any_case_for_ids() -> None:
    (row,) = rows("traces", json_traces())
    assert (row["trace_id"], row["start_unix_nano"], row["duration_ns"]) == ("ab" * 16, T0, 5)
    assert row["service"] == "unknown_service"


def test_json_accepts_ids_in_base64_as_plain_protobuf_json_has_them() -> None:
    (row,) = rows("traces", json_traces(traceId="AQEBAQEBAQEBAQEBAQEBAQ==", spanId="AgICAgICAgI="))
    assert (row["trace_id"], row["span_id"]) == ("01" * 16, "02" * 8)


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (3, 2, ("client", "ERROR")),
        ("SPAN_KIND_CLIENT", "STATUS_CODE_ERROR", ("client", "ERROR")),
        ("3", "1", ("client", "OK")),
        (None, None, ("", "UNSET")),
        ("SPAN_KIND_NEW", 99, ("", "UNSET")),
        (-1, -1, ("", "UNSET")),
        ([], {}, ("", "UNSET")),
    ],
)
def test_json_enumerations(kind: object, status: object, expected: tuple[str, str]) -> None:
    (row,) = rows("traces", json_traces(kind=kind, status={"code": status}))
    assert (row["kind"], row["status"]) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"traceId": "xy" * 16},
        {"traceId": 7},
        {"startTimeUnixNano": "soon"},
        {"startTimeUnixNano": -5},
        {"startTimeUnixNano": []},
        {"startTimeUnixNano": 1e400},
        {"attributes": {"a": 1}},
        {"attributes": 5},
        {"attributes": [{"value": {}}]},
        {"attributes": [7]},
        {"status": "ERROR"},
        {"events": [1]},
        {"links": {}},
    ],
)
def test_json_of_the_wrong_shape_is_one_unusable_span(fields: dict[str, Any]) -> None:
    tally = Tally()
    assert rows("traces", json_traces(**fields), tally) == []
    assert tally.unusable == {"traces": 1}
