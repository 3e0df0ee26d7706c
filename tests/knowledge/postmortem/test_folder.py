"""The folder is the truth: durable writes, stable ids, broken files skipped but not lost."""

import multiprocessing
from pathlib import Path

import pytest

from knowledge.postmortem import Postmortem, PostmortemFolder
from tools.errors import KnowledgeError


def add(folder: Path, title: str) -> str:
    store = PostmortemFolder(folder)
    with store.writing():
        postmortem = Postmortem(id=store.next_id(store.read_all()), title=title)
        store.write(postmortem)
    return postmortem.id


def _add_many(folder: Path) -> None:
    for number in range(5):
        add(folder, f"title {number}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "kb"
    path.mkdir()
    return path


def test_file_is_named_after_id_and_title(folder: Path) -> None:
    path = PostmortemFolder(folder).write(Postmortem(id="PM-1", title="Größe: zu klein / too small"))
    assert path.name == "PM-1-groe-zu-klein-too-small.md"
    assert [item.name for item in folder.iterdir()] == [path.name]


def test_rewriting_keeps_the_file_where_the_team_put_it(folder: Path) -> None:
    store = PostmortemFolder(folder)
    (folder / "2026").mkdir()
    path = store.write(Postmortem(id="PM-1", title="old"), folder / "2026" / "mine.md")
    store.write(store.get("pm-1").postmortem.model_copy(update={"title": "new"}), store.get("PM-1").path)
    assert "title: new" in path.read_text()
    assert store.files() == [path]


def test_broken_file_is_skipped_with_its_line_and_stays(folder: Path) -> None:
    add(folder, "fine")
    broken = folder / "PM-9-broken.md"
    broken.write_text("---\nid: PM-9\n---\n")
    listing = PostmortemFolder(folder).read_all()
    assert list(listing.stored) == ["PM-1"]
    assert [str(problem) for problem in listing.problems] == [f"{broken}:1: title: field required"]
    assert broken.exists()


def test_second_file_with_the_same_id_is_a_problem(folder: Path) -> None:
    store = PostmortemFolder(folder)
    store.write(Postmortem(id="PM-1", title="a"), folder / "a.md")
    store.write(Postmortem(id="PM-1", title="b"), folder / "b.md")
    listing = store.read_all()
    assert listing.stored["PM-1"].postmortem.title == "a"
    assert "PM-1 is taken by" in str(listing.problems[0])


def test_new_id_is_above_those_of_broken_files(folder: Path) -> None:
    (folder / "PM-41-broken.md").write_text("---\n")
    assert add(folder, "next") == "PM-42"


def test_two_processes_never_choose_the_same_id(folder: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_add_many, args=(folder,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(PostmortemFolder(folder).read_all().stored) == sorted(f"PM-{n}" for n in range(1, 11))


def test_crash_before_the_rename_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PostmortemFolder(folder)
    path = store.write(Postmortem(id="PM-1", title="old"))

    def crash(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KnowledgeError, match="No space left"):
        store.write(Postmortem(id="PM-1", title="new"), path)
    assert store.get("PM-1").postmortem.title == "old"
    assert [item.name for item in folder.iterdir()] == [path.name]


def test_hidden_folders_and_readme_are_not_postmortems(folder: Path) -> None:
    add(folder, "one")
    (folder / "README.md").write_text("how we write postmortems")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("x")
    listing = PostmortemFolder(folder).read_all()
    assert (len(listing.stored), listing.problems) == (1, [])


def test_cache_ignores_itself_in_git(folder: Path) -> None:
    add(folder, "one")
    assert (folder / ".index" / ".gitignore").read_text() == "*\n"


def test_missing_folder_and_missing_id_say_what_to_do(folder: Path) -> None:
    with pytest.raises(KnowledgeError, match="whydown kb add"):
        PostmortemFolder(folder / "no").read_all()
    with pytest.raises(KnowledgeError, match="no postmortem 'PM-5'"):
        PostmortemFolder(folder).get("PM-5")
