"""Messages that arrive while the screen closes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from textual.app import App
from textual.widgets import TabbedContent

A = TypeVar("A", bound=App[Any])
M = TypeVar("M")


def while_open(handler: Callable[[A, M], None]) -> Callable[[A, M], None]:
    """Leave a message aside once the screen closes: the widgets that it is about may be gone."""

    @wraps(handler)
    def guarded(app: A, event: M) -> None:
        if app.screen_stack and app.screen_stack[0].query(TabbedContent):
            handler(app, event)

    return guarded
