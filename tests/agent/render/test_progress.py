import io

from rich.console import Console

from agent.render.progress import investigation_progress


def console(terminal: bool) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=terminal, width=80, color_system=None), out


def test_verbose_writes_a_line_for_every_step() -> None:
    err, out = console(terminal=False)
    with investigation_progress(err, verbose=True) as told:
        told("survey", "latency")
        told("survey", "")
    first, second = out.getvalue().splitlines()
    assert first.endswith("s survey latency")
    assert second.endswith("s survey")


def test_nothing_is_written_when_nobody_watches() -> None:
    err, out = console(terminal=False)
    with investigation_progress(err, verbose=False) as told:
        told("survey", "")
    assert out.getvalue() == ""


def test_a_terminal_sees_a_bar_that_moves_on() -> None:
    err, out = console(terminal=True)
    with investigation_progress(err, verbose=False) as told:
        told("intake", "")
        told("survey", "logs\x1b[2J")
        told("a node of a later version", "")
    assert "\x1b[2J" not in out.getvalue()
    assert "a node of a later version" in out.getvalue()
