"""Calls to other services: balanced over instances, and what goes wrong is told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from evals.testbed.shop.runtime.discovery import TENANT_HEADER, Peers, RejectedError, UpstreamError, current_tenant

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def answer_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Return a function that lets every instance of every service answer as it says."""

    def install(answer: Answer) -> None:
        monkeypatch.setattr(httpx, "AsyncHTTPTransport", lambda limits: httpx.MockTransport(answer))

    return install


def _call(times: int = 1) -> object:
    async def run() -> object:
        peers = Peers({"payment": [5001, 5002]}, connections=4)
        answers = [
            await peers.call("payment", "POST", "/charges", json={"cents": 5}, timeout=1.0) for _ in range(times)
        ]
        await peers.close()
        return answers[-1]

    return asyncio.run(run())


def test_instances_take_turns_under_one_public_name(answer_with: Callable[[Answer], None]) -> None:
    seen: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(201, json={"state": "fine"})

    answer_with(answer)
    assert _call(times=4) == {"state": "fine"}
    assert [url.port for url in seen] == [5001, 5002, 5001, 5002]
    assert {url.host for url in seen} == {"127.0.0.1"}


def test_the_tenant_travels_along(answer_with: Callable[[Answer], None]) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get(TENANT_HEADER, ""))
        return httpx.Response(204)

    answer_with(answer)
    token = current_tenant.set("borealis")
    assert _call() is None
    current_tenant.reset(token)
    _call()
    assert seen == ["borealis", ""]


@pytest.mark.parametrize(
    ("failure", "status", "said"),
    [
        (httpx.ReadTimeout("slow"), 504, "payment did not answer POST /charges within 1 s"),
        (httpx.ConnectError("refused"), 502, "payment cannot be reached: ConnectError"),
    ],
)
def test_no_answer_is_an_upstream_error(
    answer_with: Callable[[Answer], None], failure: Exception, status: int, said: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure

    answer_with(answer)
    with pytest.raises(UpstreamError) as raised:
        _call()
    assert (raised.value.status, str(raised.value), raised.value.peer) == (status, said, "payment")


def test_a_failure_over_there_is_not_a_refusal(answer_with: Callable[[Answer], None]) -> None:
    answer_with(lambda request: httpx.Response(503))
    with pytest.raises(UpstreamError, match="answered POST /charges with 503"):
        _call()
    answer_with(lambda request: httpx.Response(402, json={"detail": "the bank declined"}))
    with pytest.raises(RejectedError, match="the bank declined") as raised:
        _call()
    assert raised.value.status == 402
