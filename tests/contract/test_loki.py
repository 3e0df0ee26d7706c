"""Loki gives the evidence of the embedded store, number for number.

No real Loki was at hand. `Fake` is a fake: it follows Loki's documented HTTP API, checks every request
against it and computes the two forms of query that are sent, so what it proves is our side of the talk.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

import httpx
import pytest

from agent.investigation.intake import whole_extent
from tests.contract.lines import Handler, StoredLine, log_source, logs_alone, opening, stored_lines
from tests.contract.recorded import Recorded, Tolerance, assert_same, survey
from tools.errors import InputError, SourceError
from tools.live.logs.loki import LokiLogs
from tools.sources import Telemetry
from tools.sources.masks import masked
from tools.window import NS, TimeWindow

EXACT = Tolerance(relative=1e-6, onset_seconds=10.0, strong=0.5)
"""Loki counts by the bucket, so the first line of a new template is dated by its bucket, 10 s wide here."""
COUNTING = re.compile(
    r'sum by \(masked, detected_level\) \(count_over_time\(\{service_name="([^"]+)"\} \| label_format '
    r"masked=`\{\{ (?P<masking>regexReplaceAll .*) \}\}` \[(?P<range>\d+)s\]\)\)"
)
TOTAL = re.compile(r'sum\(count_over_time\(\{service_name="([^"]+)"\} \[(?P<range>\d+)s\]\)\)')
FINDING = re.compile(r'\{service_name(?:="([^"]+)"|=~"\.\+")\}(?: \|~ "\(\?i\)((?:[^"\\]|\\.)*)")?')


class Fake:
    """Loki's documented API over lines. `most_series` is its limit on series a query."""

    def __init__(self, lines: list[StoredLine], most_series: int = 500) -> None:
        self.lines = lines
        self.most_series = most_series
        self.tenants: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        self.tenants.add(request.headers.get("X-Scope-OrgID", ""))
        params, path = dict(request.url.params), request.url.path
        start, end = int(params["start"]), int(params["end"])
        assert 10**18 < start <= end, "Loki's times are nanoseconds"
        if path == "/loki/api/v1/label/service_name/values":
            names = sorted({line.service for line in self.lines if start <= line.time_ns < end})
            return _success(names)
        assert path == "/loki/api/v1/query_range"
        if counting := COUNTING.fullmatch(params["query"]):
            assert counting["masking"].count("regexReplaceAll") == 3
            assert counting["masking"].count("(trunc 400 __line__)") == 1
            return self._matrix(counting[1], counting["range"], params, masked)
        if total := TOTAL.fullmatch(params["query"]):
            return self._matrix(total[1], total["range"], params, lambda line: "")
        finding = FINDING.fullmatch(params["query"])
        assert finding, params["query"]
        assert params["direction"] == "forward"
        assert int(params["limit"]) <= 5000
        return self._streams(finding[1], finding[2], start, end, int(params["limit"]))

    def _matrix(self, service: str, width: str, params: dict[str, str], label: Any) -> httpx.Response:
        """Count at every step what was written in the range before it, the end included."""
        range_ns = int(width) * NS
        assert params["step"] == f"{width}s"
        series: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for moment in range(int(params["start"]), int(params["end"]) + 1, range_ns):
            for line in self.lines:
                if line.service == service and moment - range_ns < line.time_ns <= moment:
                    series[label(line.body), line.severity.lower()][moment] += 1
        if len(series) > self.most_series:
            return httpx.Response(
                400, text=f"maximum of series ({self.most_series}) reached for a single query; consider reducing it"
            )
        result = [
            {
                "metric": {"masked": key[0], "detected_level": key[1]} if key[0] else {},
                "values": [[moment / NS, str(n)] for moment, n in values.items()],
            }
            for key, values in series.items()
        ]
        return _success({"resultType": "matrix", "result": result})

    def _streams(self, service: str | None, text: str | None, start: int, end: int, limit: int) -> httpx.Response:
        wanted = json.loads(f'"{text or ""}"')
        plain = re.sub(r"\\x\{(\w+)\}", lambda found: re.escape(chr(int(found[1], 16))), wanted)
        found = [
            line
            for line in self.lines
            if start <= line.time_ns < end
            and (not service or line.service == service)
            and re.search(plain, line.body, re.IGNORECASE)
        ][:limit]
        result = [
            {
                "stream": {
                    "service_name": line.service,
                    "detected_level": line.severity.lower(),
                    "service_instance_id": line.pod,
                    "trace_id": line.trace,
                },
                "values": [[str(line.time_ns), line.body]],
            }
            for line in found
        ]
        return _success({"resultType": "streams", "result": result})


