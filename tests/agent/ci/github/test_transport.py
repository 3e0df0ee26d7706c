from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest
from pydantic import SecretStr

from agent.ci.github import transport
from agent.ci.github.transport import LONGEST_WAIT, Transport
from tools.errors import CodeHostError

SECRET = "ghs_very_secret"


def connection(
    *answers: httpx.Response | Exception, seen: list[httpx.Request] | None = None
) -> tuple[Transport, list[float]]:
    left = list(answers)
    waits: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given

    client = httpx.Client(transport=httpx.MockTransport(answer))
    return Transport(SecretStr(SECRET), client=client, sleep=waits.append), waits


@pytest.mark.parametrize("trouble", [500, 502, 503, 504, httpx.ConnectError("down"), httpx.ReadTimeout("slow")])
def test_passing_trouble_is_waited_out(trouble: int | Exception) -> None:
    bad = httpx.Response(trouble) if isinstance(trouble, int) else trouble
    client, waits = connection(bad, bad, httpx.Response(200, json={"id": 1}))
    assert client.get("/x") == {"id": 1}
    assert waits == [2.0, 4.0]


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry-after": "7"}, 7, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "in 30 s"}, 25, 31),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "0"}, 1, 1),
        ({"x-ratelimit-remaining": "0"}, 60, 60),
    ],
)
@pytest.mark.parametrize("status", [403, 429])
def test_rate_limits_are_waited_for(status: int, headers: dict[str, str], least: float, most: float) -> None:
    reset = headers.get("x-ratelimit-reset", "")
    given = {**headers, "x-ratelimit-reset": str(int(time.time()) + 30)} if reset == "in 30 s" else headers
    client, waits = connection(httpx.Response(status, headers=given), httpx.Response(200, json=[]))
    assert client.get("/x") == []
    assert len(waits) == 1
    assert least <= waits[0] <= most


def test_a_long_rate_limit_is_reported_instead() -> None:
    client, waits = connection(httpx.Response(429, headers={"retry-after": str(int(LONGEST_WAIT) + 1)}))
    with pytest.raises(CodeHostError, match=r"limits requests: GET /x: repeat in 121 s"):
        client.get("/x")
    assert waits == []


@pytest.mark.parametrize("trouble", [httpx.ConnectError("down"), httpx.Response(502)])
def test_a_comment_is_never_created_twice(trouble: httpx.Response | Exception) -> None:
    seen: list[httpx.Request] = []
    client, _ = connection(trouble, seen=seen)
    with pytest.raises(CodeHostError):
        client.send("POST", "/x", {"body": "b"})
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "the token is missing, wrong or expired"),
        (403, "the token lacks a permission"),
        (404, "it does not exist"),
        (410, "it has expired"),
        (422, "does not accept the request; GitHub says: Validation Failed"),
        (500, ""),
    ],
)
def test_refusals_say_what_to_do(status: int, remedy: str) -> None:
    client, _ = connection(httpx.Response(status, json={"message": "Validation Failed"}))
    with pytest.raises(CodeHostError) as raised:
        client.get("/repos/o/r")
    assert raised.value.status == status
    assert f"GitHub answers {status} to GET /repos/o/r" in str(raised.value)
    assert remedy in str(raised.value)


@pytest.mark.parametrize(
    "act",
    [
        lambda client: client.get("/x"),
        lambda client: client.send("PATCH", "/x", {}),
        lambda client: client.download("/x"),
        lambda client: list(client.pages("/x")),
    ],
)
def test_the_token_is_in_no_message(act: Callable[[Transport], object]) -> None:
    client, _ = connection(httpx.Response(403, json={"message": f"bad token {SECRET}"}))
    with pytest.raises(CodeHostError) as raised:
        act(client)
    assert SECRET not in f"{raised.value!r} {raised.value} {vars(client)!r}"


def test_a_page_link_to_another_host_is_not_followed() -> None:
    seen: list[httpx.Request] = []
    elsewhere = httpx.Response(200, json=[1], headers={"link": '<https://evil.example/x?page=2>; rel="next"'})
    client, _ = connection(elsewhere, seen=seen)
    assert list(client.pages("/x")) == [[1]]
    assert len(seen) == 1


def test_endless_pages_end() -> None:
    again = httpx.Response(200, json=[], headers={"link": f'<{transport.API}/x?page=2>; rel="next"'})
    client, _ = connection(again)
    assert len(list(client.pages("/x"))) == transport.MAX_PAGES


def test_downloads_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_BYTES", 10)
    there = httpx.Response(302, headers={"location": "https://blobs.example/x"})
    client, _ = connection(there, httpx.Response(200, content=b"0" * 11))
    with pytest.raises(CodeHostError, match="is larger than"):
        client.download("/x")


def test_a_signed_address_that_has_expired_is_a_refusal() -> None:
    there = httpx.Response(302, headers={"location": "https://blobs.example/x?sig=secret"})
    client, _ = connection(there, httpx.Response(403))
    with pytest.raises(CodeHostError) as raised:
        client.download("/logs")
    assert raised.value.status == 403
    assert "sig=secret" not in str(raised.value)


def test_an_answer_that_is_no_json_is_reported() -> None:
    client, _ = connection(httpx.Response(200, text="<html>"))
    with pytest.raises(CodeHostError, match="not JSON"):
        client.get("/x")


def test_deleting_what_is_gone_is_no_failure() -> None:
    client, _ = connection(httpx.Response(404))
    client.delete("/x")
