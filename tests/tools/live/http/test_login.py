"""Mutual TLS against a server that demands it, with certificates made on the spot."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.tools.live.backend import settings
from tools.errors import ConfigError, SourceError
from tools.live.budget import Budget
from tools.live.http import Ask, Reader


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'"welcome"')

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: refusals are what is tested."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one self-signed certificate, which serves as authority, server and client."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def server(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    context.load_verify_locations(certificate / "cert.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with Quiet(("localhost", 0), Handler) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        Thread(target=http.serve_forever, daemon=True).start()
        yield f"https://localhost:{http.server_port}"
        http.shutdown()


def ask(url: str, **fields: object) -> object:
    reader = Reader(settings(url=url, tries=1, **fields), Budget(10))
    try:
        return reader.ask(Ask("/")).json()
    finally:
        reader.close()


def test_a_client_certificate_opens_the_door(server: str, certificate: Path) -> None:
    cert, key = certificate / "cert.pem", certificate / "key.pem"
    assert ask(server, ca_file=cert, cert_file=cert, key_file=key) == "welcome"


def test_without_one_the_door_stays_shut(server: str, certificate: Path) -> None:
    with pytest.raises(SourceError, match=r"broke off|cannot be reached"):
        ask(server, ca_file=certificate / "cert.pem")


def test_a_refusal_that_comes_only_at_the_first_read_is_told_as_one() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required")

    reader = Reader(settings(tries=2), Budget(10), transport=httpx.MockTransport(refuse))
    with pytest.raises(SourceError, match="certificate or ours is refused"):
        reader.ask(Ask("/"))
    reader.close()


def test_an_unknown_authority_is_not_trusted(server: str) -> None:
    with pytest.raises(SourceError, match="certificate or ours is refused"):
        ask(server)


def test_a_missing_certificate_is_an_error_of_the_configuration(server: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="certificate"):
        ask(server, ca_file=tmp_path / "none.pem")
