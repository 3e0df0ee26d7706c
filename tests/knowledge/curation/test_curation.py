"""Curation: nothing is lost, nothing confirmed without a person, what waits is shown."""

import datetime as dt
import json
import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from knowledge.curation import (
    add_postmortem,
    confirm_postmortem,
    count,
    find_duplicates,
    find_recurrences,
    import_drafts,
    lint,
    merge_postmortems,
    review,
    supersede,
)
from knowledge.curation.export import export_lines
from knowledge.importing import read_sources
from knowledge.postmortem import Postmortem, PostmortemFolder, Status
from tests.knowledge.builders import CERTIFICATE, MAIL, POOL, SHOP, write_shop
from tools.errors import KnowledgeError
from tools.faults import FaultKind

NOW = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def shop(tmp_path: Path) -> PostmortemFolder:
    return write_shop(tmp_path / "kb")


def test_a_given_id_is_kept_counts_for_no_number_and_is_taken_once(tmp_path: Path) -> None:
    folder = PostmortemFolder(tmp_path)
    assert add_postmortem(folder, POOL, "PM-ci-17").postmortem.id == "PM-ci-17"
    assert folder.next_id(folder.read_all()) == "PM-1"
    with pytest.raises(KnowledgeError, match="PM-ci-17 exists"):
        add_postmortem(folder, POOL, "PM-ci-17")


def test_new_one_gets_the_next_id_and_makes_the_folder(tmp_path: Path) -> None:
    folder = PostmortemFolder(tmp_path / "new" / "kb")
    stored = add_postmortem(folder, POOL.model_copy(update={"id": "new"}))
    assert stored.postmortem.id == "PM-1"
    assert folder.get("PM-1").postmortem.symptoms == POOL.symptoms


def test_import_is_drafts_only_and_happens_once(tmp_path: Path, shop: PostmortemFolder) -> None:
    source = tmp_path / "old"
    source.mkdir()
    (source / "a.md").write_text("---\nstatus: confirmed\n---\n# One\n\nslow\n")
    found, _ = read_sources(source)
    written, skipped = import_drafts(shop, found)
    assert [(item.postmortem.id, item.postmortem.status) for item in written] == [("PM-4", Status.DRAFT)]
    assert import_drafts(shop, found) == ([], found)
    assert skipped == []


def test_confirming_notes_who_and_when(shop: PostmortemFolder) -> None:
    confirm_postmortem(shop, "pm-3", "ana", NOW)
    after = shop.get("PM-3").postmortem
    assert after.status is Status.CONFIRMED
    assert (after.provenance.confirmed_by, after.provenance.confirmed_at) == ("ana", NOW)


def test_postmortem_that_explains_nothing_cannot_be_confirmed(shop: PostmortemFolder) -> None:
    shop.write(Postmortem(id="PM-9", title="T", symptoms="slow"))
    with pytest.raises(KnowledgeError, match="neither cause nor resolution"):
        confirm_postmortem(shop, "PM-9", "ana", NOW)


def test_superseded_file_stays_and_names_its_successor(shop: PostmortemFolder) -> None:
    before = shop.get("PM-2").path
    supersede(shop, "PM-2", "PM-1")
    after = shop.get("PM-2")
    assert (after.path, after.postmortem.status, after.postmortem.superseded_by) == (before, Status.SUPERSEDED, "PM-1")
    assert after.postmortem.symptoms == MAIL.symptoms


@pytest.mark.parametrize(("old", "new"), [("PM-1", "PM-1"), ("PM-1", "PM-7"), ("PM-1", "PM-2")])
def test_wrong_successor_is_refused(shop: PostmortemFolder, old: str, new: str) -> None:
    supersede(shop, "PM-2", "PM-3")
    with pytest.raises(KnowledgeError):
        supersede(shop, old, new)
    assert shop.get(old).postmortem.status is Status.CONFIRMED


def test_merging_keeps_what_only_the_other_tells(shop: PostmortemFolder) -> None:
    merge_postmortems(shop, "PM-1", "PM-2")
    merged = shop.get("PM-1").postmortem
    assert merged.services == ("seats", "booking", "mailer")
    assert POOL.symptoms in merged.symptoms
    assert MAIL.symptoms in merged.symptoms
    assert merged.date == POOL.date
    assert shop.get("PM-2").postmortem.superseded_by == "PM-1"
    with pytest.raises(KnowledgeError, match="is superseded"):
        merge_postmortems(shop, "PM-2", "PM-3")


def test_two_reports_of_one_incident_are_noticed() -> None:
    twin = POOL.model_copy(update={"id": "PM-8", "symptoms": POOL.symptoms + " It began after lunch."})
    pairs = find_duplicates([*SHOP, twin])
    assert [(pair.first.id, pair.second.id) for pair in pairs] == [("PM-1", "PM-8")]
    assert find_duplicates([POOL, twin.model_copy(update={"status": Status.SUPERSEDED})]) == []


@pytest.mark.parametrize(("days", "recurs"), [(0, False), (3, False), (4, True), (90, True)])
def test_alike_incidents_far_apart_are_a_recurrence(days: int, recurs: bool) -> None:
    assert POOL.date is not None
    again = POOL.model_copy(update={"id": "PM-8", "date": POOL.date + dt.timedelta(days)})
    (pair,) = find_duplicates([*SHOP, again])
    assert (pair.days_apart, pair.recurs) == (days, recurs)


def test_without_a_date_nothing_is_called_a_recurrence() -> None:
    (pair,) = find_duplicates([POOL, POOL.model_copy(update={"id": "PM-8", "date": None})])
    assert (pair.days_apart, pair.recurs) == (None, False)


