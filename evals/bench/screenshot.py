"""`python -m evals.bench.screenshot OUT.svg`, which `make screenshot` runs: the interface on a bundled incident."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import Annotated

import typer


def screenshot(
    out: Annotated[Path, typer.Argument(help="SVG file to write")],
    recording: Annotated[Path, typer.Option(help="incident folder")] = Path("evals/recordings/payment-slow"),
    question: Annotated[str, typer.Option(help="what is asked")] = "who is affected?",
    tab: Annotated[str, typer.Option(help="key of the detail tab that is open")] = "2",
    columns: Annotated[int, typer.Option(help="width of the terminal")] = 140,
    lines: Annotated[int, typer.Option(help="height of the terminal")] = 40,
) -> None:
    """Investigate a recording in the terminal interface, ask a question, and write what is on the screen."""
    with tempfile.TemporaryDirectory(prefix="whydown-screenshot-") as runs:
        svg = asyncio.run(_taken(recording, Path(runs), question, tab, (columns, lines)))
    out.write_text(without_fonts(svg), encoding="utf-8")
    print(f"written: {out}")


async def _taken(recording: Path, runs: Path, question: str, tab: str, size: tuple[int, int]) -> str:
    from agent.chat import Session
    from agent.tui.app import ChatApp
    from tools.config import Settings

    app = ChatApp(Session.open(str(recording), Settings(runs=runs)))
    async with app.run_test(size=size) as pilot:
        while app.talk.running or app.session.report is None:
            await pilot.pause(0.1)
        app.action_command(question)
        await pilot.pause(1.5)
        app.hypotheses.focus()
        await pilot.press(tab)
        await pilot.pause(1.0)
        return app.export_screenshot(title="whydown chat")


def without_fonts(svg: str) -> str:
    """Return a picture that fetches nothing: its fonts are those of who looks at it."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    typer.run(screenshot)
