"""The knowledge base as a whole: always up to date, one process at a time, rebuilt when broken."""

import multiprocessing
from pathlib import Path

import pytest

from knowledge.base import open_knowledge
from knowledge.postmortem import PostmortemFolder, Status
from knowledge.retrieval import Query
from tests.knowledge.builders import MAIL, POOL, WordEmbedder, settings_for, write_shop
from tools.config import KnowledgeSettings
from tools.errors import KnowledgeError


@pytest.fixture
def shop(tmp_path: Path) -> PostmortemFolder:
    return write_shop(tmp_path / "kb")


def top(folder: PostmortemFolder, text: str, embedder: WordEmbedder | None = None) -> str:
    with open_knowledge(settings_for(folder.path), embedder=embedder or WordEmbedder()) as base:
        found = base.searcher.search(Query(text))
    return (found.matches + found.weaker)[0].postmortem.id


def test_what_was_written_is_found(shop: PostmortemFolder) -> None:
    assert top(shop, "purchase is sluggish, acquire timeout") == "PM-1"
    assert top(shop, "no confirmation mail") == "PM-2"


def test_second_opening_embeds_nothing(shop: PostmortemFolder) -> None:
    top(shop, "mail")
    embedder = WordEmbedder()
    top(shop, "mail", embedder)
    assert embedder.embedded == ["mail"]


def test_edit_is_picked_up_and_only_that_is_embedded(shop: PostmortemFolder) -> None:
    top(shop, "mail")
    stored = shop.get("PM-2")
    text = stored.path.read_text().replace("Customers get no confirmation mail.", "Zebras everywhere.")
    stored.path.write_text(text)
    embedder = WordEmbedder()
    assert top(shop, "zebras everywhere", embedder) == "PM-2"
    assert len(embedder.embedded) == 2


def test_superseded_postmortem_vanishes_from_search(shop: PostmortemFolder) -> None:
    top(shop, "mail")
    shop.write(MAIL.model_copy(update={"status": Status.SUPERSEDED}), shop.get("PM-2").path)
    with open_knowledge(settings_for(shop.path), embedder=WordEmbedder()) as base:
        assert base.dropped > 0
        found = base.searcher.search(Query("confirmation mail queue"))
    assert "PM-2" not in {match.postmortem.id for match in found.matches + found.weaker}


def test_vectors_of_another_model_never_mix(shop: PostmortemFolder) -> None:
    top(shop, "mail", WordEmbedder("first"))
    second = WordEmbedder("second")
    top(shop, "mail", second)
    assert len(second.embedded) > 10
    again = WordEmbedder("first")
    top(shop, "mail", again)
    assert again.embedded == ["mail"]


@pytest.mark.parametrize("damage", ["database", "vectors"])
def test_broken_index_is_rebuilt_from_the_files(shop: PostmortemFolder, damage: str) -> None:
    top(shop, "mail")
    chroma = shop.path / ".index" / "chroma-1"
    targets = (
        [chroma / "chroma.sqlite3"] if damage == "database" else [p for p in chroma.rglob("*.*") if p.parent != chroma]
    )
    for target in targets:
        target.write_bytes(b"broken")
    assert top(shop, "confirmation mail") == "PM-2"


def test_broken_file_is_skipped_and_told(shop: PostmortemFolder) -> None:
    (shop.path / "PM-9-bad.md").write_text("---\nid: PM-9\nstatus: done\n---\n")
    with open_knowledge(settings_for(shop.path), embedder=WordEmbedder()) as base:
        assert len(base.listing.stored) == 3
        assert {problem.line for problem in base.listing.problems} == {1, 3}


def _try(path: Path, queue: "multiprocessing.Queue[str]") -> None:
    try:
        with open_knowledge(settings_for(path), embedder=WordEmbedder()):
            queue.put("opened")
    except KnowledgeError as error:
        queue.put(str(error))


def test_second_process_is_refused_while_the_index_is_open(shop: PostmortemFolder) -> None:
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[str] = context.Queue()
    with open_knowledge(settings_for(shop.path), embedder=WordEmbedder()):
        worker = context.Process(target=_try, args=(shop.path, queue))
        worker.start()
        answer = queue.get(timeout=60)
        worker.join()
    assert "another process keeps the index" in answer
    assert "chroma run" in answer


def test_empty_folder_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    with open_knowledge(settings_for(tmp_path / "kb"), embedder=WordEmbedder()) as base:
        assert base.searcher.search(Query("anything")).matches == ()


def test_without_a_configured_folder_the_remedy_is_named() -> None:
    with pytest.raises(KnowledgeError, match="WHYDOWN_KNOWLEDGE__FOLDER"), open_knowledge(KnowledgeSettings()):
        pass


def test_dead_server_is_one_line(shop: PostmortemFolder) -> None:
    settings = KnowledgeSettings(folder=shop.path, chroma_url="http://127.0.0.1:9")
    with pytest.raises(KnowledgeError, match="does not answer"), open_knowledge(settings, embedder=WordEmbedder()):
        pass


def test_index_can_be_thrown_away_without_losing_a_postmortem(shop: PostmortemFolder) -> None:
    assert top(shop, "certificate") == "PM-3"
    assert shop.get(POOL.id).postmortem == POOL
