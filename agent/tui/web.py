"""The same application in a browser: one process a visitor, nothing fetched from elsewhere."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

TEMPLATES = Path(__file__).parent / "web_templates"
"""Our own page: the library's links fonts of another host, which a machine in trouble may not reach."""


class ChatServer(Server):
    """Serves `whydown chat` to pages of its own address only: any other page could else type into it."""

    def initialize_logging(self) -> None:
        """Say where it is served; requests are not worth a line each."""
        print(f"whydown chat is served at {self.public_url} (Ctrl-C ends it)", flush=True)

    async def on_startup(self, app: web.Application) -> None:
        """Keep quiet: the address has been said."""

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Open a session.

        Raises:
            HTTPForbidden: a page of another origin asks.
        """
        origin = request.headers.get("Origin", self.public_url)
        if origin != self.public_url:
            raise web.HTTPForbidden(text=f"open {self.public_url}")
        return await super().handle_websocket(request)


def serve(words: Sequence[str], host: str, port: int) -> None:
    """Serve until Ctrl-C.

    Args:
        words: arguments of `whydown chat`.
        host: address to listen on. Whoever reaches it works with the rights of this process.
        port: port to listen on.

    Raises:
        OSError: the port is taken.
    """
    command = shlex.join([sys.executable, "-m", "agent", "chat", *words])
    ChatServer(command, host=host, port=port, title="whydown", templates_path=str(TEMPLATES)).serve()
