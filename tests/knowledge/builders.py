"""Small postmortems of an imaginary ticket shop, and an embedder that needs no model."""

import datetime as dt
import hashlib
import re
from pathlib import Path

import numpy as np

from knowledge.embedding.embedder import Vectors, unit
from knowledge.postmortem import Postmortem, PostmortemFolder, Status
from tools.config import KnowledgeSettings
from tools.faults import FaultKind

SYNONYMS = {"sluggish": "slow", "slower": "slow", "crawl": "slow", "bookings": "booking", "purchase": "booking"}


class WordEmbedder:
    """Words hashed into 64 numbers; a few synonyms stand in for a model's sense of meaning."""

    def __init__(self, model_id: str = "words") -> None:
        self.model_id = model_id
        self.embedded: list[str] = []

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text."""
        self.embedded += texts
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()):
                row[int(hashlib.md5(SYNONYMS.get(word, word).encode()).hexdigest(), 16) % 64] += 1
        return unit(rows + 1e-6)


POOL = Postmortem(
    id="PM-1",
    title="Bookings wait for a database connection",
    date=dt.date(2026, 3, 1),
    status=Status.CONFIRMED,
    services=("seats", "booking"),
    dependencies=("postgres",),
    fault_kind=FaultKind.POOL_EXHAUSTED,
    owner="team-seats",
    symptoms="Bookings take thirty seconds and then fail with a timeout. The seats service logs acquire timeouts.",
    root_cause="A report held all connections of the pool in the seats service.",
    resolution="Stopped the report and raised the pool size from 5 to 40.",
    validation="Acquire time back below 2 ms for a week.",
)
MAIL = Postmortem(
    id="PM-2",
    title="Confirmation mails are not sent",
    date=dt.date(2026, 1, 10),
    status=Status.CONFIRMED,
    services=("mailer",),
    dependencies=("rabbitmq",),
    fault_kind=FaultKind.QUEUE_BACKLOG,
    symptoms="Customers get no confirmation mail. The queue of the mailer grows.",
    root_cause="One malformed message crashed the consumer again and again.",
    resolution="Moved the message to a dead letter queue.",
)
CERTIFICATE = Postmortem(
    id="PM-3",
    title="Payment provider refuses our calls",
    date=dt.date(2025, 6, 1),
    services=("payment",),
    fault_kind=FaultKind.CREDENTIAL_EXPIRED,
    symptoms="Every card payment is declined, the provider answers with a handshake failure.",
    root_cause="The client certificate had expired.",
    resolution="Rolled out a new certificate.",
)
SHOP = (POOL, MAIL, CERTIFICATE)


def write_shop(path: Path, postmortems: tuple[Postmortem, ...] = SHOP) -> PostmortemFolder:
    """Write postmortems into a folder."""
    folder = PostmortemFolder(path)
    for postmortem in postmortems:
        folder.write(postmortem)
    return folder


def settings_for(path: Path) -> KnowledgeSettings:
    """Return settings for a folder that refuse a locked index at once."""
    return KnowledgeSettings(folder=path, lock_seconds=0.2)
