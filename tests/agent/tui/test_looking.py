"""A person looks: hypotheses, evidence, what is behind it. Nothing here changes the run."""

import pytest
from textual.color import Color

from agent.chat.sides import FILTERS
from tests.agent.tui.person import NARROW, WIDE, at_work
from tools.config import Settings

pytestmark = pytest.mark.anyio
Run = tuple[Settings, str]


async def test_the_verdict_and_the_ranking_are_on_the_screen(investigated: Run) -> None:
    for size in (NARROW, WIDE):
        async with at_work(investigated[1], investigated[0], size) as person:
            await person.sees("ROOT CAUSE: pay")
            await person.sees("Evidence of 1 pay")
            assert "█" in person.screen()
            assert "✓traces" in person.screen()
            assert "no model" in person.screen()


async def test_evidence_follows_the_selected_hypothesis(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        second = person.app.session.hypothesis("H2").component
        await person.press("down")
        await person.sees(f"Evidence of 2 {second}")
        shown = {item.key for item in person.app.evidence.items if item.side == "for"}
        assert shown == set(person.app.session.hypothesis("H2").supports)
        await person.press("up")
        await person.sees("Evidence of 1 pay")


async def test_the_filter_goes_through_all_sides(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        everything = len(person.app.session.answered().evidence)
        seen = []
        for _ in FILTERS:
            await person.press("f")
            await person.pilot.pause()
            seen.append({item.side for item in person.app.evidence.items})
        assert seen[0] == {"for"}
        assert seen[1] <= {"against"}
        assert seen[2] <= {"missing"}
        assert len(person.app.evidence.items) < everything
        assert "for" in seen[4]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_enter_goes_from_a_hypothesis_to_its_evidence_to_what_is_behind_it(
    investigated: Run, size: tuple[int, int]
) -> None:
    async with at_work(investigated[1], investigated[0], size) as person:
        await person.press("enter")
        await person.until(lambda: person.app.evidence.has_focus)
        await person.press("enter")
        await person.sees("1 Finding")
        await person.until(lambda: "whydown show" in person.pane("finding"))
        current = person.app.evidence.current
        assert current is not None
        assert person.pane("finding").startswith(current.key)


async def test_every_tab_shows_what_its_name_says(investigated: Run) -> None:
    expected = {
        "1": "pay",
        "2": "90 % of the baseline",
        "3": "critical path",
        "4": "log templates",
        "5": "blast radius of pay",
        "6": "+ timeout: 20 s",
        "7": "No knowledge folder is configured",
    }
    async with at_work(investigated[1], investigated[0]) as person:
        for key, text in expected.items():
            await person.press(key)
            await person.sees(text)


async def test_the_waterfall_has_self_times_and_the_topology_says_who_is_hurt(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        await person.press("3")
        await person.sees("duration     self")
        await person.press("5")
        await person.sees("▲")
        assert "● pay" in person.screen()


async def test_a_narrow_terminal_shows_one_pane_at_a_time(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0], NARROW) as person:
        for key, pane in (("d", "detail"), ("c", "conversation"), ("e", "evidence")):
            await person.press(key)
            await person.pilot.pause()
            visible = {
                name
                for name in ("evidence", "detail", "conversation")
                if person.app.query_one(f"#{name}").region.height
            }
            assert visible == {pane}
        assert all(len(line) <= 80 for line in person.screen().splitlines())


async def test_a_resized_terminal_keeps_selection_and_fits(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        await person.press("down")
        chosen = person.app.selected
        for size in (NARROW, (40, 12), WIDE):
            await person.pilot.resize_terminal(*size)
            await person.pilot.pause()
            assert person.app.selected == chosen
            assert all(len(line) <= size[0] for line in person.screen().splitlines())
        assert "confident" in person.screen().splitlines()[0], "the verdict is still cut as it was on 40 columns"


async def test_search_narrows_the_evidence_and_escape_leaves_it(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        await person.type("/search cpu.usage")
        await person.sees("“cpu.usage”")
        assert person.app.evidence.items
        assert all("cpu.usage" in item.evidence.statement for item in person.app.evidence.items if item.evidence)
        await person.press("escape")
        await person.until(lambda: "cpu.usage”" not in person.screen())


async def test_a_finding_is_copied_with_its_command(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        await person.press("enter", "down", "up", "y")
        await person.until(lambda: "whydown show" in person.app.clipboard)
        first = person.app.evidence.current
        assert first is not None
        assert first.evidence is not None
        assert person.app.clipboard == f"{first.evidence.statement}\n{first.evidence.query}"


async def test_the_mouse_selects_and_opens(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        await person.pilot.click("#hypotheses", offset=(5, 2))
        await person.sees("Evidence of 2")
        await person.pilot.click("#evidence", offset=(5, 1), times=2)
        await person.sees("verify")


async def test_light_and_dark_can_be_changed(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        before = person.app.current_theme.dark
        await person.press("t")
        await person.until(lambda: person.app.current_theme.dark is not before)


async def test_the_palette_offers_every_command(investigated: Run) -> None:
    async with at_work(investigated[1], investigated[0]) as person:
        await person.press("ctrl+p")
        await person.pilot.pause()
        await person.press(*"missing")
        await person.sees("what would settle it")
        await person.press("enter", "enter")
        await person.until(lambda: any("read: traces" in text for text in person.said()))


async def test_without_colour_nothing_is_coloured(investigated: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with at_work(investigated[1], investigated[0]) as person:
        shown = [strip for line in person.app.screen._compositor.render_strips() for strip in [line]]
        colours = {
            colour.get_truecolor()
            for strip in shown
            for segment in strip.apply_filter(person.app._filters[0], Color.parse("black"))
            if segment.style
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour
        }
        assert colours
        assert all(max(rgb) - min(rgb) <= 1 for rgb in colours)
        assert "ROOT CAUSE" in person.screen()
