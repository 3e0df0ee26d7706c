from __future__ import annotations

import asyncio
import gzip
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.tools.live.backend import Handler, settings, transport
from tools.errors import ConfigError, SourceError
from tools.live.budget import Budget
from tools.live.http import Answer, Ask, Reader, segment

OPENED: list[Reader] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def reader(handler: Handler, budget: float = 10.0, posts: tuple[str, ...] = (), **fields: Any) -> Reader:
    OPENED.append(Reader(settings(**fields), Budget(budget), posts, transport(handler)))
    return OPENED[-1]


def ok(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"path": request.url.path, "query": request.url.query.decode()})


def test_an_answer_is_counted_with_its_bytes() -> None:
    asked = reader(ok)
    answer = asked.ask(Ask("/api/v1/query", {"query": "up", "match[]": ["a", "b"]}))
    assert answer.json() == {"path": "/api/v1/query", "query": "query=up&match%5B%5D=a&match%5B%5D=b"}
    asked.count_rows(7)
    cost = asked.fetched
    assert (cost.requests, cost.answers, cost.rows) == (1, 1, 7)
    assert cost.bytes == len(answer.content)


def test_the_path_prefix_of_the_address_is_kept() -> None:
    asked = reader(ok, url="http://backend.test/select/0/prometheus/")
    assert asked.ask(Ask("/api/v1/labels")).json()["path"] == "/select/0/prometheus/api/v1/labels"


def test_compressed_answers_count_as_transferred() -> None:
    plain = b"[" + b"1," * 5000 + b"1]"

    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            yield gzip.compress(plain)

    def zipped(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Stream(), headers={"content-encoding": "gzip"})

    asked = reader(zipped)
    assert len(asked.ask(Ask("/x")).json()) == 5001
    assert asked.fetched.bytes == len(gzip.compress(plain))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_backend_in_trouble_is_asked_again(status: int) -> None:
    answers = [httpx.Response(status), httpx.Response(200, json=[])]
    asked = reader(lambda request: answers.pop(0))
    assert asked.ask(Ask("/x")).json() == []
    assert asked.fetched.requests == 1


@pytest.mark.parametrize(
    ("status", "words"), [(400, "kind right"), (401, "credentials"), (404, "path prefix"), (422, "shorter")]
)
def test_a_refusal_is_final_and_has_a_remedy(status: int, words: str) -> None:
    seen = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, json={"status": "error", "error": "bad\nthing"})

    with pytest.raises(SourceError, match=words) as caught:
        reader(refuse).ask(Ask("/x"))
    assert len(seen) == 1
    assert "it says: bad" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tries_end() -> None:
    seen = []

    def down(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise httpx.ConnectError("refused")

    with pytest.raises(SourceError, match="cannot be reached"):
        reader(down, tries=2).ask(Ask("/x"))
    assert len(seen) == 2


def test_a_dead_backend_is_not_asked_for_ever() -> None:
    seen = []

    def down(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise httpx.ConnectError("refused")

    asked = reader(down, tries=1, concurrency=1)
    failures = asked.ask_all([Ask("/x")] * 6)
    assert len(seen) == 3
    assert "not asked again" in str(failures[-1])


def test_redirects_are_not_followed() -> None:
    hosts = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(302, headers={"location": "http://evil.test/"})

    with pytest.raises(SourceError, match="redirects elsewhere"):
        reader(elsewhere).ask(Ask("/x"))
    assert hosts == ["backend.test"]


def test_only_declared_paths_are_posted_to() -> None:
    asked = reader(ok, posts=("/api/v1/query(_range)?",))
    assert asked.ask(Ask("/api/v1/query_range", form={"query": "up"})).json()
    with pytest.raises(ValueError, match="not declared"):
        asked.ask(Ask("/api/v1/admin/tsdb/delete_series", form={}))


@pytest.mark.parametrize("path", ["http://evil.test/", "/a/../b", "/a?b=c", "x"])
def test_no_path_leads_elsewhere(path: str) -> None:
    with pytest.raises(ValueError, match="no path below"):
        reader(ok).ask(Ask(path))


def test_names_from_telemetry_are_one_segment() -> None:
    assert segment("a/../b?c") == "a%2F..%2Fb%3Fc"
    assert segment("..") == "%2E%2E"


def test_a_slow_answer_ends_at_the_timeout() -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200)

    started = time.perf_counter()
    with pytest.raises(SourceError, match=r"within 0\.05 s"):
        reader(slow, timeout_seconds=0.05, tries=1).ask(Ask("/x"))
    assert time.perf_counter() - started < 2


def test_a_trickle_does_not_outlast_the_timeout() -> None:
    class Trickle(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            while True:
                yield b" "
                await asyncio.sleep(0.01)

    with pytest.raises(SourceError, match="did not answer within"):
        reader(lambda request: httpx.Response(200, stream=Trickle()), timeout_seconds=0.1, tries=1).ask(Ask("/x"))


def test_the_budget_bounds_all_waiting() -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200)

    asked = reader(slow, budget=0.2)
    started = time.perf_counter()
    failures = asked.ask_all([Ask("/x")] * 9)
    assert time.perf_counter() - started < 3
    assert all("budget_seconds" in str(failure) for failure in failures)
    started = time.perf_counter()
    with pytest.raises(SourceError, match="are spent"):
        asked.ask(Ask("/x"))
    assert time.perf_counter() - started < 0.2


def test_a_wait_longer_than_the_budget_is_not_begun() -> None:
    asked = reader(lambda request: httpx.Response(429, headers={"retry-after": "3600"}), budget=5)
    started = time.perf_counter()
    with pytest.raises(SourceError, match="429"):
        asked.ask(Ask("/x"))
    assert time.perf_counter() - started < 2


def test_no_more_requests_at_once_than_allowed() -> None:
    running, most = 0, 0

    async def counted(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return httpx.Response(200, json=[])

    asked = reader(counted, concurrency=3)
    assert all(isinstance(answer, Answer) for answer in asked.ask_all([Ask("/x")] * 12))
    assert most == 3


def test_closing_cancels_what_another_thread_waits_for() -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200)

    asked = reader(slow)
    seen: list[str] = []

    def ask() -> None:
        try:
            asked.ask(Ask("/x"))
        except SourceError as error:
            seen.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.1)
    asked.close()
    thread.join(timeout=3)
    assert seen == ["reading fake backend.test:9090 was stopped"]
    with pytest.raises(SourceError, match="was stopped"):
        asked.ask(Ask("/x"))


