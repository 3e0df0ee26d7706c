"""How a backend is told who asks: headers and certificates, from files or the environment only."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path

from pydantic import SecretStr

from tools.config import secret_from
from tools.errors import ConfigError
from tools.live.settings import BackendSettings


class Login:
    """Credentials of one backend. No message, journal or log ever holds them: `hide` sees to it.

    Raises:
        ConfigError: a variable is unset, a file cannot be read, or a certificate is none.
    """

    def __init__(self, settings: BackendSettings) -> None:
        self._token = secret_from(settings.token_env, settings.token_file)
        self._password = secret_from(settings.password_env, settings.password_file)
        self._settings = settings
        if settings.username and self._token.get_secret_value():
            raise ConfigError(f"{settings.label} has both a token and a user", "choose one")

    @property
    def given(self) -> bool:
        """Tell whether a token or a user is sent."""
        return bool(self._settings.username or self._token.get_secret_value())

    def headers(self) -> dict[str, str]:
        """Return the headers that authorise a request."""
        headers = {"User-Agent": "whydown", "Accept-Encoding": "gzip"}
        if token := self._token.get_secret_value():
            headers["Authorization"] = f"Bearer {token}"
        elif self._settings.username:
            headers["Authorization"] = f"Basic {self._basic().get_secret_value()}"
        if self._settings.tenant:
            headers[self._settings.tenant_header] = self._settings.tenant
        return headers

    def _basic(self) -> SecretStr:
        pair = f"{self._settings.username}:{self._password.get_secret_value()}"
        return SecretStr(base64.b64encode(pair.encode()).decode())

    def certificates(self) -> ssl.SSLContext:
        """Return whom to trust and what to present.

        Raises:
            ConfigError: a file is missing or no certificate.
        """
        settings = self._settings
        try:
            context = ssl.create_default_context(cafile=_text(settings.ca_file))
            if settings.cert_file is not None:
                context.load_cert_chain(settings.cert_file, _text(settings.key_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"a certificate of {settings.label} cannot be used", _reason(error)) from error
        return context

    def hide(self, text: str) -> str:
        """Return a text without any credential in it."""
        for secret in (self._token, self._password, self._basic()):
            if value := secret.get_secret_value():
                text = text.replace(value, "***")
        return text


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
