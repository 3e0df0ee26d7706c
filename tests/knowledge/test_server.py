"""A team's knowledge base: the real Chroma server (`chroma run`), and processes that are killed."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from evals.bench.live.server import free_port
from knowledge.base import open_knowledge
from knowledge.embedding import Vectors
from knowledge.postmortem import PostmortemFolder
from knowledge.retrieval import Query
from tests.knowledge.builders import MAIL, WordEmbedder, settings_for, write_shop
from tools.config import KnowledgeSettings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--path", str(tmp_path / "server")]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=quiet, stderr=quiet)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{url}/api/v2/heartbeat").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def first(settings: KnowledgeSettings, text: str, embedder: WordEmbedder | None = None) -> str:
    with open_knowledge(settings, embedder=embedder or WordEmbedder()) as base:
        found = base.searcher.search(Query(text))
    return (found.matches + found.weaker)[0].postmortem.id


@pytest.mark.live
def test_two_clients_share_one_server(server: str, tmp_path: Path) -> None:
    """Each has its own checkout of the files; the second embeds nothing, and what one edits the other finds."""
    mine, theirs = write_shop(tmp_path / "mine"), write_shop(tmp_path / "theirs")
    ours = [KnowledgeSettings(folder=folder.path, chroma_url=server) for folder in (mine, theirs)]
    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(lambda settings: first(settings, "no confirmation mail"), ours)) == {"PM-2"}
    embedder = WordEmbedder()
    assert first(ours[1], "purchase is sluggish, acquire timeout", embedder) == "PM-1"
    assert embedder.embedded == ["purchase is sluggish, acquire timeout"]
    for folder in (mine, theirs):
        folder.write(MAIL.model_copy(update={"symptoms": "Zebras everywhere."}), folder.get("PM-2").path)
    assert [first(settings, "zebras everywhere") for settings in ours] == ["PM-2", "PM-2"]


class Slow(WordEmbedder):
    """Takes a while for every text, so that there is time to be killed in."""

    def embed(self, texts: list[str]) -> Vectors:
        time.sleep(0.05 * len(texts))
        return super().embed(texts)


def _index(path: Path) -> None:
    with open_knowledge(settings_for(path), embedder=Slow()):
        pass


def test_killed_while_indexing_loses_no_postmortem(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "kb")
    before = {stored.path: stored.path.read_bytes() for stored in folder.read_all().stored.values()}
    worker = multiprocessing.get_context("spawn").Process(target=_index, args=(folder.path,))
    worker.start()
    until = time.monotonic() + 60
    while not (folder.path / ".index").exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.3)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    assert {path: path.read_bytes() for path in before} == before
    assert first(settings_for(folder.path), "no confirmation mail") == "PM-2"


def _write_for_ever(path: Path) -> None:
    folder = PostmortemFolder(path)
    for number in range(10_000):
        folder.write(MAIL.model_copy(update={"symptoms": f"No mail, {number} times. " * 200}), folder.get("PM-2").path)


def test_killed_while_writing_leaves_a_whole_postmortem(tmp_path: Path) -> None:
    """The old one or the new one, never half of one."""
    folder = write_shop(tmp_path / "kb")
    for _ in range(3):
        worker = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(folder.path,))
        worker.start()
        text = folder.get("PM-2").path.read_text()
        until = time.monotonic() + 60
        while folder.get("PM-2").path.read_text() == text and time.monotonic() < until:
            time.sleep(0.01)
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        assert list(folder.read_all().problems) == []
        assert {stored.postmortem.id for stored in folder.read_all().stored.values()} == {"PM-1", "PM-2", "PM-3"}
