"""Log records as rows, from protobuf and from JSON."""

import json
from typing import Any

import pytest

from tests.tools.otlp.messages import T0, log, logs, otlp_json, rows
from tools.otlp.decode import Tally


@pytest.mark.parametrize("form", ["protobuf", "json"])
def test_every_column_of_a_log_record(form: str) -> None:
    record = log(
        3,
        "card refused",
        attributes={"exception.type": "CardError"},
        severity_number=17,
        severity_text="Error",
        trace_id=b"\x01" * 16,
        span_id=b"\x02" * 8,
    )
    data = logs([record], service_name="pay", host_name="vm-1")
    (row,) = rows("logs", data if form == "protobuf" else otlp_json(data))
    assert row == {
        "time_unix_nano": T0 + 3_000_000,
        "service": "pay",
        "body": "card refused",
        "pod": "vm-1",
        "severity": "Error",
        "trace_id": "01" * 16,
        "span_id": "02" * 8,
        "attributes": {"exception.type": "CardError"},
        "resource": {"service.name": "pay", "host.name": "vm-1"},
    }


def test_severity_comes_from_the_number_where_there_is_no_text() -> None:
    data = logs([log(severity_number=14)])
    assert rows("logs", data)[0]["severity"] == "WARN"
    assert rows("logs", otlp_json(data))[0]["severity"] == "WARN"
    assert rows("logs", otlp_json(data, use_integers_for_enums=True))[0]["severity"] == "WARN"
    assert rows("logs", logs([log()]))[0]["severity"] is None


def test_all_severity_names_are_known_to_json() -> None:
    numbers = range(1, 25)
    data = logs([log(severity_number=number) for number in numbers])
    assert [row["severity"] for row in rows("logs", otlp_json(data))] == [row["severity"] for row in rows("logs", data)]


def test_a_structured_body_is_json() -> None:
    data = logs([log(body={"message": "slow", "ms": 12})])
    for body in (data, otlp_json(data)):
        assert json.loads(rows("logs", body)[0]["body"]) == {"message": "slow", "ms": 12}


@pytest.mark.parametrize("form", ["protobuf", "json"])
def test_an_empty_body_falls_back_to_the_exception_or_the_event(form: str) -> None:
    data = logs(
        [log(body="", attributes={"exception.message": "boom"}), log(body="", event_name="app.crash"), log(body="")]
    )
    found = rows("logs", data if form == "protobuf" else otlp_json(data))
    assert [row["body"] for row in found] == ["boom", "app.crash", ""]
    assert found[1]["attributes"] == {"event.name": "app.crash"}


def test_the_time_is_when_it_happened_else_observed_else_received() -> None:
    data = logs(
        [
            log(observed_time_unix_nano=T0),
            log(time_unix_nano=0, observed_time_unix_nano=T0 + 1),
            log(time_unix_nano=0),
        ]
    )
    times = [row["time_unix_nano"] for row in rows("logs", data, received_ns=T0 + 2)]
    assert times == [T0 + 1_000_000, T0 + 1, T0 + 2]


def test_without_any_time_a_record_is_unusable() -> None:
    tally = Tally()
    assert len(rows("logs", logs([log(time_unix_nano=0), log()]), tally)) == 1
    assert tally.unusable == {"logs": 1}
    assert tally.main_reason == "no valid time"


def test_a_megabyte_of_unicode_arrives_whole() -> None:
    line = "żółć 🚀 " * 100_000
    data = logs([log(body=line)])
    assert rows("logs", data)[0]["body"] == line
    assert rows("logs", otlp_json(data))[0]["body"] == line


def test_ids_of_zeros_or_another_length_are_missing() -> None:
    (row,) = rows("logs", logs([log(trace_id=b"\x00" * 16, span_id=b"\x01" * 4)]))
    assert (row["trace_id"], row["span_id"]) == (None, None)


@pytest.mark.parametrize(
    ("document", "unusable"),
    [
        ({"resourceLogs": [{"scopeLogs": [{"logRecords": [1, {"timeUnixNano": 5}]}]}]}, 1),
        ({"resourceLogs": [{"scopeLogs": [{"logRecords": "x"}]}]}, 1),
        ({"resourceLogs": [{"scopeLogs": 7}]}, 1),
        ({"resourceLogs": [{"resource": []}]}, 1),
        ({"resourceLogs": [{"resource": {"attributes": [1]}}]}, 1),
        ({"resourceLogs": []}, 0),
        ({"unknown": 1}, 0),
    ],
)
def test_json_of_the_wrong_shape_costs_only_that_part(document: dict[str, Any], unusable: int) -> None:
    tally = Tally()
    rows("logs", json.dumps(document).encode(), tally)
    assert tally.unusable.total() == unusable
