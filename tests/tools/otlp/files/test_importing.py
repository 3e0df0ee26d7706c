"""Import: every form of file ends up in the folder once; what is unusable is named."""

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.protobuf.message import Message
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.tools.otlp.messages import T0, gauge, log, logs, metrics, otlp_json, span, traces
from tools.config import StoreSettings
from tools.errors import CollectorError, FormatError, InputError
from tools.incident import open_folder
from tools.otlp import Collector, import_files
from tools.otlp.decode import Encoding, Payload
from tools.otlp.parts import batches
from tools.otlp.receive import segment
from tools.otlp.summary import imported
from tools.store.open import open_telemetry
from tools.window import Scope, TimeWindow

MESSAGES: list[Message] = [
    traces([span(1), span(2)]),
    logs([log(3)]),
    metrics([gauge(1.0, 4), gauge(2.0, 5)]),
    traces([span(6)]),
]


def lines(messages: list[Message]) -> bytes:
    return b"".join(otlp_json(message) + b"\n" for message in messages)


def prefixed(messages: list[Message]) -> bytes:
    bodies = [message.SerializeToString() for message in messages]
    return b"".join(struct.pack(">I", len(body)) + body for body in bodies)


def zstd(content: bytes) -> bytes:
    return bytes(pa.compress(content, "zstd", asbytes=True))


def count(folder: Path, signal: str) -> int:
    return sum(pq.read_metadata(path).num_rows for path in open_folder(folder).signals[signal])


@pytest.mark.parametrize(
    "write",
    [
        lines,
        prefixed,
        lambda messages: gzip.compress(lines(messages)),
        lambda messages: gzip.compress(lines(messages[:2])) + gzip.compress(lines(messages[2:])),
        lambda messages: zstd(lines(messages)),
        lambda messages: zstd(lines(messages[:2])) + zstd(lines(messages[2:])),
        lambda messages: gzip.compress(prefixed(messages)),
        lambda messages: b"[\n" + b",\n".join(map(otlp_json, messages)) + b"]",
    ],
    ids=["lines", "prefixed", "gzip", "gzip members", "zstd", "zstd frames", "gzip prefixed", "document"],
)
def test_all_forms_hold_the_same(tmp_path: Path, write: Callable[[list[Message]], bytes]) -> None:
    file = tmp_path / "telemetry"
    file.write_bytes(write(MESSAGES))
    report = import_files([file], tmp_path / "incident")
    assert report.added == report.tally.kept == {"traces": 3, "logs": 1, "metrics": 2}
    assert (report.problems, report.unreadable) == ([], 0)
    assert {signal: count(tmp_path / "incident", signal) for signal in report.added} == report.added


def test_the_sources_answer_from_what_was_imported(tmp_path: Path) -> None:
    parent = span(1, name="POST /pay", kind=Span.SPAN_KIND_SERVER)
    child = span(
        2,
        name="GET key",
        trace_id=parent.trace_id,
        parent_span_id=parent.span_id,
        kind=Span.SPAN_KIND_CLIENT,
        end_time_unix_nano=T0 + 4_000_000,
        attributes={"db.system": "redis"},
    )
    file = tmp_path / "traces.jsonl"
    file.write_bytes(lines([traces([parent, child], service_name="pay"), logs([log()], service_name="pay")]))
    import_files([file], tmp_path / "incident")
    telemetry = open_telemetry(open_folder(tmp_path / "incident"), StoreSettings())
    assert telemetry.traces is not None
    assert telemetry.logs is not None
    scope = Scope.of(TimeWindow(start_ns=T0, end_ns=T0 + 10**9), [TimeWindow(start_ns=T0 - 10**9, end_ns=T0)])
    own = {stats.operation: stats.own.incident.mean for stats in telemetry.traces.operations(scope)}
    assert own["POST /pay"] == 3_000_000.0
    (edge,) = telemetry.traces.edges(scope)
    assert (edge.service, edge.peer, edge.leaf, edge.gap.incident.mean) == ("pay", "redis", True, 2_000_000.0)
    assert [row.body for row in telemetry.logs.search(scope.incident, "pay", "", 10)] == ["hello"]


