"""With ten thousand findings nothing holds the screen up: each step of its thread is short, in processor time."""

from pathlib import Path

import pytest

from tests.agent.render import sample
from tests.agent.tui.person import WIDE, Person, at_work
from tests.agent.tui.stretches import stretches
from tests.agent.tui.test_faults import kept
from tools.config import KnowledgeSettings, Settings

pytestmark = pytest.mark.anyio
MOST_S = 0.1
"""Twice what is wanted of an idle machine: processor time counts for more where others use the caches."""
KEYS = ["f", "f", "f", "f", "e", *["j"] * 10, "end", "pageup", "home", "h", "down", "up", *"1234567", "1", "p"]


@pytest.fixture
def prepared(folder: Path, tmp_path: Path) -> tuple[Settings, str]:
    """Return a run with many findings, and where postmortems are."""
    (tmp_path / "postmortems").mkdir()
    settings = Settings(runs=tmp_path / "runs", knowledge=KnowledgeSettings(folder=tmp_path / "postmortems"))
    many = tuple(sample.evidence(n, f"finding number {n} of payment", 5.0 + n % 7) for n in range(1, 10_001))
    return settings, kept(settings, sample.report(items=many), folder)


async def use(person: Person, out: Path) -> None:
    """Go through everything that a person does with a finished run."""
    for key in KEYS:
        await person.press(key)
        await person.pilot.pause(0.05)
        await person.until(lambda: person.app.settled)
    await person.type("/search 999")
    await person.sees("“999”")
    await person.press("escape")
    await person.type("why?")
    await person.type("/help")
    await person.type(f"/export {out}")
    await person.until(out.exists)
    await person.type("/confirm")
    await person.sees("## Resolution")
    await person.press("escape")
    await person.press("ctrl+p", *"miss")
    await person.sees("what would settle it")
    await person.press("escape")


async def test_no_step_holds_the_screen_up(
    prepared: tuple[Settings, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, run = prepared
    async with at_work(run, settings, WIDE) as person:
        await person.until(lambda: person.app.settled)
        with stretches(monkeypatch) as taken:
            await use(person, tmp_path / "report.md")
    longest = sorted(taken, reverse=True)[:5]
    assert longest[0][0] < MOST_S, longest
    assert sum(seconds > MOST_S / 2 for seconds, _ in taken) <= len(taken) / 200, longest
