"""OTLP over HTTP: every answer the specification asks for."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.testclient import TestClient

from tests.tools.otlp.messages import gauge, log, logs, metrics, otlp_json, span, traces
from tools.errors import CollectorError
from tools.otlp.decode import Encoding, Signal
from tools.otlp.receive.http_server import build_app
from tools.otlp.receive.receiver import Receipt, Receiver
from tools.otlp.receive.spool import Spool

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
LIMIT = 20_000
MESSAGES = {"traces": traces([span(1)]), "logs": logs([log()]), "metrics": metrics([gauge(1.0)])}
RESPONSES: dict[str, type[Message]] = {
    "traces": ExportTraceServiceResponse,
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
}


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    spool = Spool(tmp_path_factory.mktemp("incident"))
    yield Receiver(spool)
    spool.close()


@pytest.fixture(scope="module")
def client(receiver: Receiver) -> Iterator[TestClient]:
    with TestClient(build_app(receiver, LIMIT)) as running:
        yield running


@pytest.mark.parametrize("signal", get_args(Signal))
def test_protobuf_is_answered_in_protobuf(client: TestClient, signal: Signal) -> None:
    answer = client.post(f"/v1/{signal}", content=MESSAGES[signal].SerializeToString(), headers=PROTOBUF)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    assert RESPONSES[signal].FromString(answer.content) == RESPONSES[signal]()


@pytest.mark.parametrize("signal", get_args(Signal))
def test_json_is_answered_in_json(client: TestClient, signal: Signal) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}
    answer = client.post(f"/v1/{signal}", content=otlp_json(MESSAGES[signal]), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {}


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("zstd", lambda data: pa.compress(data, "zstd", asbytes=True)),
        ("identity", bytes),
    ],
)
def test_compressed_requests(client: TestClient, receiver: Receiver, encoding: str, pack: object) -> None:
    assert callable(pack)
    before = receiver.tally.kept["traces"]
    body = traces([span(number) for number in range(1, 20)], run=encoding).SerializeToString()
    answer = client.post("/v1/traces", content=pack(body), headers={**PROTOBUF, "content-encoding": encoding})
    assert answer.status_code == 200
    assert receiver.tally.kept["traces"] == before + 19


def test_partial_success_says_how_many_and_why(client: TestClient) -> None:
    data = traces([span(1), span(2, trace_id=b"")], run="partial")
    answer = client.post("/v1/traces", content=data.SerializeToString(), headers=PROTOBUF)
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, partial.rejected_spans) == (200, 1)
    assert partial.error_message == "no valid trace id or span id"
    answer = client.post("/v1/traces", content=otlp_json(data), headers=JSON)
    assert answer.json() == {"partialSuccess": {"rejectedSpans": "1", "errorMessage": "no valid trace id or span id"}}


def test_partial_success_of_logs_and_metrics(client: TestClient) -> None:
    timeless = gauge(1.0)
    timeless.gauge.data_points[0].time_unix_nano = 0
    answer = client.post("/v1/metrics", content=otlp_json(metrics([timeless])), headers=JSON)
    assert answer.json()["partialSuccess"]["rejectedDataPoints"] == "1"
    broken = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [3]}]}]})
    answer = client.post("/v1/logs", content=broken, headers=JSON)
    assert answer.json()["partialSuccess"]["rejectedLogRecords"] == "1"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xff\xff", PROTOBUF),
        (b"{", JSON),
        (b"[]", JSON),
        (b'{"resourceSpans": {}}', JSON),
        (b"not gzip", {**PROTOBUF, "content-encoding": "gzip"}),
        (gzip.compress(b"x" * 5_000, mtime=0)[:-9], {**PROTOBUF, "content-encoding": "gzip"}),
        (b"not zlib", {**PROTOBUF, "content-encoding": "deflate"}),
        (b"not zstd", {**PROTOBUF, "content-encoding": "zstd"}),
    ],
)
def test_garbage_is_400_with_a_status_in_the_requests_own_encoding(
    client: TestClient, body: bytes, headers: dict[str, str]
) -> None:
    answer = client.post("/v1/traces", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == headers["content-type"]
    message = answer.json()["message"] if headers is JSON else Status.FromString(answer.content).message
    assert message
    assert "\n" not in message


def test_too_large_is_413_plain_or_unpacked(client: TestClient) -> None:
    for body, headers in [
        (b"\x00" * (LIMIT + 1), PROTOBUF),
        (gzip.compress(b"\x00" * (LIMIT * 1_000)), {**PROTOBUF, "content-encoding": "gzip"}),
        (zlib.compress(b"\x00" * (LIMIT + 1)), {**PROTOBUF, "content-encoding": "deflate"}),
        (pa.compress(b"\x00" * (LIMIT + 1), "zstd", asbytes=True), {**PROTOBUF, "content-encoding": "zstd"}),
    ]:
        answer = client.post("/v1/traces", content=body, headers=headers)
        assert answer.status_code == 413
        assert f"{LIMIT:,} bytes" in Status.FromString(answer.content).message


@pytest.mark.parametrize(
    "headers", [{"content-type": "text/plain"}, {}, {**PROTOBUF, "content-encoding": "br"}, {"content-type": ""}]
)
def test_a_form_nobody_agreed_on_is_415(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/v1/traces", content=b"", headers=headers).status_code == 415


def test_other_paths_and_methods(client: TestClient) -> None:
    assert client.get("/v1/traces").status_code == 405
    assert client.post("/v1/profiles", content=b"", headers=PROTOBUF).status_code == 404


def test_an_empty_request_is_a_success(client: TestClient) -> None:
    assert client.post("/v1/logs", content=b"", headers=PROTOBUF).status_code == 200
    assert client.post("/v1/logs", content=b"{}", headers=JSON).status_code == 200


def test_a_full_disk_is_503_and_asks_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)
    receiver = Receiver(spool)

    def refuse(signal: Signal, encoding: Encoding, body: bytes) -> Receipt:
        raise CollectorError("the spool cannot be written", "No space left on device")

    monkeypatch.setattr(receiver, "accept", refuse)
    with TestClient(build_app(receiver, LIMIT)) as client:
        answer = client.post("/v1/traces", content=b"{}", headers=JSON)
    spool.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json() == {"code": 14, "message": "the spool cannot be written: No space left on device"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.sampled_from(get_args(Signal)),
    st.sampled_from([PROTOBUF, JSON]),
    st.sampled_from(["", "gzip", "zstd", "deflate"]),
    st.binary(max_size=200) | st.sampled_from([message.SerializeToString() for message in MESSAGES.values()]),
)
def test_no_request_makes_it_fail(
    client: TestClient, signal: Signal, headers: dict[str, str], compression: str, body: bytes
) -> None:
    answer = client.post(f"/v1/{signal}", content=body, headers={**headers, "content-encoding": compression})
    assert answer.status_code in {200, 400}
