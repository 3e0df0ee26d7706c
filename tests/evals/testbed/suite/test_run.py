"""Reading what the suite left."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.testbed.suite.run import read_junit, run_suite
from tools.errors import FolderError, InputError

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" tests="3">
<testcase classname="test_cart" name="test_a" time="0.1"/>
<testcase classname="test_cart" name="test_b" time="0.2"><failure message="slow">…</failure></testcase>
<testcase classname="test_checkout" name="test_c" time="0.2"><error message="boom">…</error></testcase>
</testsuite></testsuites>"""


def test_failures_and_errors_are_named(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(REPORT)
    assert read_junit(path) == (1, ("test_cart::test_b", "test_checkout::test_c"))


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(REPORT)
    with pytest.raises(FolderError, match="not empty"):
        run_suite(tmp_path, "", None, print)


def test_an_unknown_fault_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="meteor"):
        run_suite(tmp_path / "new", "meteor", None, print)
