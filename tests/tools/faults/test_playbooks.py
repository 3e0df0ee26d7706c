"""Fault kinds and their playbooks: every kind has a family and something to do about it."""

from __future__ import annotations

import string

import pytest

from tools.faults import FaultFamily, FaultKind, playbook

KINDS = list(FaultKind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_checks_and_remedies(kind: FaultKind) -> None:
    book = playbook(kind)
    assert book.mechanism
    assert book.checks
    assert book.remedies


@pytest.mark.parametrize("kind", KINDS)
def test_texts_hold_no_other_blanks_than_the_report_fills(kind: FaultKind) -> None:
    book = playbook(kind)
    blanks = {
        name
        for text in (book.mechanism, *book.checks, *book.remedies)
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }
    assert blanks <= {"component", "operation", "peer"}


def test_only_unknown_has_no_family() -> None:
    assert [kind for kind in KINDS if kind.family is None] == [FaultKind.UNKNOWN]


def test_every_family_has_kinds() -> None:
    assert {kind.family for kind in KINDS} - {None} == set(FaultFamily)
