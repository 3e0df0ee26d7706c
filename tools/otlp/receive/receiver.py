"""What both protocols do with a request: check it, make it durable, say what was refused."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import NamedTuple

from tools import clock
from tools.errors import CollectorError
from tools.otlp.decode import Encoding, Payload, Signal, Tally, rows_of
from tools.otlp.receive.spool import Spool
from tools.window import to_ns

_REMEMBERED = 10_000
"""Requests that a repetition is recognised of: minutes of traffic, as long as senders retry."""
_SYNC_SECONDS = 30.0


class Receipt(NamedTuple):
    """What became of a request: all of it but `refused` records is durable."""

    refused: int
    reason: str


class Receiver:
    """Accept requests from any thread.

    Args:
        spool: where they become durable.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._recent: OrderedDict[bytes, Future[None]] = OrderedDict()
        self._lock = threading.Lock()
        self.tally = Tally()
        """What was accepted and refused since the start."""

    def accept(self, signal: Signal, encoding: Encoding, body: bytes) -> Receipt:
        """Return once the request is durable.

        A request equal to a recent one, byte for byte, is a sender's repetition of it and is stored once.

        Raises:
            BadPayloadError: it is not OTLP.
            CollectorError: the spool cannot be written; the sender should try again.
        """
        payload = Payload(signal, encoding, body, to_ns(clock.now()))
        tally = Tally()
        for _ in rows_of(payload, tally):
            pass
        stored, repeated = self._store(payload, worth=tally.kept.total() > 0)
        try:
            stored.result(_SYNC_SECONDS)
        except FutureTimeoutError as error:
            raise CollectorError("the spool is too slow", "try again later") from error
        except CollectorError:
            self._forget(payload)
            raise
        if not repeated:
            with self._lock:
                self.tally.add(tally)
        return Receipt(tally.unusable.total(), tally.main_reason)

    def remember(self, payload: Payload) -> None:
        """Take note of a payload that an earlier collector made durable."""
        done: Future[None] = Future()
        done.set_result(None)
        with self._lock:
            self._note(_digest(payload), done)

    def _store(self, payload: Payload, *, worth: bool) -> tuple[Future[None], bool]:
        digest = _digest(payload)
        with self._lock:
            known = self._recent.get(digest)
            if known is not None:
                return known, True
            stored: Future[None] = Future()
            if worth:
                stored = self._spool.append(payload)
            else:
                stored.set_result(None)
            self._note(digest, stored)
        return stored, False

    def _note(self, digest: bytes, stored: Future[None]) -> None:
        self._recent[digest] = stored
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)

    def _forget(self, payload: Payload) -> None:
        with self._lock:
            self._recent.pop(_digest(payload), None)


def _digest(payload: Payload) -> bytes:
    return hashlib.blake2b(payload.body, digest_size=16, person=payload.signal.encode()).digest()
