"""A change as a unified diff: files, hunks, and the lines that were added or removed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_MANIFESTS = re.compile(
    r"(^|/)(package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|requirements[\w.-]*\.(txt|lock|in)|pyproject\.toml|poetry\.lock"
    r"|uv\.lock|Pipfile(\.lock)?|setup\.(py|cfg)|go\.(mod|sum)|Cargo\.(toml|lock)|pom\.xml|build\.gradle(\.kts)?"
    r"|gradle\.lockfile|libs\.versions\.toml|Gemfile(\.lock)?|\w+\.gemspec|composer\.(json|lock)|mix\.(exs|lock)"
    r"|Package\.(swift|resolved)|\w+\.csproj|packages\.lock\.json|Directory\.Packages\.props|conanfile\.\w+|vcpkg\.json)$"
)
_PIPELINES = re.compile(
    r"(^|/)(\.github/(workflows|actions)/.*|\.gitlab-ci\.yml|\.travis\.yml|\.circleci/.*|Jenkinsfile|azure-pipelines[\w.-]*"
    r"|Dockerfile[\w.-]*|docker-compose[\w.-]*\.ya?ml|compose\.ya?ml|Makefile|tox\.ini|noxfile\.py|\.tool-versions|\.nvmrc"
    r"|\.python-version)$"
)
_TESTS = re.compile(r"(^|/)(tests?|spec|__tests__|testdata)/|(^|/)test_[^/]+$|[._-](test|spec)s?\.\w+$|Tests?\.\w+$")


@dataclass(slots=True)
class Hunk:
    """One changed place: where it begins and how long it is in the new file, and its lines with their marks."""

    start: int
    length: int
    heading: str = ""
    lines: list[str] = field(default_factory=list)

    def holds(self, line: int) -> bool:
        """Tell whether a line of the new file lies within."""
        return self.start <= line < self.start + max(self.length, 1)

    @property
    def added(self) -> list[str]:
        """Return the added lines without their marks."""
        return [line[1:] for line in self.lines if line.startswith("+")]


@dataclass(slots=True)
class FileChange:
    """What was changed in one file. `path` is its new path, or its old one when it was deleted."""

    path: str
    hunks: list[Hunk] = field(default_factory=list)
    deleted: bool = False

    @property
    def manifest(self) -> bool:
        """Tell whether the file declares or locks dependencies."""
        return _MANIFESTS.search(self.path) is not None

    @property
    def pipeline(self) -> bool:
        """Tell whether the file says how the project is built or run."""
        return _PIPELINES.search(self.path) is not None

    @property
    def test(self) -> bool:
        """Tell whether the file looks like a test."""
        return _TESTS.search(self.path) is not None


def parse_diff(text: str) -> list[FileChange]:
    """Read a unified diff as git prints it. What is not a diff gives no file."""
    files: list[FileChange] = []
    old = ""
    left = right = 0
    for line in text.splitlines():
        if left > 0 or right > 0:
            files[-1].hunks[-1].lines.append(line)
            left -= not line.startswith(("+", "\\"))
            right -= not line.startswith(("-", "\\"))
        elif line.startswith("--- "):
            old = _path(line[4:])
        elif line.startswith("+++ "):
            new = _path(line[4:])
            files.append(FileChange(new or old, deleted=not new))
        elif (found := _HUNK.match(line)) and files:
            left, right = int(found[2] or 1), int(found[4] or 1)
            files[-1].hunks.append(Hunk(int(found[3]), right, found[5].strip()))
    return files


def _path(text: str) -> str:
    """Return the path of a `---` or `+++` line; empty for /dev/null."""
    path = text.split("\t")[0].strip().strip('"')
    if path == "/dev/null":
        return ""
    return path[2:] if path.startswith(("a/", "b/")) else path
