"""What goes wrong is said in place, and nothing is lost."""

from pathlib import Path

import pytest

from agent.runs import create_run
from agent.schema import Incident, Report
from tests.agent.render import sample
from tests.agent.tui.person import NARROW, WIDE, at_work
from tools.config import Settings

pytestmark = pytest.mark.anyio


def kept(settings: Settings, report: Report, folder: Path) -> str:
    """Return the id of a run that ended with a report."""
    run = create_run(settings.runs, Incident(folder=folder))
    finished = report.model_copy(update={"run_id": run.id})
    (run.path / "report.json").write_text(finished.model_dump_json())
    return run.id


async def test_a_source_that_cannot_be_read_at_the_beginning(folder: Path, settings: Settings) -> None:
    (folder / "traces.parquet").write_bytes(b"not parquet")
    async with at_work(folder, settings, done=False) as person:
        await person.until(lambda: any("traces.parquet" in text for text in person.said()))
        await person.sees("⚠")
        await person.type("/runs")
        await person.until(lambda: any("/resume" in text for text in person.said()))


async def test_a_source_that_goes_away_later(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        (folder / "logs.parquet").write_bytes(b"")
        await person.type("logs of pay")
        await person.until(lambda: any("logs.parquet" in text for text in person.said()))
        await person.press("escape", "4")
        await person.until(lambda: "logs.parquet" in "".join(person.pane("logs").split()))
        assert person.app.hypotheses.items


async def test_ten_thousand_findings_are_a_list_like_any_other(folder: Path, settings: Settings) -> None:
    many = tuple(sample.evidence(n, f"finding number {n} of payment", 5.0 + n % 7) for n in range(1, 10_001))
    run = kept(settings, sample.report(items=many), folder)
    async with at_work(run, settings) as person:
        await person.press("f", "f", "f", "f", "e")
        await person.until(lambda: len(person.app.evidence.items) == 10_001)
        await person.press("end")
        await person.until(lambda: person.app.evidence.cursor == 10_000)
        current = person.app.evidence.current
        assert current is not None
        await person.sees(current.key)
        await person.press("pageup", "home")
        assert person.app.evidence.cursor == 0


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_hostile_and_foreign_text_breaks_no_line(folder: Path, settings: Settings, size: tuple[int, int]) -> None:
    async with at_work(kept(settings, sample.hostile(), folder), settings, size) as person:
        for key in "1234567":
            await person.press(key)
            await person.pilot.pause(0.2)
            shown = person.screen()
            assert all(char == "\n" or char.isprintable() for char in shown)
            assert "\x1b" not in shown
        await person.type("why?")
        await person.until(lambda: len(person.said()) >= 2)


async def test_wide_characters_fit(folder: Path, settings: Settings) -> None:
    items = tuple(item.model_copy(update={"statement": "支付服务变慢了 🧨 " * 20}) for item in sample.EVIDENCE)
    async with at_work(kept(settings, sample.report(items=items), folder), settings, NARROW) as person:
        await person.sees("支付服务变慢了")
        assert all(len(line) <= 80 for line in person.screen().splitlines())
        await person.type("was ist 支付?")
        await person.until(lambda: any("支付" in text for text in person.said()))


async def test_a_runs_folder_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with at_work(folder, Settings(runs=tmp_path / "file" / "runs"), done=False) as person:
        await person.until(lambda: any("cannot write runs" in text for text in person.said()))


async def test_a_healthy_system_has_nothing_to_select(folder: Path, settings: Settings) -> None:
    async with at_work(kept(settings, sample.healthy(), folder), settings) as person:
        await person.sees("HEALTHY")
        await person.press("enter", "down", "f", "y", "x")
        await person.press("escape", *"1234567")
        await person.type("why?")
        await person.until(lambda: any("there is no hypothesis" in text for text in person.said()))
