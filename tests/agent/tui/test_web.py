"""The web version: served on loopback, opened in a browser that is driven by its own protocol, typed into."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agent.tui.web import TEMPLATES
from tests.agent.incidents import slow_pay

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def process(*words: str, **environment: str) -> AsyncIterator[None]:
    """Run a program until the block ends, with all that it started."""
    import os

    started = await asyncio.create_subprocess_exec(
        *words,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(started.wait(), 10)
        except TimeoutError:
            os.killpg(started.pid, signal.SIGKILL)
            await started.wait()


async def answer_of(client: aiohttp.ClientSession, url: str, **headers: str) -> aiohttp.ClientResponse:
    """Ask until the server is up."""
    for _ in range(300):
        try:
            return await client.get(url, headers=headers)
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    raise AssertionError(f"{url} never answered")


class Browser:
    """One page of a headless Chromium."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0

    async def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send one command of the DevTools protocol and return its result."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            told = json.loads((await self._socket.receive()).data)
            if told.get("id") == self._number:
                return dict(told["result"])

    async def type(self, text: str) -> None:
        """Type text and press Enter."""
        for char in text:
            await self.key(char, char)
        await self.key("Enter", "\r", windowsVirtualKeyCode=13, code="Enter")

    async def key(self, name: str, text: str, **more: object) -> None:
        """Press one key."""
        await self.ask("Input.dispatchKeyEvent", type="keyDown", key=name, text=text, **more)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=name, **more)
        await asyncio.sleep(0.05)

    async def click(self, x: int, y: int) -> None:
        """Click with the left button, which gives the terminal the keys."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def evaluate(self, script: str) -> Any:
        """Return what a script gives."""
        found = await self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        return found["result"].get("value")


@asynccontextmanager
async def browsing(client: aiohttp.ClientSession, url: str, profile: Path) -> AsyncIterator[Browser]:
    """Open a page in a headless Chromium."""
    chromium = shutil.which("chromium")
    assert chromium, "install Debian's chromium"
    port = free_port()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,800", f"--user-data-dir={profile}"]
    async with process(chromium, *flags, f"--remote-debugging-port={port}", url):
        pages = await (await answer_of(client, f"http://127.0.0.1:{port}/json")).json()
        page = next(page for page in pages if page["type"] == "page")
        async with client.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            yield Browser(socket)


def test_the_page_fetches_nothing_from_elsewhere() -> None:
    page = (TEMPLATES / "app_index.html").read_text()
    assert "//" not in page.replace("<!DOCTYPE", "")


@pytest.mark.live
@pytest.mark.timeout(180)
async def test_the_incident_is_worked_on_in_a_browser(tmp_path: Path) -> None:
    folder, runs, port = slow_pay(tmp_path / "shop"), tmp_path / "runs", free_port()
    words = [sys.executable, "-m", "agent", "chat", str(folder), "--web", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    async with process(*words, WHYDOWN_RUNS=str(runs)), aiohttp.ClientSession() as client:
        assert (await answer_of(client, url)).status == 200
        stranger = await answer_of(client, f"{url}/ws?width=80&height=24", Origin="http://evil.example")
        assert stranger.status == 403
        async with browsing(client, url, tmp_path / "profile") as browser:
            await until(lambda: "ROOT CAUSE" in said(runs), "the verdict")
            await asyncio.sleep(2)
            assert await browser.evaluate("document.body.classList.contains('-first-byte')")
            await browser.click(200, 60)
            await browser.key("a", "a")
            await asyncio.sleep(1)  # until the line has the keys
            await browser.type("and who is hurt?")
            await until(lambda: "who is hurt?" in said(runs), "the question")
            await browser.type("/topology pay")
            await until(lambda: "Who calls whom" in said(runs), "the answer")
            await asyncio.sleep(1)
            shot = await browser.ask("Page.captureScreenshot")
    picture = base64.b64decode(shot["data"])
    (tmp_path / "chat.png").write_bytes(picture)
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000  # an empty page is a tenth of it


def said(runs: Path) -> str:
    return "".join(path.read_text() for path in runs.glob("*/chat.jsonl"))


async def until(true: Any, what: str) -> None:
    for _ in range(900):
        if true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{what} never came")
