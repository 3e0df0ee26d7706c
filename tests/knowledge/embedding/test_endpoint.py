"""An OpenAI-compatible endpoint: batches, order, honest failures."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from knowledge.embedding import choose_embedder
from knowledge.embedding.endpoint import EndpointEmbedder
from knowledge.embedding.minilm import MiniLm
from tools.config import KnowledgeSettings
from tools.errors import ConfigError, KnowledgeError


@contextmanager
def server(answer: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Answer every request with `answer(texts)`; yields the address and what was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append({**body, "authorization": self.headers["authorization"], "path": self.path})
            data = json.dumps(answer(body["input"])).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}/v1", asked
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def backwards(texts: list[str]) -> dict[str, Any]:
    """Answer in reverse order, as a server may."""
    data = [{"object": "embedding", "index": i, "embedding": [float(len(text)), 3.0]} for i, text in enumerate(texts)]
    return {"object": "list", "model": "m", "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def test_vectors_are_in_the_order_of_the_texts_and_of_length_one() -> None:
    with server(backwards) as (url, asked):
        vectors = EndpointEmbedder(url, "m", "secret").embed(["abcd", ""])
    assert np.allclose(vectors, [[0.8, 0.6], [0.0, 1.0]])
    assert asked[0]["authorization"] == "Bearer secret"
    assert asked[0]["path"] == "/v1/embeddings"


def test_many_texts_go_in_batches() -> None:
    with server(backwards) as (url, asked):
        assert EndpointEmbedder(url, "m", "").embed(["x"] * 130).shape == (130, 2)
    assert [len(request["input"]) for request in asked] == [64, 64, 2]


def test_wrong_number_of_vectors_is_refused() -> None:
    with server(lambda texts: backwards(texts[:1])) as (url, _), pytest.raises(KnowledgeError, match="nonsense"):
        EndpointEmbedder(url, "m", "").embed(["a", "b"])


def test_dead_endpoint_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.BaseClient._calculate_retry_timeout", lambda *args, **kwargs: 0.0)
    with pytest.raises(KnowledgeError, match="does not answer"):
        EndpointEmbedder("http://127.0.0.1:9/v1", "m", "").embed(["a"])


def test_configuration_chooses() -> None:
    assert isinstance(choose_embedder(KnowledgeSettings()), MiniLm)
    chosen = choose_embedder(
        KnowledgeSettings(embeddings_url="http://x/v1", embeddings_model="bge", embeddings_key=SecretStr("k"))
    )
    assert chosen.model_id == "bge"
    with pytest.raises(ConfigError, match="without a model"):
        choose_embedder(KnowledgeSettings(embeddings_url="http://x/v1"))
