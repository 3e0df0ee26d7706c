"""Which signal a protobuf message holds, told from its wire format alone."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, SeverityNumber
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.tools.otlp.messages import any_value, gauge, log, logs, metrics, pairs, span, traces
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.files.wire import fields, parse_varint, read_varint, signal_of, varint


@given(st.integers(0, 2**64 - 1))
def test_varints_read_as_written(value: int) -> None:
    raw = varint(value)
    assert parse_varint(raw + b"\xff", 0) == (value, len(raw))
    assert read_varint(io.BytesIO(raw)) == value


def test_a_stream_ends_between_varints_only() -> None:
    assert read_varint(io.BytesIO(b"")) is None
    with pytest.raises(BadPayloadError, match="cut short"):
        read_varint(io.BytesIO(b"\x80"))
    with pytest.raises(BadPayloadError, match="not protobuf"):
        read_varint(io.BytesIO(b"\xff" * 20))


@pytest.mark.parametrize(
    "record",
    [
        span(1),
        Span(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, name="x", kind=Span.SPAN_KIND_SERVER),
        Span(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, status=Status(code=Status.STATUS_CODE_ERROR)),
    ],
)
def test_spans(record: Span) -> None:
    assert signal_of(traces([record]).SerializeToString()) == "traces"


@pytest.mark.parametrize(
    "record",
    [
        log(),
        log(time_unix_nano=0, observed_time_unix_nano=5),
        LogRecord(severity_number=SeverityNumber.SEVERITY_NUMBER_INFO, body=any_value("x")),
        LogRecord(body=any_value("x"), attributes=pairs({"a": 1})),
    ],
)
def test_log_records(record: LogRecord) -> None:
    assert signal_of(logs([record]).SerializeToString()) == "logs"


def test_metrics() -> None:
    described = Metric(name="sixteen bytes ok", description="8 bytes!", unit="ms")
    described.histogram.data_points.add(time_unix_nano=1)
    counted = Metric(name="n")
    counted.sum.data_points.add(time_unix_nano=1)
    for metric in (gauge(1.0), described, counted):
        assert signal_of(metrics([metric]).SerializeToString()) == "metrics"


def test_a_message_without_records_has_no_signal() -> None:
    assert signal_of(b"") is None
    assert signal_of(traces([], service_name="shop").SerializeToString()) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_signal_or_refused(body: bytes) -> None:
    try:
        assert signal_of(body) in {"traces", "logs", "metrics", None}
    except BadPayloadError:
        with pytest.raises(BadPayloadError):
            signal_of(body)


@given(st.integers(1, 2**29 - 1), st.binary(max_size=300))
def test_fields_come_with_number_kind_and_content(number: int, content: bytes) -> None:
    raw = varint(number << 3 | 2) + varint(len(content)) + content + varint(number << 3) + b"\x05"
    assert list(fields(raw)) == [(number, 2, content), (number, 0, b"")]
