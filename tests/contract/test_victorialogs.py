"""VictoriaLogs gives the evidence of the embedded store, number for number.

It is known by recordings (`recordings/victorialogs.json`). `Fake` computes the one pipe that counts masked
lines, which is not among them, from lines, and takes no other form of it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.investigation.intake import whole_extent
from tests.builders import Folder
from tests.contract.lines import Handler, StoredLine, log_source, logs_alone, opening, stored_lines
from tests.contract.recorded import Tolerance, assert_same, survey
from tests.contract.replay import recordings, replay
from tools.errors import InputError, SourceError
from tools.live.logs.victorialogs import VictoriaLogs
from tools.sources import Telemetry
from tools.sources.masks import masked
from tools.window import NS, Scope, TimeWindow, parse_moment, to_iso

EXACT = Tolerance(relative=1e-6, onset_seconds=0.001, strong=0.5)
RECORDED_AT = TimeWindow(start_ns=1795506102 * NS, end_ns=1795506152 * NS)
COUNTING = re.compile(
    r'\* \| copy _msg as line \| (?:replace_regexp \("(?:[^"\\]|\\.)*", "(?:[^"\\]|\\.)*"\) at _msg \| ){3}'
    r'stats by \(_time:(\d+)ns offset (\d+)ns, "service.name", "severity", _msg\) '
    r"count\(\) as n, row_min\(_time, _time, line, trace_id\) as sample \| sort by \(n desc\) limit \d+"
)
FINDING = re.compile(
    r'\*(?: AND "service.name":="([^"]*)")?(?: AND _msg:~"\(\?i\)((?:[^"\\]|\\.)*)")? \| sort by \(_time\) limit (\d+)'
)


class Fake:
    """Answers as VictoriaLogs documents its API, from lines; anything else comes from the recordings."""

    def __init__(self, lines: list[StoredLine]) -> None:
        self.lines = lines

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        params, path = dict(request.url.params), request.url.path
        if path == "/select/logsql/query" and (counting := COUNTING.fullmatch(params["query"])):
            return _lines(self._count(self._inside(params), int(counting[1]), int(counting[2])))
        if path == "/select/logsql/query" and (finding := FINDING.fullmatch(params["query"])):
            return _lines(self._find(self._inside(params), *finding.groups()))
        if path == "/select/logsql/field_values" and params["query"] == "*":
            names = sorted({line.service for line in self._inside(params)})
            return httpx.Response(200, json={"values": [{"value": name, "hits": 1} for name in names]})
        found = replay("victorialogs", request)
        assert found is not None, f"nothing recorded for {request.url}"
        return found

    def _inside(self, params: dict[str, str]) -> list[StoredLine]:
        start, end = int(params["start"]), int(params["end"])
        assert 10**18 < start < end, "nanoseconds are told by their size"
        return [line for line in self.lines if start <= line.time_ns <= end]

    def _count(self, lines: list[StoredLine], width: int, offset: int) -> list[dict[str, Any]]:
        groups: dict[tuple[str, ...], list[StoredLine]] = defaultdict(list)
        for line in lines:
            begin = (line.time_ns - offset) // width * width + offset
            groups[to_iso(begin), line.service, line.severity, masked(line.body)].append(line)
        return [
            {
                "_time": key[0],
                "service.name": key[1],
                "severity": key[2],
                "_msg": key[3],
                "n": str(len(group)),
                "sample": json.dumps(
                    {"_time": to_iso(group[0].time_ns), "line": group[0].body, "trace_id": group[0].trace}
                ),
            }
            for key, group in groups.items()
        ]

    def _find(self, lines: list[StoredLine], service: str | None, text: str | None, limit: str) -> list[dict[str, Any]]:
        pattern = re.compile("(?i)" + re.sub(r"\\x\{(\w+)\}", r"\\u\1", _zeros(json.loads(f'"{text or ""}"'))))
        found = [ln for ln in lines if (not service or ln.service == service) and pattern.search(ln.body)]
        return [
            {
                "_time": to_iso(line.time_ns),
                "_msg": line.body,
                "service.name": line.service,
                "severity": line.severity,
                "trace_id": line.trace,
                "service.instance.id": line.pod,
            }
            for line in found[: int(limit)]
        ]


def _zeros(pattern: str) -> str:
    """Return RE2's way to write a letter by its number in four digits, as Python wants it."""
    return re.sub(r"\\x\{(\w+)\}", lambda found: f"\\x{{{found[1]:0>4}}}", pattern)


def _lines(rows: list[dict[str, Any]]) -> httpx.Response:
    return httpx.Response(200, text="\n".join(json.dumps(row) for row in rows))


def source(handler: Handler, horizon: TimeWindow = RECORDED_AT, **fields: object) -> VictoriaLogs:
    return VictoriaLogs(opening("victorialogs", horizon, **fields), httpx.MockTransport(handler))


def replayed(request: httpx.Request) -> httpx.Response:
    found = replay("victorialogs", request)
    assert found is not None, f"nothing recorded for {request.url}"
    return found