def test_a_long_answer_is_refused() -> None:
    asked = reader(lambda request: httpx.Response(200, content=b"x" * 5000), max_bytes=2000)
    with pytest.raises(SourceError, match="longer than 2,000 bytes"):
        asked.ask(Ask("/x"))


def test_pages_are_followed_until_there_is_no_next() -> None:
    def following(answer: Answer) -> Ask | None:
        token = answer.json()["next"]
        return Ask("/x", {"page": token}) if token else None

    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 1))
        return httpx.Response(200, json={"next": number + 1 if number < 4 else 0})

    assert [answer.json()["next"] for answer in reader(page).pages(Ask("/x"), following)] == [2, 3, 4, 0]


def test_credentials_come_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[httpx.Headers] = []

    def keep(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, json=[])

    monkeypatch.setenv("PROM_TOKEN", "geheim")
    (tmp_path / "password").write_text("sesam\n")
    reader(keep, token_env="PROM_TOKEN", tenant="team-a").ask(Ask("/x"))
    reader(keep, username="ann", password_file=tmp_path / "password").ask(Ask("/x"))
    assert seen[0]["authorization"] == "Bearer geheim"
    assert seen[0]["x-scope-orgid"] == "team-a"
    assert seen[1]["authorization"] == "Basic YW5uOnNlc2Ft"


def test_a_secret_that_a_backend_echoes_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROM_TOKEN", "geheim")

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, text=f"no access with {request.headers['authorization']}")

    with pytest.raises(SourceError) as caught:
        reader(echo, token_env="PROM_TOKEN").ask(Ask("/x"))
    assert "geheim" not in str(caught.value)
    assert "***" in str(caught.value)


def test_a_missing_secret_is_an_error_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="NO_SUCH_VARIABLE is not set"):
        reader(ok, token_env="NO_SUCH_VARIABLE")


def test_an_answer_that_is_no_json_says_so() -> None:
    with pytest.raises(SourceError, match="not JSON"):
        reader(lambda request: httpx.Response(200, text="<html>")).ask(Ask("/x")).json()
    assert reader(lambda request: httpx.Response(200, text='{"a":1}\n{"a":2}\n')).ask(Ask("/x")).lines() == [
        {"a": 1},
        {"a": 2},
    ]


def test_refused_credentials_are_told_from_missing_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "geheim")
    for variable, words in (("", "wants credentials"), ("KEY", "refuses the credentials")):
        asked = reader(lambda request: httpx.Response(401), token_env=variable)
        with pytest.raises(SourceError, match=words):
            asked.ask(Ask("/x"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "should its url begin with http://"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", "certificate"),
        ("[Errno -2] Name or service not known", "nobody knows its host"),
        ("All connection attempts failed", "nobody listens there"),
    ],
)
def test_why_nobody_answers_has_a_remedy_of_its_own(said: str, words: str) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(said)

    with pytest.raises(SourceError, match=words):
        reader(broken, tries=1).ask(Ask("/x"))


def test_an_unsupported_path_is_a_question_of_the_address() -> None:
    said = 'unsupported path requested: "/api/services"'
    with pytest.raises(SourceError, match="path prefix"):
        reader(lambda request: httpx.Response(400, text=said)).ask(Ask("/api/services"))
