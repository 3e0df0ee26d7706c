import io
import json

from rich.console import Console

from agent.render.console import THEME, print_view
from agent.render.table import table_json, table_view
from agent.show import Plot, Table
from agent.show.table import ROW_UNIT, TIME, Column, make, text, two, value
from tests.builders import SCOPE, T0
from tools.sources.rows import Two
from tools.window import NS

Row = tuple[str, float, float]
COLUMNS: list[Column[Row]] = [
    text("service", lambda r: r[0]),
    *two("own_p50_ns", "self p50", "ns", lambda r: Two(r[1], r[2])),
    *two("p99_ns", "self p99", "ns", lambda r: Two(r[1], r[2]), rank=2),
    value("excess_ns", "added", "ns", lambda r: r[2] - r[1], rank=2),
]
ROWS: list[Row] = [("pay", 1e6, 5e6), ("bank", 2e6, 2e6), ("cart", float("nan"), 3e3)]


def shown(table: Table, width: int = 80) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, theme=THEME, color_system=None)
    print_view(console, table_view(table, width))
    return out.getvalue().splitlines()


def test_a_list_has_windows_heads_and_rows() -> None:
    assert shown(make("operations", "operations", COLUMNS[:5], ROWS, SCOPE)) == [
        "operations",
        "incident 2023-11-14 22:14:20.000..22:15:20.000 UTC",
        "baseline 2023-11-14 22:13:20.000..22:14:20.000 UTC",
        "        self p50 self p50 self p99 self p99",
        "service baseline incident baseline incident",
        "pay         1 ms     5 ms     1 ms     5 ms",
        "bank        2 ms     2 ms     2 ms     2 ms",
        "cart           –     3 µs        –     3 µs",
    ]


def test_more_columns_are_shown_where_they_fit() -> None:
    table = make("operations", "operations", COLUMNS[:4], ROWS, SCOPE)
    two_windows = make("operations", "operations", COLUMNS, ROWS, SCOPE)
    heads = [line.split() for line in shown(two_windows, 80) if line.startswith("service")]
    assert heads == [["service", "baseline", "incident", "baseline", "incident", "added"]]
    assert [line.split() for line in shown(table, 26) if line.startswith("service")] == [
        ["service", "baseline", "incident"]
    ]


def test_long_names_are_cut_but_the_last_text_is_not() -> None:
    columns: list[Column[str]] = [text("name", lambda r: r), text("line", lambda r: r), value("n", "n", "", len)]
    row = "word " * 30
    lines = shown(make("t", "t", columns, [row] * 3, SCOPE))
    assert "…" in " ".join(line[:30] for line in lines)
    assert " ".join(line[30:75] for line in lines[4:]).split().count("word") >= 3 * 28
    assert max(map(len, lines)) <= 80


def test_a_column_without_content_is_left_out() -> None:
    columns: list[Column[Row]] = [*COLUMNS, text("pod", lambda r: "")]
    assert "pod" not in " ".join(shown(make("operations", "operations", columns, ROWS, SCOPE)))


def test_a_unit_may_stand_in_the_row() -> None:
    columns: list[Column[tuple[str, float]]] = [
        text("metric", lambda r: "m"),
        text("unit", lambda r: r[0], rank=2),
        value("level", "level", ROW_UNIT, lambda r: r[1]),
    ]
    lines = shown(make("t", "t", columns, [("By", 84e6), ("s", 0.0456), ("{thread}", 6.0)], SCOPE))
    assert [line.split()[1:3] for line in lines[4:]] == [["By", "84"], ["s", "45.6"], ["{thread}", "6"]]


def test_one_row_is_shown_with_every_number() -> None:
    assert shown(make("operations", "operations", COLUMNS, ROWS[:1], SCOPE))[3:] == [
        "pay",
        "            baseline  incident",
        "  self p50      1 ms      5 ms",
        "  self p99      1 ms      5 ms",
        "  added: 4 ms",
    ]


def test_cut_rows_are_counted() -> None:
    table = make("operations", "operations", COLUMNS, ROWS * 10, SCOPE, 5)
    assert shown(table)[-1] == "5 of 30 rows; --limit 0 shows all"


def test_an_empty_table_says_so() -> None:
    assert shown(make("operations", "operations", COLUMNS, [], SCOPE))[-1] == "no rows match"


def test_a_tree_is_indented() -> None:
    table = make("t", "tree", COLUMNS, ROWS, depths=[0, 1, 2])
    assert [line.split("  ")[0].rstrip() for line in shown(table)[3:]] == ["pay", "· bank", "· · cart"]


def test_times_show_a_date_only_where_days_differ() -> None:
    columns: list[Column[int]] = [value("t", "time", TIME, lambda r: r), text("a", lambda r: "x")]
    same = make("t", "times", columns, [T0 * NS, (T0 + 1) * NS, (T0 + 2) * NS], SCOPE)
    assert shown(same)[4] == "22:13:20.000 x"
    days = make("t", "times", columns, [T0 * NS, (T0 + 86_400) * NS, T0 * NS], SCOPE)
    assert shown(days)[4] == "2023-11-14 22:13:20.000 x"


def test_plots_follow_the_table() -> None:
    plot = Plot(
        "self-time", "ns", tuple(T0 * NS + n * NS for n in range(9)), (1e6,) * 5 + (5e6,) * 4, 1e6, (T0 + 5) * NS
    )
    lines = shown(make("operations", "operations", COLUMNS, ROWS, SCOPE, plots=[plot]))
    assert "self-time" in lines
    assert any(line.lstrip().startswith("5 ms┤") for line in lines)


def test_hostile_text_is_neutralised_and_fits() -> None:
    row = ("\x1b[2J[red]x[/red] " + "y" * 500, 1e6, 2e6)
    lines = shown(make("o", "\x1b]0;x\x07title", COLUMNS, [row] * 3, SCOPE, notes=["\x1b[31mnote"]))
    assert not any("\x1b" in line or len(line) > 80 for line in lines)
    assert lines[-1] == "note: note"


def test_json_has_raw_values_units_and_no_nan() -> None:
    content = json.loads(table_json(make("operations", "operations", COLUMNS, ROWS, SCOPE, 2, notes=["n"])))
    assert content["units"]["own_p50_ns_baseline"] == "ns"
    assert content["rows"][0]["own_p50_ns_incident"] == 5e6
    assert (content["total"], len(content["rows"]), content["notes"]) == (3, 2, ["n"])
    assert json.loads(table_json(make("o", "o", COLUMNS, ROWS, SCOPE)))["rows"][2]["own_p50_ns_baseline"] is None
