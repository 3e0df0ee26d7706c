"""Reading a git repository: what is found, what is refused, and that nothing in it is ever run."""

import subprocess
from pathlib import Path

import pytest

from tests.tools.repository.builder import SourceTree
from tools.errors import InputError, PrerequisiteError
from tools.repository import open_repository
from tools.repository import repository as limits
from tools.repository.git import run_git
from tools.window import NS, TimeWindow


@pytest.fixture
def tree(tmp_path: Path) -> SourceTree:
    tree = SourceTree(tmp_path / "source")
    tree.commit(1_700_000_000, "begin", {"pay/settings.toml": "timeout = 4.0\npool = 20\n", "README": "hello\n"})
    tree.commit(1_700_000_500, "tidy up", {"pay/settings.toml": "timeout = 0.03\npool = 20\n"})
    return tree


def test_a_file_is_read_as_it_was_at_a_revision(tree: SourceTree) -> None:
    repository = open_repository(tree.folder)
    assert repository.read("HEAD", "pay/settings.toml", 1, 9).lines == ("timeout = 0.03", "pool = 20")
    before = repository.read("HEAD~1", "pay/settings.toml", 2, 1)
    assert (before.lines, before.first, before.total) == (("pool = 20",), 2, 2)
    assert repository.read(tree.ids[0], "pay/settings.toml", 1, 1).lines == ("timeout = 4.0",)


def test_what_lies_in_the_working_tree_only_is_not_read(tree: SourceTree) -> None:
    (tree.folder / "secret.txt").write_text("not committed")
    with pytest.raises(InputError, match="no file"):
        open_repository(tree.folder).read("HEAD", "secret.txt", 1, 1)


def test_the_diff_of_a_commit_shows_what_it_changed(tree: SourceTree) -> None:
    diff = open_repository(tree.folder).diff(tree.ids[1])
    assert "-timeout = 4.0\n+timeout = 0.03\n" in diff
    assert "README" not in diff


def test_the_first_commit_has_a_diff_too(tree: SourceTree) -> None:
    assert "+hello" in open_repository(tree.folder).diff(tree.ids[0])


def test_commits_of_a_window_are_listed_newest_first(tree: SourceTree) -> None:
    repository = open_repository(tree.folder)
    found = repository.commits(TimeWindow(start_ns=1_699_999_999 * NS, end_ns=1_700_000_501 * NS))
    assert [(c.subject, c.time_ns // NS) for c in found] == [("tidy up", 1_700_000_500), ("begin", 1_700_000_000)]
    later = TimeWindow(start_ns=1_700_000_001 * NS, end_ns=1_700_000_501 * NS)
    assert [c.id for c in repository.commits(later)] == [tree.ids[1]]
    assert repository.commit("HEAD").author == "A. Author"


def test_a_tag_names_a_commit(tree: SourceTree) -> None:
    tree.git("tag", "v1.2.3", tree.ids[0])
    assert open_repository(tree.folder).resolve("v1.2.3") == tree.ids[0]


@pytest.mark.parametrize(
    "revision", ["nope", "--output=/tmp/x", "", "HEAD:README", "a b", "$(id)", "HEAD\n", "x" * 200]
)
def test_what_names_no_commit_is_refused(tree: SourceTree, revision: str) -> None:
    with pytest.raises(InputError, match="revision"):
        open_repository(tree.folder).resolve(revision)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "a/../../b", "", "./x", "a//b", "a\0b", "x" * 500])
def test_paths_out_of_the_repository_are_refused(tree: SourceTree, path: str) -> None:
    with pytest.raises(InputError, match="path inside"):
        open_repository(tree.folder).read("HEAD", path, 1, 1)


def test_a_folder_is_no_file(tree: SourceTree) -> None:
    with pytest.raises(InputError, match="no file"):
        open_repository(tree.folder).read("HEAD", "pay", 1, 1)


def test_a_symbolic_link_is_its_target_s_name_and_not_followed(tree: SourceTree) -> None:
    (tree.folder / "link").symlink_to("/etc/passwd")
    tree.git("add", "-A")
    tree.commit(1_700_000_600, "link", {})
    assert open_repository(tree.folder).read("HEAD", "link", 1, 9).lines == ("/etc/passwd",)


def test_large_files_and_binaries_are_refused(tree: SourceTree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.commit(1_700_000_700, "big", {"big": "x" * 3000, "blob": "a\0b"})
    monkeypatch.setattr(limits, "FILE_BYTES", 1000)
    repository = open_repository(tree.folder)
    with pytest.raises(InputError, match="3,000 bytes"):
        repository.read("HEAD", "big", 1, 1)
    with pytest.raises(InputError, match="not text"):
        repository.read("HEAD", "blob", 1, 1)


def test_a_large_diff_is_cut(tree: SourceTree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.commit(1_700_000_700, "big", {"big": "line\n" * 50_000})
    monkeypatch.setattr(limits, "DIFF_BYTES", 1000)
    assert len(open_repository(tree.folder).diff("HEAD")) == 1000


def test_no_program_that_a_repository_names_is_run(tree: SourceTree, tmp_path: Path) -> None:
    """Configuration and attributes of a repository may name commands; hooks and monitors too."""
    mark = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    for name in ("core.pager", "core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command"):
        tree.git("config", name, str(program))
    tree.git("config", "gpg.program", str(program))
    tree.git("config", "filter.evil.smudge", str(program))
    (tree.folder / ".git" / "info").mkdir(exist_ok=True)
    (tree.folder / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil\n")
    repository = open_repository(tree.folder)
    assert "timeout" in repository.diff("HEAD")
    repository.read("HEAD", "pay/settings.toml", 1, 1)
    repository.commits(TimeWindow(start_ns=0, end_ns=2_000_000_000 * NS))
    repository.files("HEAD")
    assert not mark.exists()


def test_nothing_is_written(tree: SourceTree) -> None:
    def content() -> dict[str, float]:
        return {str(p): p.stat().st_mtime_ns for p in tree.folder.rglob("*")}

    before = content()
    repository = open_repository(tree.folder)
    repository.diff("HEAD")
    assert repository.files("HEAD") == ["README", "pay/settings.toml"]
    assert content() == before


def test_a_folder_without_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a readable git repository"):
        open_repository(tmp_path / "nothing")


def test_without_git_the_remedy_says_so(tree: SourceTree, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*arguments: object, **options: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "Popen", missing)
    with pytest.raises(PrerequisiteError, match="git is not installed"):
        open_repository(tree.folder)


def test_a_git_that_does_not_answer_is_ended(tree: SourceTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.repository.git.SECONDS", 0.2)
    with pytest.raises(InputError, match="did not answer"):
        run_git(tree.folder, "-c", "alias.wait=!sleep 5", "wait", limit=10)
