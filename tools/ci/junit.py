"""Read JUnit XML as test runners of all languages write it. The file is untrusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from tools.errors import FormatError

Outcome = Literal["passed", "failed", "error", "skipped", "flaky"]
"""flaky: failed first and passed when the same run repeated it (Maven Surefire's flakyFailure and flakyError)."""

MAX_BYTES = 64 * 1024 * 1024
MAX_TEXT = 20_000
"""Characters kept of one failure's text; the rest is cut."""

_OUTCOMES: dict[str, Outcome] = {
    "failure": "failed",
    "error": "error",
    "skipped": "skipped",
    "flakyFailure": "flaky",
    "flakyError": "flaky",
}


@dataclass(slots=True)
class TestResult:
    """One test case of one run; `seconds` is its duration, `text` the failure as the runner printed it."""

    __test__ = False

    name: str
    classname: str = ""
    suite: str = ""
    file: str = ""
    line: int | None = None
    seconds: float | None = None
    outcome: Outcome = "passed"
    message: str = ""
    kind: str = ""
    text: str = ""

    @property
    def id(self) -> str:
        """Return the name under which the same test is found in another run."""
        return f"{self.classname}::{self.name}" if self.classname else self.name

    @property
    def broken(self) -> bool:
        """Tell whether the test failed for good."""
        return self.outcome in {"failed", "error"}


def read_junit(path: Path) -> list[TestResult]:
    """Read one JUnit XML file, or every `*.xml` below a folder.

    Raises:
        FormatError: a file is not well-formed XML, too large, or declares a document type.
    """
    files = sorted(path.rglob("*.xml")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise FormatError(f"no JUnit XML at {path}", "give a file, or a folder that holds *.xml")
    return [case for file in files for case in _read_file(file)]


def _read_file(file: Path) -> list[TestResult]:
    if file.stat().st_size > MAX_BYTES:
        raise FormatError(f"{file} is larger than {MAX_BYTES // 2**20} MiB", "split the test report")
    try:
        return parse_junit(file.read_bytes())
    except FormatError as error:
        raise FormatError(f"{file}: {error.problem}", error.remedy) from error


def parse_junit(data: bytes) -> list[TestResult]:
    """Return the test cases of JUnit XML, in document order.

    Raises:
        FormatError: not well-formed, or it declares a document type (entities can exhaust memory).
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FormatError("not well-formed JUnit XML", str(error)) from error
    return reader.cases


def _refuse_doctype(*_: object) -> None:
    raise FormatError("the XML declares a document type", "JUnit files have none; the file is refused")


@dataclass(slots=True)
class _Reader:
    cases: list[TestResult] = field(default_factory=list)
    suites: list[str] = field(default_factory=list)
    case: TestResult | None = None
    outcome: Outcome | None = None
    buffer: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "testsuite":
            self.suites.append(attributes.get("name", ""))
        elif tag == "testcase":
            self.case = _case(attributes, self.suites[-1] if self.suites else "")
        elif self.case is not None and tag in _OUTCOMES:
            self.outcome = _OUTCOMES[tag]
            self.case.outcome = self.outcome
            self.case.message = attributes.get("message", "")[:MAX_TEXT]
            self.case.kind = attributes.get("type", "")
            self.buffer.clear()

    def characters(self, text: str) -> None:
        if self.outcome is not None:
            self.buffer.append(text)

    def end(self, tag: str) -> None:
        if tag == "testsuite" and self.suites:
            self.suites.pop()
        elif tag == "testcase" and self.case is not None:
            self.cases.append(self.case)
            self.case = None
        elif tag in _OUTCOMES and self.case is not None:
            self.case.text = "".join(self.buffer).strip("\n")[:MAX_TEXT]
            self.outcome = None


def _case(attributes: dict[str, str], suite: str) -> TestResult:
    line = attributes.get("line", "")
    return TestResult(
        name=attributes.get("name", ""),
        classname=attributes.get("classname", ""),
        suite=suite,
        file=attributes.get("file", ""),
        line=int(line) if line.isdecimal() else None,
        seconds=_seconds(attributes.get("time", "")),
    )


def _seconds(text: str) -> float | None:
    """Read a duration; Surefire writes thousands separators."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