def test_the_same_evidence(tmp_path: Path) -> None:
    there = logs_alone(tmp_path)
    live = source(Fake(stored_lines()), whole_extent(there.telemetry))
    expected = survey(there.telemetry, there.scope, "logs")
    assert expected
    assert_same(expected, survey(Telemetry(logs=live), there.scope, "logs"), EXACT)


def test_every_count_is_the_same(tmp_path: Path) -> None:
    there = logs_alone(tmp_path)
    live = source(Fake(stored_lines()), whole_extent(there.telemetry))
    found = {(line.service, line.masked): line for line in live.lines(there.scope)}
    expected = log_source(there.telemetry).lines(there.scope)
    assert len(found) == len(expected)
    for want in expected:
        got = found[want.service, want.masked]
        assert (got.n, got.first_ns, got.severity) == (want.n, want.first_ns, want.severity)
        assert got.times.incident.tolist() == want.times.incident.tolist()
        assert got.counts.baseline.tolist() == want.counts.baseline.tolist()


def test_bytes_do_not_grow_with_traffic(tmp_path: Path) -> None:
    there, lines = logs_alone(tmp_path), stored_lines()
    calm, busy = (source(Fake(of), whole_extent(there.telemetry)) for of in (lines, lines * 10))
    calm.lines(there.scope)
    busy.lines(there.scope)
    assert busy.fetched().bytes < 1.1 * calm.fetched().bytes


def test_lines_are_found_whatever_they_contain(tmp_path: Path) -> None:
    there = logs_alone(tmp_path)
    live, embedded = source(Fake(stored_lines()), whole_extent(there.telemetry)), log_source(there.telemetry)
    for service, text in (("", ""), ("payment", "CHARGE"), ("", 'no "such" \\ (line'), ("cart", "")):
        ours = live.search(there.scope.incident, service, text, 7)
        theirs = embedded.search(there.scope.incident, service, text, 7)
        assert [(row.time_ns, row.body, row.pod) for row in ours] == [
            (row.time_ns, row.body, row.pod) for row in theirs
        ]


def recorded_lines() -> list[StoredLine]:
    """Return the lines in the recorded answers, oldest first."""
    answers = [r for r in recordings("victorialogs") if r.path.endswith("/query") and r.status == 200]
    found = {line for answer in answers for line in answer.text.splitlines()}
    rows = [json.loads(line) for line in found]
    return sorted(
        (
            StoredLine(
                parse_moment(row["_time"]),
                row["service.name"],
                row["severity"],
                row["_msg"],
                row.get("trace_id", ""),
                "",
            )
            for row in rows
        ),
        key=lambda line: line.time_ns,
    )


def test_recorded_lines_give_the_rows_of_a_folder_built_from_them(tmp_path: Path) -> None:
    rows = [
        {
            "time_unix_nano": line.time_ns,
            "service": line.service,
            "severity": line.severity,
            "body": line.body,
            "trace_id": line.trace,
        }
        for line in recorded_lines()
    ]
    embedded = Folder(tmp_path).rows("logs", rows).log_source()
    scope = Scope.of(RECORDED_AT, [])
    found = [(line.service, line.severity, line.masked, line.n) for line in source(Fake(recorded_lines())).lines(scope)]
    assert found == [(line.service, line.severity, line.masked, line.n) for line in embedded.lines(scope)]
    assert len(found) >= 2


def test_recorded_answers_are_understood() -> None:
    """The very queries that were recorded, with the same bounds in seconds."""
    live = source(replayed)
    query = next(r for r in recordings("victorialogs") if "checkout" in r.params.get("query", ""))
    rows = [live._row(json.loads(line)) for line in query.text.splitlines()]
    assert rows[0].service == "checkout"
    assert rows[0].body == "checkout handled request"
    assert rows[0].time_ns == round(datetime(2026, 11, 24, 7, 41, 47, tzinfo=UTC).timestamp()) * NS + 157280261
    assert len(rows[0].trace_id) == 32


def test_services_are_those_of_the_recorded_answer() -> None:
    values = next(r for r in recordings("victorialogs") if r.path.endswith("/field_values"))
    live = source(lambda request: values.answer(), services={"cart": "basket"})
    assert live.services() == ["basket", "catalog", "checkout", "gateway", "inventory", "payment", "recommend"]


def test_a_query_it_cannot_parse_is_one_line() -> None:
    refused = next(r for r in recordings("victorialogs") if r.status == 400)
    with pytest.raises(SourceError, match="cannot parse query") as caught:
        source(lambda request: refused.answer()).lines(Scope.of(RECORDED_AT, []))
    assert "\n" not in str(caught.value)


def test_the_query_is_shown() -> None:
    live = source(replayed)
    assert COUNTING.fullmatch(live.sql("lines", Scope.of(RECORDED_AT, [])))
    with pytest.raises(InputError, match="known: lines"):
        live.sql("operations", Scope.of(RECORDED_AT, []))
