"""Run the server."""

from __future__ import annotations

from agent.ci.github.handle import handle_run, open_repository
from agent.ci.webhook.app import build_app
from agent.ci.webhook.queue import Queue
from tools.config import Settings
from tools.errors import ConfigError


def serve(settings: Settings, host: str, port: int) -> None:
    """Take deliveries until the process is ended.

    Raises:
        ConfigError: there is no secret or no token.
        RunError: the queue cannot be opened.
    """
    import uvicorn

    secret = settings.ci.webhook_secret.get_secret_value()
    if not secret:
        raise ConfigError("no webhook secret", "set WHYDOWN_CI__WEBHOOK_SECRET to the one given to GitHub")
    open_repository(settings, "check/token")

    def handle(repository: str, run: int) -> str:
        return handle_run(open_repository(settings, repository), run, settings).action

    queue = Queue(settings.ci.queue)
    try:
        uvicorn.run(build_app(queue, secret, handle), host=host, port=port, log_level="warning", access_log=False)
    finally:
        queue.close()
