"""`whydown kb`, `whydown confirm`, `whydown recurrences` as a user types them."""

import json
from pathlib import Path

import pytest

from agent.runs import create_run
from agent.schema import Incident
from tests.agent.cli.command_line import Whydown
from tests.agent.learning.builders import memory, report
from tests.knowledge.builders import WordEmbedder, write_shop


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WHYDOWN_KNOWLEDGE__FOLDER", "kb")
    monkeypatch.setattr("knowledge.base.choose_embedder", lambda settings: WordEmbedder())
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    return write_shop(tmp_path / "kb").path


def finished_run(tmp_path: Path) -> str:
    run = create_run(tmp_path / ".whydown" / "runs", Incident(folder=tmp_path))
    run.save_report(report(memory("PM-1"), run_id=run.id))
    return run.id


def test_search_says_why_it_matched(whydown: Whydown) -> None:
    ended = whydown("kb", "search", "Bookings take thirty seconds and fail with a timeout, seats acquire timeouts")
    assert ended.code == 0
    assert ended.out.startswith("PM-1 Bookings wait for a database connection (confirmed)")
    assert "symptoms similar" in ended.out
    assert "fix Stopped the report" in ended.out


def test_search_for_something_new_says_so(whydown: Whydown) -> None:
    ended = whydown("kb", "search", "zebra crossing repainted")
    assert ended.out.startswith("nothing similar")
    answer = json.loads(whydown("kb", "search", "zebra crossing repainted", "--json").out)
    assert answer["similar"] is False


def test_empty_search_is_refused(whydown: Whydown) -> None:
    assert whydown("kb", "search", " ").code == 2


def test_index_tells_what_it_did_and_skipped(whydown: Whydown, shop: Path) -> None:
    (shop / "bad.md").write_text("---\nid: PM-9\n---\n")
    first, second = whydown("kb", "index"), whydown("kb", "index")
    assert "bad.md:1: title: field required" in first.out.replace("\n", "")
    assert "3 postmortems indexed, 10 chunks embedded, 0 dropped, 1 problems" in first.out
    assert "0 chunks embedded" in second.out


def test_draft_is_added_edited_confirmed_and_shown(whydown: Whydown) -> None:
    added = whydown("kb", "add", "Cart is empty", "--service", "cart", "--fault-kind", "early return", "--edit",
                    "--cause", "a cache", "--resolution", "emptied it")  # fmt: skip
    assert added.out.startswith("PM-4 kb/PM-4-cart-is-empty.md")
    assert whydown("kb", "confirm", "PM-4", "--by", "ana").out == "PM-4 confirmed by ana\n"
    shown = whydown("kb", "show", "pm-4").out
    assert "status        confirmed by ana" in shown
    assert json.loads(whydown("kb", "show", "PM-4", "--json").out)["fault_kind"] == "early_return"


def test_unknown_kind_lists_those_there_are(whydown: Whydown) -> None:
    refused = whydown("kb", "add", "x", "--fault-kind", "gremlins")
    assert refused.code == 2
    assert "cpu_saturation" in refused.err


def test_failing_editor_leaves_the_file(whydown: Whydown, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    refused = whydown("kb", "add", "Cart is empty", "--edit")
    assert (refused.code, "the editor false failed" in refused.err) == (3, True)
    assert len(list(shop.glob("PM-4-*.md"))) == 1


def test_import_shows_what_it_understood(whydown: Whydown, tmp_path: Path, shop: Path) -> None:
    (tmp_path / "old.md").write_text("# Old one\n\n## Summary\n\nslow\n\n## Chat\n\nhello\n")
    dry = whydown("kb", "import", "old.md", "--dry-run")
    assert "0 drafts written" in dry.out
    assert not list(shop.glob("PM-4*"))
    real = whydown("kb", "import", "old.md")
    assert "PM-4 old.md" in real.out
    assert "symptoms: Summary" in real.out
    assert "kept in the notes: Chat" in real.out
    assert "not found: root cause, resolution" in real.out
    assert "1 were there already" in whydown("kb", "import", "old.md").out


def test_review_lint_and_stats_are_told(whydown: Whydown, shop: Path) -> None:
    assert "1 drafts to confirm\n  PM-3" in whydown("kb", "review").out
    assert whydown("kb", "lint").code == 0
    (shop / "bad.md").write_text("---\n")
    linted = whydown("kb", "lint")
    assert (linted.code, "3 postmortems, 1 errors" in linted.out) == (1, True)
    stats = whydown("kb", "stats").out
    assert stats.startswith("3 postmortems: 1 draft, 2 confirmed, 0 superseded; 1 files with errors")
    assert "no example of cpu saturation" in stats


def test_review_offers_a_link_for_what_came_back_and_a_merge_for_one_incident(whydown: Whydown, shop: Path) -> None:
    (first,) = shop.glob("PM-1-*.md")
    text = first.read_text().replace("id: PM-1", "id: PM-8")
    (shop / "PM-8.md").write_text(text)
    assert "recurs_from" not in (same := whydown("kb", "review").out)
    assert "whydown kb merge PM-1 PM-8" in same
    (shop / "PM-8.md").write_text(text.replace("date: 2026-03-01", "date: 2026-05-30"))
    told = whydown("kb", "review").out
    assert "90 days apart: PM-8 looks like PM-1 come back" in told
    assert "write into PM-8: recurs_from: [PM-1]" in told
    assert max(map(len, told.splitlines())) <= 80


def test_merge_and_supersede_keep_every_file(whydown: Whydown, shop: Path) -> None:
    assert "PM-2 is superseded" in whydown("kb", "merge", "PM-1", "PM-2").out
    assert whydown("kb", "supersede", "PM-3", "PM-1").out == "PM-3 superseded by PM-1\n"
    assert len(list(shop.glob("*.md"))) == 3


def test_export_is_one_object_a_line(whydown: Whydown, tmp_path: Path) -> None:
    assert whydown("kb", "export", "out.jsonl").out == "3 postmortems written to out.jsonl\n"
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3


def test_confirming_a_run_writes_links_and_counts(whydown: Whydown, tmp_path: Path) -> None:
    finished_run(tmp_path)
    ended = whydown("confirm", "last", "--hypothesis", "1", "--resolution", "Raised it.", "--by", "ana", "--edit")
    assert ended.err == ""
    assert ended.out.startswith("PM-4 seats: pool exhausted, confirmed")
    assert "recurs from PM-1: the earlier fix did not hold" in ended.out
    assert "recalled rightly: PM-1" in ended.out
    again = whydown("recurrences").out
    assert again.startswith("seats: pool exhausted, 2 times")
    assert "last fix Raised it." in again


def test_confirming_without_a_verdict_writes_nothing(whydown: Whydown, tmp_path: Path, shop: Path) -> None:
    finished_run(tmp_path)
    refused = whydown("confirm", "--by", "ana", "--resolution", "x")
    assert (refused.code, "--hypothesis N" in refused.err) == (2, True)
    assert len(list(shop.glob("*.md"))) == 3


def test_a_run_that_does_not_exist_is_told_before_anything_else(
    whydown: Whydown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WHYDOWN_KNOWLEDGE__FOLDER", raising=False)
    ended = whydown("confirm", "no-such-run", "--hypothesis", "1", "--resolution", "turned it off and on")
    assert ended.code != 0
    assert "no-such-run" in ended.err
    assert ended.err.count("\n") == 1


def test_missing_configuration_is_one_line(whydown: Whydown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHYDOWN_KNOWLEDGE__FOLDER")
    refused = whydown("kb", "stats")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert whydown("kb", "stats", "--folder", "kb").code == 0
