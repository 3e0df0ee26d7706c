"""Pictures of the main states in both sizes, each with words that must be in it: a picture alone may pass falsely."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from agent.chat import Session, Turn
from agent.schema import Incident
from agent.tui.app import ChatApp
from tests.agent.incidents import slow_pay
from tests.agent.render import sample
from tests.agent.tui.person import NARROW, WIDE, Person
from tools.config import KnowledgeSettings, Settings

Snap = Callable[..., bool]
REJECTED = sample.SECOND.model_copy(update={"rejected": "redis was idle"})
SAID = (
    Turn(who="person", text="why does it wait?"),
    Turn(
        who="model",
        model="small-1",
        asked=('log_lines {"service": "payment", "text": "lock"} → [Q1]',),
        text="self-time of payment POST /charge (median) rose from 3.1 ms to 118 ms [E1]",
        unverified=("A lock is held across a call.",),
        struck=("errors of payment rose from 0 to 90 % (E2 says nothing about errors)",),
    ),
    Turn(who="notice", text="the model endpoint limits the rate in mid-answer; what had arrived is kept"),
)
STILL = 5
"""Looks at the screen in a row that see no change."""
STATES: dict[str, tuple[list[str], str]] = {
    "ranking": ([], "Evidence of 1 payment"),
    "finding": (["enter", "enter"], "self-time of payment POST /charge"),
    "rejected": (["down"], "ruled out: redis was idle"),
    "everything": (["f", "f", "f", "f"], "Evidence · all"),
    "commands": (["slash", "r", "e"], "/reject H2 REASON"),
    "plot": (["2"], "dotted: 90 % of the baseline"),
    "palette": (["ctrl+p", *"reject"], "rule a hypothesis out"),
    "answered": (["c"], "Unverified, its own words:"),
    "confirm": (["K"], "## Resolution"),
}


def app_of(tmp_path: Path) -> ChatApp:
    """Return the application on a finished run that is the same every time."""
    report = sample.report(sample.FIRST, REJECTED)
    run = tmp_path / "runs" / report.run_id
    run.mkdir(parents=True)
    (run / "run.json").write_text(Incident(folder=slow_pay(tmp_path / "shop")).model_dump_json())
    (run / "report.json").write_text(report.model_dump_json())
    (run / "chat.jsonl").write_text("".join(turn.model_dump_json() + "\n" for turn in SAID))
    (tmp_path / "postmortems").mkdir()
    knowledge = KnowledgeSettings(folder=tmp_path / "postmortems")
    return ChatApp(Session.open(report.run_id, Settings(runs=tmp_path / "runs", knowledge=knowledge)))


def presser(keys: list[str], expected: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return what brings the application into a state and makes sure of it."""

    async def press(pilot: Pilot[None]) -> None:
        app: Any = pilot.app
        app.animation_level = "none"
        app.prompt.cursor_blink = False
        await pilot.press(*keys)
        person = Person(app, pilot)
        await person.sees(expected)
        for line in app.screen.query("Input, TextArea"):
            line.cursor_blink = False
        for person_name in app.screen.query("#person"):
            person_name.value = "Ada"  # else it is what git knows
        await person.until(lambda: app.settled and not app.animator._animations, "the detail pane")
        shown: list[str] = []
        while len(shown) < STILL or len(set(shown[-STILL:])) > 1:  # what is mounted late, or on a busy machine
            await pilot.pause(0.1)
            shown.append(person.screen())

    return press


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("state", STATES)
def test_state(state: str, size: tuple[int, int], tmp_path: Path, snap_compare: Snap) -> None:
    keys, expected = STATES[state]
    assert snap_compare(app_of(tmp_path), terminal_size=size, run_before=presser(keys, expected))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_light(size: tuple[int, int], tmp_path: Path, snap_compare: Snap) -> None:
    app = app_of(tmp_path)
    app.theme = "textual-light"
    assert snap_compare(app, terminal_size=size, run_before=presser([], "Evidence of 1 payment"))
