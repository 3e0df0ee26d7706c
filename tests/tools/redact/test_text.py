"""Redaction: secrets go, identifiers stay, twice is as good as once, and hostile text costs no more than other text."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.redact.canaries import ALL, CANARIES, leaks
from tools.redact import redact
from tools.redact.rules import rules

HEX = "0123456789abcdef"


@pytest.mark.parametrize("name", CANARIES)
def test_a_secret_goes(name: str) -> None:
    text, marker = CANARIES[name]
    found = redact(text)
    assert marker in text
    assert marker not in found.text
    assert sum(found.counts.values()) == len(re.findall(r"\[redacted [a-z -]+\]", found.text)) >= 1


def test_all_of_them_go_from_one_line() -> None:
    assert leaks(ALL)
    assert leaks(redact(ALL).text) == []


def test_what_was_there_is_named_and_what_is_around_it_stays() -> None:
    found = redact("postgresql://app:hunter2@db:5432/orders refused jane@example.org and joe@example.org")
    assert (
        found.text == "postgresql://app:[redacted password]@db:5432/orders refused [redacted e-mail] and "
        "[redacted e-mail]"
    )
    assert found.counts == {"password": 1, "e-mail": 2}


@pytest.mark.parametrize(
    "text",
    [
        "FATAL: password authentication failed for user app",
        "Invalid password: must be 8 characters",
        "password: required",
        'MountVolume failed: secret "payment-db" not found',
        "Unexpected token: identifier at line 3",
        "max_tokens=800 prompt_token=512 token: 5",
        "PWD=/app/current",
        "basic authentication required",
        "cookie: invalid",
        "cache_key=abc123 partition_key=7f3a idempotency-key: 550e8400",
        "rabbit@rabbitmq-0.rabbitmq.default.svc.cluster.local is down",
        "user@1000.service: Failed with result 'oom-kill'",
        "git@github.com:octo/shop.git",
        "http://payment:8080/charges?limit=10",
        "image shop/cart@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "auth.token.validations{result=ok} rose from 3 to 9",
        "order_id=4111111111111111",
        "com.example.OrderServiceImplementation.create.withAVeryLongMethodNameIndeed",
        "task-runner-sk-proxy-7d9f8b6c5d-x2v4z evicted",
        "whydown show shop traces --table operations --service payment --operation 'POST /charge'",
        "0.23456789 ms at 10.0.0.1:5432 after 2026-11-24T10:00:00.123456789Z",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == (text, {})


IDENTIFIERS = st.one_of(
    st.text(HEX, min_size=32, max_size=32),  # trace ids
    st.text(HEX, min_size=16, max_size=16).filter(lambda x: not x.isdigit()),  # span ids
    st.uuids().map(str),
    st.text(HEX, min_size=40, max_size=40),  # commits
    st.text(HEX, min_size=64, max_size=64).map("sha256:".__add__),
    st.integers(1_000_000_000, 1_999_999_999).map(str),  # seconds until 2033
    st.integers(1_000_000_000_000, 1_999_999_999_999).map(str),
    st.integers(1_000_000_000_000_000, 1_999_999_999_999_999).map(str),
    st.integers(1_000_000_000_000_000_000, 1_999_999_999_999_999_999).map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.ip_addresses().map(str),
)


@given(st.lists(st.tuples(st.sampled_from(["", "trace_id=", "span.id: ", "id ", '"ref": "', "at "]), IDENTIFIERS)))
def test_identifiers_and_times_stay(pairs: list[tuple[str, str]]) -> None:
    text = ", ".join(head + value + ('"' if head.endswith('"') else "") for head, value in pairs)
    assert redact(text) == (text, {})


PIECES = st.one_of(
    st.sampled_from([canary.text for canary in CANARIES.values()]),
    st.sampled_from(["password", "token", "=", ": ", '"', "'", "\\", "://", "@", ".", "[redacted e-mail]", "eyJ", ","]),
    st.text(max_size=12),
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_twice_is_as_good_as_once(text: str) -> None:
    once = redact(text)
    assert redact(once.text) == (once.text, {})


@given(st.sampled_from(sorted(CANARIES)), st.text(max_size=30), st.text(max_size=30))
def test_a_secret_goes_from_any_surroundings(name: str, before: str, after: str) -> None:
    text, marker = CANARIES[name]
    assert marker not in redact(f"{before} {text} {after}").text


@given(st.text(max_size=200))
def test_text_without_marks_or_signs_of_a_secret_keeps_its_length(text: str) -> None:
    found = redact(text)
    assert bool(found.counts) == (found.text != text)


@pytest.mark.parametrize(
    "unit",
    [
        *("eyJ", "sk-", "://", "://a:", "password=", "a@", "a.b@c.", "1 ", "4111 ", "--", "\\", '"', "token:", "<a</"),
        *("AKIA", "-----BEGIN PRIVATE KEY-----", "password='\\'", "xoxb-1-", "authorization: bearer ", "cookie=a"),
        "password      ",
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    """A quarter of a second for 100 kB was measured for the worst of them on a busy core; quadratic takes minutes."""
    began = time.process_time()
    redact(unit * (100_000 // len(unit)))
    assert time.process_time() - began < 5.0


def test_ordinary_lines_are_read_fast() -> None:
    """3 MB/s was measured on a busy core (270 characters in 45 to 80 microseconds)."""
    line = f"2026-11-24 ERROR charge failed trace_id={uuid.UUID(int=7).hex} refused by 10.0.0.1:5432 after 30 retries "
    began = time.process_time()
    for _ in range(2_000):
        redact(line)
    assert 2_000 * len(line) / (time.process_time() - began) > 200_000


def test_the_library_is_loaded_for_what_concerns_it_only() -> None:
    program = (
        "import sys; from tools.redact import redact; redact('password=x user=a@example.org trace 4bf92f3577b34da6');"
        "print('detect_secrets' in sys.modules); redact('AKIAIOSFODNN7EXAMPLE'); print('detect_secrets' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]


def test_every_rule_finds_something() -> None:
    """No rule is dead: each has a canary."""
    texts = [canary.text for canary in CANARIES.values()]
    idle = [
        rule.pattern or rule.detector
        for rule in rules()
        if not any(rule.concerns(t, t.lower()) and rule.find(t) for t in texts)
    ]
    assert idle == []
