import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from agent.show import Filters, Request, Table, show, sql
from tests.builders import BASELINE, INCIDENT, Folder, Log, Point, Span, gauge, shop
from tools.config import Settings
from tools.errors import InputError, UnknownServiceError, WindowError
from tools.window import TimeWindow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `pay` is slow, logs a new line and uses more CPU, after a deploy."""
    path = tmp_path_factory.mktemp("shop")
    built = Folder(path).spans(*shop(0, 60)).spans(*shop(60, 60, slow={"pay": 40.0})).incident()
    built.logs(
        *(Log("pay", f"charged {n} euro", at=n) for n in range(120)),
        *(Log("pay", f"waiting for lock {n}", at=n, severity="WARN") for n in range(70, 120)),
    )
    built.metrics(
        *gauge("pay", "cpu.usage", [0.1, 0.12, 0.1, 0.12, 0.1, 0.12, *[0.7] * 6]), *gauge("bank", "m", [1] * 12)
    )
    built.change(58, "pay", "deploy", "v42 rolled out", "v42")
    return path


def ask(folder: Path, signal: str, table: str = "", *, compared: bool = True, **filters: Any) -> Table:
    windows: dict[str, Any] = {"incident": INCIDENT, "baseline": (BASELINE,)} if compared else {}
    return show(Request(folder, signal, table, filters=Filters(**filters), **windows), Settings())


def row(table: Table, **fields: str) -> dict[str, Any]:
    (found,) = [r for r in table.records() if all(r[key] == value for key, value in fields.items())]
    return found


def test_operations_have_the_numbers_of_both_windows(folder: Path) -> None:
    pay = row(ask(folder, "traces"), service="pay", operation="serve pay")
    assert pay["calls_baseline"] == pay["calls_incident"] == 60
    assert 8e6 < pay["own_p50_ns_baseline"] < 12e6
    assert 48e6 < pay["own_p50_ns_incident"] < 52e6
    assert pay["errors_incident"] == 0
    assert 39e6 < pay["excess_ns"] < 41e6


def test_the_operation_with_the_most_to_explain_comes_first(folder: Path) -> None:
    assert ask(folder, "traces").records()[0]["operation"] == "serve pay"


def test_without_windows_everything_is_one_window(folder: Path) -> None:
    table = ask(folder, "traces", compared=False)
    pay = row(table, operation="serve pay")
    assert pay["calls_incident"] == 120
    assert not [key for key in pay if key.endswith("_baseline")]


def test_filters_keep_what_they_name_and_few_rows_are_plotted(folder: Path) -> None:
    table = ask(folder, "traces", "edges", service="front", peer="pay")
    (edge,) = table.records()
    assert (edge["operation"], edge["gap_p50_ns_incident"], edge["leaf"]) == ("call pay", 500_000, "no")
    (plot,) = table.plots
    assert plot.mark_ns == INCIDENT.start_ns
    assert ask(folder, "traces", "edges").plots == ()


def test_entries_give_rates(folder: Path) -> None:
    (entry,) = ask(folder, "traces", "entries").records()
    assert entry["rate_per_second_incident"] == pytest.approx(1.0)
    assert entry["requests_baseline"] == 60


def test_segments_need_an_operation_and_compare_values(tmp_path: Path) -> None:
    rows = [
        Span(f"t{n}", "a", operation="op", at=n, ms=50 if n > 60 and n % 2 else 5, attributes={"eu": str(n % 2)})
        for n in range(120)
    ]
    Folder(tmp_path).spans(*rows)
    table = ask(tmp_path, "traces", "segments", service="front", operation="op", name="eu")
    assert [r["value"] for r in table.records()] == ["1", "0"]
    with pytest.raises(InputError, match="needs --service and --operation"):
        ask(tmp_path, "traces", "segments")


def test_slowest_spans_and_one_trace(folder: Path) -> None:
    first, *_ = ask(folder, "traces", "slowest", service="front", limit=3).records()
    assert float(str(first["duration_ns"])) > 65e6
    tree = ask(folder, "traces", trace=str(first["trace_id"]))
    assert [(r["depth"], r["operation"]) for r in tree.records()] == [
        (0, "front GET /"),
        (1, "front call cart"),
        (2, "cart serve cart"),
        (1, "front call pay"),
        (2, "pay serve pay"),
        (3, "pay call bank"),
        (4, "bank serve bank"),
    ]
    assert ask(folder, "traces", "failed", service="front").rows == ()
    assert len(ask(folder, "traces", "median", service="pay", operation="serve pay", limit=2).rows) == 2


def test_log_lines_are_counted_and_searched(folder: Path) -> None:
    waiting = row(ask(folder, "logs"), severity="WARN")
    assert (waiting["n_baseline"], waiting["n_incident"]) == (0, 50)
    found = ask(folder, "logs", search="lock 7", limit=0).records()
    assert [r["body"] for r in found] == [f"waiting for lock {n}" for n in range(70, 80)]


def test_rows_that_were_cut_are_said_so_and_a_pod_is_looked_for_in_all_lines(folder: Path, tmp_path: Path) -> None:
    assert ask(folder, "traces", "slowest", service="front", limit=3).notes == (
        "there are more than these 3; --limit 0 shows all",
    )
    assert len(ask(folder, "traces", "slowest", service="front", limit=0).rows) > 3
    lines = [Log("pay", f"tick {n}", at=n, pod="a" if n < 50 else "b") for n in range(60)]
    pods = Folder(tmp_path).logs(*lines).path
    table = ask(pods, "logs", search="tick", pod="b", limit=5, compared=False)
    assert [r["body"] for r in table.records()] == [f"tick {n}" for n in range(50, 55)]
    assert table.notes == ("there are more than these 5; --limit 0 shows all",)
    assert table.title == "log lines"
    exact = ask(pods, "logs", search="tick", pod="b", limit=10, compared=False)
    assert (len(exact.rows), exact.notes) == (10, ())


def test_series_that_only_their_pod_tells_apart_show_it(tmp_path: Path) -> None:
    points = [Point("pay", "cpu", 1.0, at=n, pod=pod) for n in range(120) for pod in ("pay-1", "pay-2")]
    twice = ask(Folder(tmp_path).metrics(*points).path, "metrics")
    assert [column.rank for column in twice.columns if column.key == "pod"] == [0]
    once = ask(tmp_path, "metrics", pod="pay-1")
    assert [column.rank for column in once.columns if column.key == "pod"] == [1]


def test_metrics_have_levels_and_the_one_that_moved_comes_first(folder: Path) -> None:
    first, second = ask(folder, "metrics").records()
    assert (first["metric"], second["metric"]) == ("cpu.usage", "m")
    assert first["median_baseline"] == pytest.approx(0.11)
    assert first["median_incident"] == 0.7
    assert (first["points_baseline"], first["max_baseline"]) == (6, 0.12)
    assert ask(folder, "metrics", name="m", service="bank").total == 1


def test_changes_are_placed_relative_to_the_incident(folder: Path) -> None:
    (change,) = ask(folder, "changes").records()
    assert change["after_start_minutes"] == pytest.approx(-2 / 60)
    assert ask(folder, "changes", name="v43").rows == ()


def test_the_overview_names_signals_and_what_is_missing(folder: Path, tmp_path: Path) -> None:
    table = show(Request(folder), Settings())
    assert [r["signal"] for r in table.records()] == ["traces", "logs", "metrics", "changes"]
    Folder(tmp_path).logs(Log("a", "x", at=1))
    assert show(Request(tmp_path), Settings()).notes == ("missing: traces, metrics, changes",)


def test_the_windows_of_an_investigation_can_be_used(folder: Path) -> None:
    table = show(Request(folder, "traces", compare=True), Settings())
    assert table.windows == (INCIDENT, BASELINE)


@pytest.mark.parametrize(
    ("signal", "table", "filters", "problem"),
    [
        ("smells", "", {}, "no signal 'smells': known: traces, logs, metrics, topology, changes"),
        ("traces", "nonsense", {}, "traces has no table 'nonsense': known: operations, edges, entries"),
        ("traces", "slowest", {}, "the table slowest needs --service: known: bank, cart, front, pay"),
        ("traces", "trace", {}, "the table trace needs --trace ID"),
        ("traces", "", {"trace": "xyz"}, "no trace 'xyz'"),
    ],
)
def test_a_wrong_request_says_what_exists(
    folder: Path, signal: str, table: str, filters: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InputError) as refused:
        ask(folder, signal, table, **filters)
    assert str(refused.value).startswith(problem)


def test_an_unknown_service_and_a_missing_signal_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownServiceError, match="'nobody'"):
        ask(folder, "traces", service="nobody")
    Folder(tmp_path).logs(Log("a", "x", at=1))
    with pytest.raises(InputError, match="the folder has no traces: it has logs"):
        ask(tmp_path, "traces", compared=False)


def test_windows_outside_the_data_or_without_incident_are_refused(folder: Path) -> None:
    later = TimeWindow(start_ns=INCIDENT.end_ns * 2, end_ns=INCIDENT.end_ns * 3)
    with pytest.raises(WindowError, match="outside the data"):
        show(Request(folder, "traces", incident=later), Settings())
    with pytest.raises(WindowError, match="--baseline needs --incident"):
        show(Request(folder, "traces", baseline=(BASELINE,)), Settings())


def run_script(script: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(script).fetchall()


def test_the_sql_of_operations_gives_the_same_numbers(folder: Path) -> None:
    request = Request(folder, "traces", incident=INCIDENT, baseline=(BASELINE,))
    rows = run_script(sql(request, Settings()))
    pay = row(ask(folder, "traces"), operation="serve pay")
    (found,) = [r for r in rows if r[1] == "serve pay" and r[2] == 1 and r[3] is None]
    assert found[6][1] == pay["own_p50_ns_incident"]
    assert found[7] == pay["calls_incident"]


@pytest.mark.parametrize("signal", ["logs", "metrics", "topology"])
def test_the_sql_of_other_signals_runs_in_a_plain_shell(folder: Path, signal: str) -> None:
    request = Request(folder, signal, incident=INCIDENT, baseline=(BASELINE,))
    assert run_script(sql(request, Settings()))


def test_the_sql_of_metrics_names_the_series(folder: Path) -> None:
    script = sql(Request(folder, "metrics", incident=INCIDENT, baseline=(BASELINE,)), Settings())
    assert script.startswith("-- role: 1 is the incident window, 0 the baseline.")
    found = [row for row in run_script(script) if (row[0], row[3], row[6]) == ("pay", "cpu.usage", 1)]
    assert [level for *_, level in found] == [0.7] * 6


@pytest.mark.parametrize(("signal", "table"), [("changes", ""), ("traces", "slowest"), ("logs", "search")])
def test_a_table_that_no_sql_makes_says_so(folder: Path, signal: str, table: str) -> None:
    with pytest.raises(InputError, match="SQL"):
        sql(Request(folder, signal, table), Settings())


def test_records_are_plain_json(folder: Path) -> None:
    assert json.dumps(ask(folder, "traces").records(), allow_nan=False)
