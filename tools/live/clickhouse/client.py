"""One connection to ClickHouse: read-only queries, bounded in time and size, counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from tools.errors import PrerequisiteError, SourceError
from tools.live.budget import Budget
from tools.live.http.failures import one_line
from tools.live.http.login import Login
from tools.live.http.meter import Meter
from tools.live.settings import BackendSettings
from tools.sources.fetched import Fetched

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

Row = list[Any]
SPILL_ABOVE = 2 * 2**30
"""Bytes of a query above which the engine goes on on its disk."""
_REMEDIES = {
    "60": "the collector's ClickHouse exporter makes the tables; set database if it is not default",
    "81": "set database to the one that the collector's exporter writes to",
    "158": "compare shorter windows",
    "159": "raise timeout_seconds of this source, or compare shorter windows",
    "241": "it ran out of memory; lower max_spans of this source, or compare shorter windows",
    "396": "raise max_bytes of this source, or compare shorter windows",
    "497": "grant SELECT on the tables to this user",
    "516": "set username with password_env",
}
"""By ClickHouse's error code."""


class ClickHouse:
    """Asks one server, with SELECT only. Threads may share it.

    Args:
        settings: address, credentials, limits.
        budget: shared by all backends of an investigation.
        connect: for tests, in place of a connection over HTTP.

    Raises:
        ConfigError: credentials cannot be read.
    """

    def __init__(
        self, settings: BackendSettings, budget: Budget, connect: Callable[[], Client] | None = None
    ) -> None:
        self.name = settings.label
        self._settings = settings
        self._budget = budget
        self._login = Login(settings)
        self._connect = connect or self._over_http
        self._client: Client | None = None
        self._lock = Lock()
        self._slots = BoundedSemaphore(settings.concurrency)
        self._meter = Meter()

    @property
    def fetched(self) -> Fetched:
        """Return what reading cost so far; bytes are those of unpacked answers."""
        return self._meter.sum

    def rows(self, sql: str) -> list[Row]:
        """Run a query and return its rows.

        Raises:
            SourceError: the server is dead, refuses, is too slow, or the budget is spent.
            PrerequisiteError: the client library is not installed.
        """
        errors, urllib3_errors = _libraries()
        self._meter.add(requests=1)
        with self._slots, self._budget.waiting():
            try:
                client = self._connected()
                content = client.raw_query(sql, fmt="JSONCompactEachRow", settings=self._limits(client))
            except (errors.Error, errors.ClickHouseError, urllib3_errors.HTTPError) as error:
                raise self._failure(error) from error
        rows: list[Row] = [orjson.loads(line) for line in content.splitlines()]
        self._meter.add(answers=1, received=len(content), rows=len(rows))
        return rows

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _over_http(self) -> Client:
        from clickhouse_connect import get_client
        from urllib3 import PoolManager

        settings, address = self._settings, urlsplit(self._settings.url)
        secure = address.scheme == "https"
        user, password, token = self._login.plain()
        return get_client(
            interface=address.scheme,
            host=address.hostname,
            port=address.port or (8443 if secure else 8123),
            proxy_path=address.path,
            username=None if token else user or "default",
            password=password,
            access_token=token or None,
            client_cert=str(settings.cert_file) if settings.cert_file and not password else None,
            connect_timeout=ceil(min(settings.timeout_seconds, 10)),
            send_receive_timeout=ceil(settings.timeout_seconds),
            query_retries=settings.tries - 1,
            autogenerate_session_id=False,  # one session takes one query at a time
            # A pool of our own: no proxy from the environment, no redirect to another host.
            pool_mgr=PoolManager(
                maxsize=settings.concurrency,
                retries=False,
                **({"ssl_context": self._login.certificates()} if secure else {}),
            ),
        )

    def _limits(self, client: Client) -> dict[str, Any]:
        """Return the settings of a query; a user who may change none gets none.

        Raises:
            SourceError: the budget is spent.
        """
        left = self._budget.remaining()
        if left <= 0:
            spent = f"the {self._budget.seconds:g} s for live backends are spent"
            raise SourceError(f"{self.name} did not answer in time: {spent}", "raise sources.budget_seconds")
        exact = {"output_format_json_quote_64bit_integers": 0, "output_format_json_quote_denormals": 0}
        if (readonly := client.server_settings.get("readonly")) is not None and readonly.value == "1":
            return {}
        return {
            **exact,
            **({"readonly": 2} if readonly is not None and readonly.value == "0" else {}),
            "max_execution_time": ceil(min(left, self._settings.timeout_seconds)),
            "max_result_bytes": self._settings.max_bytes,
            "max_bytes_before_external_group_by": SPILL_ABOVE,
            "max_bytes_before_external_sort": SPILL_ABOVE,
        }

    def _failure(self, error: Exception) -> SourceError:
        said = self._login.hide(str(error))
        code = re.search(r"Code:\s*(\d+)", said)
        if code is None:
            return SourceError(f"{self.name} cannot be reached", f"check its url ({one_line(said, 120)})")
        words = one_line(said.partition("DB::Exception:")[2] or said, 120)
        return SourceError(f"{self.name} refuses a query", _REMEDIES.get(code[1], "") or f"it says: {words}")


def _libraries() -> tuple[Any, Any]:
    try:
        from clickhouse_connect.driver import exceptions as errors
        from urllib3 import exceptions as urllib3_errors
    except ImportError as error:
        raise PrerequisiteError(
            "reading ClickHouse needs the package clickhouse-connect", "pip install 'whydown[clickhouse]'"
        ) from error
    return errors, urllib3_errors
