"""A person acts: every action changes something that can be seen, and it is kept."""

import threading
from pathlib import Path

import pytest
from textual.widgets import Static, TextArea

from agent.investigation import nodes
from agent.runs import find_run
from tests.agent.tui.person import NARROW, WIDE, at_work
from tools.analysers import ALL
from tools.analysers.base import Analyser
from tools.config import KnowledgeSettings, Settings
from tools.evidence import Evidence, EvidenceKind
from tools.sources import Telemetry
from tools.window import Scope

pytestmark = pytest.mark.anyio


async def test_a_plain_question_is_answered_with_a_table_and_its_command(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("compare pay with the baseline")
        await person.until(lambda: any("both windows" in text for text in person.said()))
        await person.sees("serve pay")
        await person.press("escape", "c", "end")
        await person.sees("whydown show")


async def test_what_is_not_understood_is_said_with_what_works(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings, NARROW) as person:
        await person.type("tell me a joke")
        await person.until(lambda: any("No language model is set up" in text for text in person.said()))
        await person.sees("what changed?")


async def test_a_citation_is_clicked(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("why?")
        await person.until(lambda: any(text.startswith("H1 pay") for text in person.said()))
        await person.pilot.pause()
        first = person.app.session.hypothesis().supports[0]
        lines = person.screen().splitlines()
        place = next((x, y) for y, line in enumerate(lines) if (x := line.rfind(f"[{first}]")) > 0)
        await person.pilot.click(offset=(place[0] + 1, place[1]))
        await person.until(lambda: person.pane("finding").startswith(first))


async def test_commands_are_hinted_and_completed(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.press("slash", "r", "e")
        await person.sees("/reject H2 REASON  rule a hypothesis out")
        await person.press("j", "tab")
        await person.until(lambda: person.app.prompt.value == "/reject")
        await person.press("space", "h")
        await person.pilot.pause()
        await person.press("tab")
        await person.until(lambda: person.app.prompt.value == "/reject H1")


async def test_what_was_typed_comes_back(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("/owner")
        await person.type("/missing")
        await person.press("up", "up")
        assert person.app.prompt.value == "/owner"
        await person.press("down", "down")
        assert person.app.prompt.value == ""
    async with at_work(folder, settings) as person:
        person.app.prompt.focus()
        await person.press("up")
        assert person.app.prompt.value == "/missing"


async def test_a_hypothesis_is_rejected_with_a_reason_and_restored(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.press("x")
        assert person.app.prompt.value == "/reject H1 "
        await person.press(*"idle", "enter")
        await person.until(lambda: any("Ruled out" in text for text in person.said()))
        await person.idle()
        await person.sees("(ruled out: idle)")
        assert [item.component for item in person.app.hypotheses.items][-1] == "pay"
        await person.type("/restore pay")
        await person.until(lambda: any("Taken back" in text for text in person.said()))
        assert person.app.hypotheses.items[0].component == "pay"


async def test_a_rejection_without_a_reason_is_refused(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("/reject H1")
        await person.until(lambda: any("needs a reason" in text for text in person.said()))
        await person.sees("⚠")


async def test_an_observation_becomes_evidence(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.press("down", "o")
        assert person.app.prompt.value == "/observe for bank "
        await person.press(*"full", "enter")
        await person.until(lambda: any("Noted as evidence" in text for text in person.said()))
        seen = [e for e in person.app.session.answered().evidence if e.kind is EvidenceKind.OBSERVATION]
        assert [(item.subject.service, item.statement) for item in seen] == [("bank", "full")]
        await person.until(lambda: "bank" in str(person.app.evidence.border_title))
        assert person.app.evidence.items[0].key == seen[0].id


async def test_hypotheses_and_findings_are_pinned(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.press("p")
        await person.until(lambda: any("Pins changed" in text for text in person.said()))
        await person.sees("★1")
        await person.press("e")
        await person.until(lambda: person.app.evidence.has_focus)
        await person.press("end", "p")
        await person.until(lambda: person.app.evidence.items[0].pinned)


async def test_other_windows_are_compared(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        before = person.app.session.answered()
        await person.press("w")
        start, end = person.app.prompt.value.split()[1].split("..")
        assert (start, end) == ("2023-11-14T22:14:20Z", "2023-11-14T22:15:20Z")
        person.app.prompt.value = f"/window 2023-11-14T22:14:40Z..{end}"
        await person.press("enter")
        await person.until(lambda: person.app.session.answered().run_id != before.run_id)
        await person.idle()
        assert person.app.session.answered().windows.chosen_by == "user"
        assert person.app.session.answered().windows.incident[0].second == 40


async def test_a_wrong_window_is_one_line(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("/window yesterday")
        await person.until(lambda: any("write FROM..TO" in text for text in person.said()))
        await person.type("/window 2020-01-01..2020-01-02")
        await person.until(lambda: any("outside the data" in text for text in person.said()))
        await person.until(lambda: not person.app.talk.running)
        await person.sees("Evidence of 1 pay")


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Add an analyser that hangs until the event is set."""
    release = threading.Event()

    def run(telemetry: Telemetry, scope: Scope, settings: object) -> list[Evidence]:
        release.wait(20)
        return []

    monkeypatch.setattr(nodes, "ALL", (*ALL, Analyser("hanging", (), run)))
    return release


async def test_escape_stops_with_an_honest_answer(folder: Path, settings: Settings, hanging: threading.Event) -> None:
    async with at_work(folder, settings, done=False) as person:
        await person.until(lambda: len(person.app.hypotheses.items) > 1, "a ranking while the survey runs")
        await person.sees("survey:")
        await person.press("down", "up")
        await person.press("escape")
        await person.idle()
        hanging.set()
        await person.until(lambda: any("Stopped early" in text for text in person.said()))
        assert any("hanging: stopped before it was done" in text for text in person.said())
        assert person.app.hypotheses.items[0].component == "pay"
        await person.sees("stopped")


async def test_one_investigation_at_a_time(folder: Path, settings: Settings, hanging: threading.Event) -> None:
    async with at_work(folder, settings, done=False) as person:
        await person.type("/investigate")
        await person.until(lambda: any("an investigation is running" in text for text in person.said()))
        await person.type("why?")
        await person.until(lambda: any("nothing has been investigated yet" in text for text in person.said()))
        hanging.set()
        await person.idle()


async def test_an_earlier_run_is_opened_with_what_was_said(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("who owns it?")
        await person.until(lambda: any("Nobody is known" in text for text in person.said()))
        run = person.app.session.answered().run_id
    async with at_work("", settings, done=False) as person:
        await person.sees(run[:12])
        await person.type(f"/resume {run}")
        await person.until(lambda: any("Nobody is known" in text for text in person.said()))
        await person.sees("ROOT CAUSE: pay")


async def test_a_killed_run_goes_on(folder: Path, settings: Settings) -> None:
    from agent.investigation import investigate
    from agent.schema import Incident

    def die(node: str, step: str) -> None:
        if node == "propose":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        investigate(Incident(folder=folder), settings, die)
    async with at_work("last", settings) as person:
        await person.sees("ROOT CAUSE: pay")
        assert person.app.session.answered().run_id == find_run(settings.runs, "last").id


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_cause_is_confirmed_and_the_postmortem_written(
    folder: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    knowledge = tmp_path / "postmortems"
    settings = Settings(runs=tmp_path / "runs", knowledge=KnowledgeSettings(folder=knowledge))
    knowledge.mkdir()
    async with at_work(folder, settings, size) as person:
        await person.press("K")
        await person.sees("## Resolution")
        await person.press("ctrl+s")
        await person.until(
            lambda: "what fixed it is missing" in str(person.app.screen.query_one("#confirm-problem", Static).render())
        )
        person.app.screen.query_one(TextArea).insert("Rolled v42 back.\n")
        person.app.screen.query_one("#person").value = "Ada"  # type: ignore[attr-defined]  # an Input
        await person.press("ctrl+s")
        await person.until(lambda: any("Confirmed as PM-1" in text for text in person.said()))
        (written,) = knowledge.glob("PM-1*.md")
        assert "Rolled v42 back." in written.read_text()
        assert "confirmed_by: Ada" in written.read_text()
        await person.type("/confirm")
        await person.sees("## Resolution")
        await person.press("escape")
        await person.until(lambda: len(person.app.screen_stack) == 1)


async def test_without_a_knowledge_folder_confirming_says_how(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("/confirm")
        await person.until(lambda: any("knowledge.folder" in text for text in person.said()))


async def test_the_report_is_exported(folder: Path, settings: Settings, tmp_path: Path) -> None:
    async with at_work(folder, settings) as person:
        await person.type(f"/export {tmp_path}/out.md")
        await person.until(lambda: any("Written to" in text for text in person.said()))
        assert (tmp_path / "out.md").read_text().startswith("## Root cause: pay")


async def test_help_lists_what_can_be_asked(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.press("question_mark")
        await person.sees("Questions answered from tables and the report")
        await person.sees("  E7  ·  H2  ·  a trace id")


async def test_quitting_keeps_everything(folder: Path, settings: Settings) -> None:
    async with at_work(folder, settings) as person:
        await person.type("/quit")
        await person.until(lambda: not person.app.is_running)
    run = find_run(settings.runs, "last")
    assert run.has_report
    assert "/quit" in (run.path / "chat.jsonl").read_text()