def test_importing_again_adds_nothing_also_under_another_name(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(lines(MESSAGES))
    second.write_bytes(first.read_bytes())
    import_files([first], tmp_path / "incident")
    report = import_files([first, second], tmp_path / "incident")
    assert report.added.total() == 0
    assert report.tally.kept.total() == 12
    assert count(tmp_path / "incident", "traces") == 3


def test_an_import_that_was_killed_halfway_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS", 2)
    file = tmp_path / "t.jsonl"
    file.write_bytes(lines([traces([span(number)]) for number in range(1, 8)]))
    seen: list[int] = []

    def die(size: int) -> None:
        seen.append(size)
        if len(seen) > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr("tools.otlp.files.reading._CHUNK", 600)
    with pytest.raises(KeyboardInterrupt):
        import_files([file], tmp_path / "incident", die)
    monkeypatch.setattr("tools.otlp.files.reading._CHUNK", 1 << 20)
    import_files([file], tmp_path / "incident")
    assert count(tmp_path / "incident", "traces") == 7


def test_unusable_records_are_named_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(
        b"\n".join(
            [
                otlp_json(traces([span(1), span(2, trace_id=b"")])),
                b'{"resourceSpans": [',
                b'{"message": "a plain log line"}',
                b"",
                otlp_json(logs([log()])),
                b'{"resourceLogs": 3}',
            ]
        )
    )
    report = import_files([file], tmp_path / "incident")
    assert report.added == {"traces": 1, "logs": 1}
    assert report.tally.unusable == {"traces": 1}
    assert report.unreadable == 3
    assert [problem.removeprefix(f"{file}: ").split(":")[0] for problem in report.problems] == [
        *("line 1", "line 2", "line 3", "line 6")
    ]
    assert report.problems[0].endswith("line 1: 1 unusable, no valid trace id or span id")
    assert "resourceSpans" in report.problems[2]


def test_only_the_first_problems_are_listed_but_all_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b"{bad}\n" * 500 + otlp_json(logs([log()])))
    report = import_files([file], tmp_path / "incident")
    assert (report.unreadable, len(report.problems)) == (500, 10)


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_a_compressed_file_cut_short_gives_what_came_before(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    # Random text, so that the compressed file is long enough to be cut in the middle.
    content = lines([logs([log(number, body=f"{number * 2**64 % 999_983:x}" * 50)]) for number in range(1, 2_000)])
    file = tmp_path / "logs.jsonl.z"
    packed = pack(content)
    file.write_bytes(packed[: len(packed) * 3 // 4])
    report = import_files([file], tmp_path / "incident")
    assert 0 < report.added["logs"] < 1_999
    assert report.unreadable == 1
    assert "cut short" in report.problems[0] or "line" in report.problems[0]


def test_a_prefixed_file_cut_short_gives_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "t.bin"
    file.write_bytes(prefixed(MESSAGES)[:-5])
    report = import_files([file], tmp_path / "incident")
    assert report.added == {"traces": 2, "logs": 1, "metrics": 2}
    assert report.problems == [f"{file}: cut short in message 4"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the files hold no records"),
        (b"PAR1", "neither OTLP/JSON nor OTLP protobuf"),
        (b"{}", "none of resourceSpans"),
        (b'{"resourceSpans": []}', "the files hold no records"),
        (b"\x1f\x8b\x08\x00broken", "damaged or cut short"),
        (b"\x28\xb5\x2f\xfdbroken", "damaged or cut short"),
    ],
)
def test_when_nothing_is_usable_it_says_so(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "f"
    file.write_bytes(content)
    with pytest.raises(FormatError, match=reason) as raised:
        import_files([file], tmp_path / "incident")
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_found_before_anything_is_imported(tmp_path: Path) -> None:
    file = tmp_path / "good.jsonl"
    file.write_bytes(lines(MESSAGES))
    with pytest.raises(InputError, match="no file at"):
        import_files([file, tmp_path / "missing"], tmp_path / "incident")
    with pytest.raises(InputError, match="is not a file"):
        import_files([tmp_path], tmp_path / "incident")
    assert not (tmp_path / "incident").exists()


def test_progress_adds_up_to_the_size_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl.gz"
    file.write_bytes(gzip.compress(lines(MESSAGES)))
    seen: list[int] = []
    import_files([file], tmp_path / "incident", seen.append)
    assert sum(seen) == file.stat().st_size


def test_a_folder_that_is_being_collected_into_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(lines(MESSAGES))
    with (
        Collector(tmp_path / "incident", http_port=None, grpc_port=None),
        pytest.raises(CollectorError, match="another whydown process"),
    ):
        import_files([file], tmp_path / "incident")


def test_what_a_killed_collector_left_is_recovered_first(tmp_path: Path) -> None:
    left = tmp_path / "incident/.spool/1.segment"
    left.parent.mkdir(parents=True)
    body = traces([span(9)]).SerializeToString()
    left.write_bytes(segment.encode(Payload("traces", Encoding.PROTOBUF, body, T0)))
    file = tmp_path / "t.jsonl"
    file.write_bytes(lines(MESSAGES))
    report = import_files([file], tmp_path / "incident")
    assert report.recovered.kept == {"traces": 1}
    assert imported(report)[0] == "recovered 1 span, 0 log lines, 0 metric points from an earlier run"
    assert count(tmp_path / "incident", "traces") == 4


def test_a_span_json_of_two_signals_in_one_line(tmp_path: Path) -> None:
    both = {**json.loads(otlp_json(MESSAGES[0])), **json.loads(otlp_json(MESSAGES[1]))}
    file = tmp_path / "both.json"
    file.write_text(json.dumps(both))
    assert import_files([file], tmp_path / "incident").added == {"traces": 2, "logs": 1}
