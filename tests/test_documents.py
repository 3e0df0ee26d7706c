"""README and CONTRIBUTING stay true: commands, settings, exit codes and paths that they name exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from agent.schema import Report
from tests.agent.cli.command_line import runner
from tools import errors
from tools.config import Settings
from tools.live.kinds import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    {line.partition("#")[0].partition("|")[0].strip() for line in README.splitlines() if line.startswith("whydown ")}
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_flag_exists(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, name, *rest = shlex.split(command)
    group = [name, rest[0]] if name in {"import", "eval", "testbed", "ci"} else [name]
    monkeypatch.setenv("COLUMNS", "300")
    ended = runner(monkeypatch, capsys)(*group, "--help")
    assert ended.code == 0
    for flag in (word for word in rest if word.startswith("-")):
        assert re.search(rf"(^|\s|,){re.escape(flag)}\b", ended.out), f"{flag} of {command}"


def test_options_in_the_table_of_investigate_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    help_text = runner(monkeypatch, capsys)("investigate", "--help").out
    flags = {
        flag for row in re.findall(r"^\| (`-.*?) \|", README, re.MULTILINE) for flag in re.findall(r"`(--?[\w-]+)", row)
    }
    assert len(flags) > 8
    assert not [flag for flag in flags if flag not in help_text]


def test_settings_have_the_documented_defaults() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `(WHYDOWN_\w+)`[^|]*\| `?([^`|]+)`? \|", README, re.MULTILINE)
    assert len(rows) >= 5
    for path, variable, default in rows:
        value: object = Settings()
        for part in path.split("."):
            value = getattr(value, part)
        assert default.strip() in (str(value), "none")
        assert variable == "WHYDOWN_" + path.upper().replace(".", "__")


def test_exit_codes_are_those_of_the_exception_tree() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.WhydownError)]
    assert {c.exit_code for c in classes} <= documented
    assert documented == {0, 1, 2, 3, 4, 130}


def test_every_field_of_the_report_is_documented() -> None:
    table = README.partition("## The report as JSON")[2].partition("```")[0]
    assert not [name for name in Report.model_fields if f"`{name}" not in table]


def test_the_shown_answer_is_the_one_that_the_demo_gives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Numbers and wording may move on; what is to blame may not."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("WHYDOWN_RUNS", str(tmp_path))
    recording = re.search(r"^RECORDING \?= (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recording
    first_line = runner(monkeypatch, capsys)("investigate", recording[1]).out.partition(",")[0]
    assert f"```text\n{first_line}," in README


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_paths_and_links_exist(text: str) -> None:
    links = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    named = re.findall(r"`((?:agent|tools|knowledge|evals|tests)/[\w./]+)`", text)
    assert links or named
    assert not [path for path in (*links, *named) if not (ROOT / path).exists() and "NAME" not in path]


def test_anchors_exist() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert not set(re.findall(r"\]\(#([\w-]+)\)", README)) - anchors


def test_rooms_are_those_of_the_tree() -> None:
    for room in ("agent", "tools"):
        section = CONTRIBUTING.partition(f"\n{room}/ ")[2].partition("\n  ↓")[0].partition("```")[0]
        named = set(re.findall(r"^  (\w+)/", section, re.MULTILINE))
        there = {path.name for path in (ROOT / room).iterdir() if (path / "__init__.py").exists()}
        assert named == there, f"the map in CONTRIBUTING.md differs from {room}/"


def test_the_package_is_described_by_the_readme() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["readme"] == "README.md"
    assert project["license"] in README


def test_every_kind_of_live_source_is_named() -> None:
    section = README.partition("## Against live backends")[2].partition("\n## ")[0]
    rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)}
    assert rows.keys() == KINDS.keys()
    for signal, kinds in KINDS.items():
        assert not [kind for kind in kinds if f"`{kind}`" not in rows[signal]], signal