def _success(data: Any) -> httpx.Response:
    return httpx.Response(200, json={"status": "success", "data": data})


def source(handler: Handler, horizon: TimeWindow, **fields: object) -> LokiLogs:
    return LokiLogs(opening("loki", horizon, **fields), httpx.MockTransport(handler))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return logs_alone(tmp_path_factory.mktemp("lines"))


def test_the_same_evidence(there: Recorded) -> None:
    live = source(Fake(stored_lines()), whole_extent(there.telemetry))
    expected = survey(there.telemetry, there.scope, "logs")
    assert len(expected) > 3
    assert_same(expected, survey(Telemetry(logs=live), there.scope, "logs"), EXACT)


def test_every_line_has_an_example_with_its_trace(there: Recorded) -> None:
    live = source(Fake(stored_lines()), whole_extent(there.telemetry))
    for line in live.lines(there.scope):
        assert masked(line.example) == line.masked
        assert line.example != line.masked or "<" not in line.masked


def test_bytes_do_not_grow_with_traffic(there: Recorded) -> None:
    lines = stored_lines()
    busy, busier = (source(Fake(of), whole_extent(there.telemetry)) for of in (lines * 6, lines * 18))
    busy.lines(there.scope)
    busier.lines(there.scope)
    assert busier.fetched().bytes < 1.4 * busy.fetched().bytes


def test_above_the_limit_of_series_lines_are_estimated_and_that_is_said(there: Recorded) -> None:
    live = source(Fake(stored_lines(), most_series=3), whole_extent(there.telemetry))
    expected = {(line.service, line.masked): line.n for line in log_source(there.telemetry).lines(there.scope)}
    found = {(line.service, line.masked): line.n for line in live.lines(there.scope)}
    for key, n in expected.items():
        if n.incident > 20:
            assert abs(found[key].incident - n.incident) <= 0.2 * n.incident
    assert any("estimated from samples" in note for note in live.degradations())


def test_lines_are_found_whatever_they_contain(there: Recorded) -> None:
    live, embedded = source(Fake(stored_lines()), whole_extent(there.telemetry)), log_source(there.telemetry)
    for service, text in (("", ""), ("payment", "CHARGE"), ("", 'no "such" \\ `line'), ("cart", "")):
        ours = live.search(there.scope.incident, service, text, 7)
        theirs = embedded.search(there.scope.incident, service, text, 7)
        assert [(row.time_ns, row.body, row.pod) for row in ours] == [
            (row.time_ns, row.body, row.pod) for row in theirs
        ]


def test_the_tenant_is_named(there: Recorded) -> None:
    fake = Fake(stored_lines())
    source(fake, whole_extent(there.telemetry), tenant="team-a").services()
    assert fake.tenants == {"team-a"}


def test_a_dead_loki_is_a_failure_and_not_an_estimate(there: Recorded) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/values"):
            return _success(["cart"])
        return httpx.Response(503, text="no ingester")

    with pytest.raises(SourceError, match="503"):
        source(handle, whole_extent(there.telemetry)).lines(there.scope)


def test_the_queries_are_shown(there: Recorded) -> None:
    live = source(Fake(stored_lines()), whole_extent(there.telemetry))
    queries = live.sql("lines", there.scope).splitlines()
    assert len(queries) == len(live.services())
    assert all(COUNTING.fullmatch(query) for query in queries)
    with pytest.raises(InputError, match="known: lines"):
        live.sql("series", there.scope)