def test_a_linked_recurrence_is_not_offered_again(shop: PostmortemFolder) -> None:
    again = POOL.model_copy(update={"id": "PM-8", "date": dt.date(2026, 5, 30)})
    shop.write(again)
    assert [pair.second.id for pair in review(shop.read_all(), TODAY, 180).duplicates] == ["PM-8"]
    (path,) = shop.path.glob("PM-8-*.md")
    shop.write(again.model_copy(update={"recurs_from": ("PM-1",)}), path)
    assert review(shop.read_all(), TODAY, 180).duplicates == []


def test_queue_holds_drafts_duplicates_and_what_never_helped(shop: PostmortemFolder) -> None:
    old = POOL.model_copy(
        update={"id": "PM-5", "title": "Old", "date": dt.date(2020, 1, 1), "symptoms": "x", "root_cause": "y"}
    )
    shop.write(old)
    shop.write(old.model_copy(update={"id": "PM-6", "title": "Old but good", "useful_in": ("r1",)}))
    queue = review(shop.read_all(), TODAY, half_life_days=180)
    assert [item.postmortem.id for item in queue.drafts] == ["PM-3"]
    assert [item.postmortem.id for item in queue.stale] == ["PM-5"]


def test_lint_tells_errors_then_what_a_reader_misses(shop: PostmortemFolder) -> None:
    (shop.path / "bad.md").write_text("---\nid: PM-9\n---\n")
    shop.write(Postmortem(id="PM-8", title="T", recurs_from=("PM-77",), date=dt.date(2030, 1, 1)))
    texts = [str(problem) for problem in lint(shop.read_all(), TODAY)]
    assert texts[0].endswith("title: field required")
    assert any("PM-8 has no symptoms" in text for text in texts)
    assert any("PM-8 refers to PM-77, which is not there" in text for text in texts)
    assert any("in the future" in text for text in texts)
    assert any("PM-1 is confirmed by nobody" in text for text in texts)
    assert any("PM-3 has been a draft for 304 days" in text for text in texts)


def test_counts_show_gaps_and_usefulness(shop: PostmortemFolder) -> None:
    shop.write(POOL.model_copy(update={"useful_in": ("r1", "r2"), "useless_in": ("r3",)}), shop.get("PM-1").path)
    stats = count(shop.read_all())
    assert stats.by_status == {Status.DRAFT: 1, Status.CONFIRMED: 2, Status.SUPERSEDED: 0}
    assert stats.by_kind[FaultKind.QUEUE_BACKLOG] == 1
    assert stats.by_kind[FaultKind.CLOCK_SKEW] == 0
    assert stats.useful == {"PM-1": 1}
    assert stats.recalled == 3
    assert stats.helped == pytest.approx(2 / 3)


def test_same_service_and_kind_is_a_pattern() -> None:
    second = POOL.model_copy(update={"id": "PM-7", "date": dt.date(2026, 3, 21), "resolution": "Raised it again."})
    draft = POOL.model_copy(update={"id": "PM-9", "status": Status.DRAFT})
    (pattern,) = find_recurrences([*SHOP, second, draft], TODAY)
    assert pattern.ids == ("PM-1", "PM-7")
    assert (pattern.shortest_days, pattern.quiet_days) == (20, 11)
    assert not pattern.holds
    assert pattern.fix == "Raised it again."


def test_fix_that_outlasts_every_gap_holds() -> None:
    second = POOL.model_copy(update={"id": "PM-7", "date": dt.date(2026, 3, 21)})
    (pattern,) = find_recurrences([POOL, second], dt.date(2026, 5, 1))
    assert pattern.holds


def test_one_incident_is_no_pattern() -> None:
    assert find_recurrences(list(SHOP), TODAY) == []


def test_export_can_be_imported_again(tmp_path: Path, shop: PostmortemFolder) -> None:
    assert export_lines(shop.read_all(), tmp_path / "out.jsonl") == 3
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["PM-1", "PM-2", "PM-3"]
    again, problems = read_sources(tmp_path / "out.jsonl")
    assert problems == []
    assert again[2].postmortem.resolution == CERTIFICATE.resolution
    assert again[2].postmortem.fault_kind is CERTIFICATE.fault_kind


def test_export_to_nowhere_is_one_line(tmp_path: Path, shop: PostmortemFolder) -> None:
    with pytest.raises(KnowledgeError, match="cannot write"):
        export_lines(shop.read_all(), tmp_path / "no" / "out.jsonl")


def _confirm_when_told(path: Path, start: Barrier) -> None:
    start.wait()
    confirm_postmortem(PostmortemFolder(path), "PM-1", "ana", NOW)


def _merge_when_told(path: Path, start: Barrier) -> None:
    start.wait()
    merge_postmortems(PostmortemFolder(path), "PM-1", "PM-2")


def test_two_changes_of_one_file_at_once_are_both_kept(shop: PostmortemFolder) -> None:
    for stored in (shop.get("PM-1"), shop.get("PM-2")):
        shop.write(stored.postmortem.model_copy(update={"status": Status.DRAFT}), stored.path)
    context = multiprocessing.get_context("fork")
    start = context.Barrier(2)
    workers = [context.Process(target=work, args=(shop.path, start)) for work in (_confirm_when_told, _merge_when_told)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    kept = shop.get("PM-1").postmortem
    assert kept.status is Status.CONFIRMED
    assert MAIL.symptoms in kept.symptoms
    assert shop.get("PM-2").postmortem.superseded_by == "PM-1"
