"""The keys of the application, which count while nobody types, and what the command palette offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from agent.chat.commands import COMMANDS
from agent.tui.detail import TABS

KEYS: list[BindingType] = [
    Binding("a", "ask('')", "Ask"),
    Binding("slash", "ask('/')", "Command", key_display="/"),
    Binding("f", "filter", "Filter"),
    Binding("p", "pin", "Pin"),
    Binding("x", "fill('/reject')", "Reject"),
    Binding("o", "fill('/observe')", "Observe"),
    Binding("e", "pane('evidence')", "Evidence", show=False),
    Binding("d", "pane('detail')", "Detail", show=False),
    Binding("c", "pane('conversation')", "Conversation", show=False),
    Binding("h", "focus('hypotheses')", "Hypotheses", show=False),
    Binding("s", "ask('/search ')", "Search", show=False),
    Binding("w", "fill('/window')", "Windows", show=False),
    Binding("r", "command('/investigate')", "Run again", show=False),
    Binding("K", "command('/confirm')", "Confirm", show=False),
    Binding("E", "command('/export')", "Export", show=False),
    Binding("t", "command('/theme')", "Theme", show=False),
    Binding("y", "copy", "Copy", show=False),
    Binding("question_mark", "command('/help')", "Help", key_display="?"),
    Binding("escape", "stop", "Stop", show=False),
    *(
        Binding(str(number), f"tab('{pane}')", title, show=False)
        for number, (pane, title) in enumerate(TABS.items(), 1)
    ),
]


def palette(act: Callable[[str], None], begin: Callable[[str], None]) -> Iterable[SystemCommand]:
    """Yield every command of the conversation.

    Args:
        act: does what a command says.
        begin: begins a command that needs an argument.
    """
    for kind in COMMANDS:
        line, do = f"/{kind.name}", act if kind.alone else begin
        yield SystemCommand(f"{line} {kind.arguments}".rstrip(), kind.help, lambda do=do, line=line: do(line))
