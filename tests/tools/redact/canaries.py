"""Secrets that must never leave: a marker in each, and a text as telemetry would hold it."""

from __future__ import annotations

from typing import NamedTuple

MARK = "CaNaRy7"


class Canary(NamedTuple):
    """A text with a secret in it. `marker` is the part of the secret that must not be seen afterwards."""

    text: str
    marker: str = MARK


CANARIES: dict[str, Canary] = {
    "assigned password": Canary(f"connect failed: password={MARK}, user=app"),
    "environment": Canary(f"DB_PASSWORD={MARK}x9"),
    "yaml": Canary(f"  db-password: {MARK}"),
    "json": Canary(f'{{"user": "a", "password": "{MARK} with blanks"}}'),
    "json in json": Canary(f'{{\\"password\\":\\"{MARK}\\",\\"a\\":1}}'),
    "json in json in json": Canary(f'"{{\\\\\\"password\\\\\\": \\\\\\"{MARK}\\\\\\"}}"'),
    "python": Canary(f"Config(host='db', secret='{MARK}')"),
    "ruby": Canary(f':password=>"{MARK}"'),
    "xml": Canary(f"<ns:password>{MARK}</ns:password>"),
    "sql": Canary(f"ALTER USER app IDENTIFIED BY '{MARK}'"),
    "prose": Canary(f"wrong password '{MARK}' for user app"),
    "flag": Canary(f"exec: mysqldump --user app --password {MARK} shop"),
    "redis": Canary(f"requirepass {MARK}"),
    "connection string": Canary(f"Server=db;Database=shop;User Id=app;Password={MARK};Encrypt=true"),
    "dsn": Canary(f"postgresql://app:{MARK}@db.shop:5432/orders?sslmode=off"),
    "dsn with odd signs": Canary(f"amqp://app:p@/{MARK}@mq:5672/"),
    "dsn without user": Canary(f"redis://:{MARK}@cache:6379/0"),
    "token": Canary(f"refresh token={MARK}abc expired"),
    "query": Canary(f"GET /cb?state=1&access_token={MARK}01234&x=2"),
    "signature": Canary(f"https://store.example/b/o?se=2026&sig={MARK}%2Bab%3D&sp=r"),
    "api key": Canary(f"X-Api-Key: {MARK}-0000"),
    "aws secret": Canary(f"aws_secret_access_key = {MARK}wJalrXUtnFEMI/K7MDENG/bPxRfiCYEX"),
    "aws id": Canary("using AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
    "azure": Canary(f"AccountKey={MARK + 'A' * 79}=="),
    "bearer": Canary(f"Authorization: Bearer {MARK}.abc-123"),
    "bearer in json": Canary(f'{{"authorization": "Bearer {MARK}"}}'),
    "authorization of a kind of its own": Canary(f"authorization: {MARK}-123"),
    "bearer alone": Canary(f"sent bearer {MARK}abcdef to upstream"),
    "basic": Canary("authorization=Basic YXBwOkNhTmFSeTc=", "YXBwOkNhTmFSeTc"),
    "cookie": Canary(f"Cookie: theme=dark; sid={MARK}"),
    "session": Canary(f"JSESSIONID={MARK}"),
    "jwt": Canary(f"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{MARK}_abc-DEF rejected"),
    "e-mail": Canary(f"no such customer {MARK}.doe+x@mail.example.org"),
    "e-mail in url": Canary(f"GET /users?mail={MARK}%40example.org"),
    "card": Canary("charge 4111 1111 1111 1111 declined", "1111 1111"),
    "card without blanks": Canary('{"card":"5555555555554444"}', "5555555555554444"),
    "amex": Canary("pan=378282246310005", "378282246310005"),
    "private key": Canary(f"-----BEGIN RSA PRIVATE KEY-----\nMIIE{MARK}\nabc=\n-----END RSA PRIVATE KEY-----"),
    "private key on one line": Canary(f"-----BEGIN PRIVATE KEY-----\\nMIIE{MARK}\\n-----END PRIVATE KEY-----"),
    "private key cut off": Canary(f"-----BEGIN OPENSSH PRIVATE KEY----- b3Blbn{MARK}"),
    "github": Canary(f"ghp_{MARK}{'a1' * 15}"[:40]),
    "github fine": Canary(f"github_pat_{MARK}{'a1' * 20}"),
    "gitlab": Canary(f"glpat-{MARK}{'x' * 20}"),
    "slack": Canary("xoxb-123456789012-CaNaRy7abcdef"),
    "slack hook": Canary(f"https://hooks.slack.com/services/T000/B000/{MARK}"),
    "stripe": Canary(f"sk_live_{MARK}{'a1' * 9}"[:33]),
    "model key": Canary(f"sk-proj-{MARK}{'aB1' * 8}"),
    "google": Canary(f"AIza{MARK}{'b' * 28}"),
    "sendgrid": Canary(f"SG.{MARK}{'a' * 15}.{'b' * 43}"),
    "vault": Canary(f"hvs.{MARK}{'c' * 24}"),
    "telegram": Canary(f"bot 123456789:{MARK}{'d' * 28}"),
    "discord": Canary(f"M{MARK}{'e' * 16}.{'f' * 6}.{'g' * 27}"),
    "square": Canary(f"sq0csp-{MARK}{'h' * 36}"),
    "mailchimp": Canary("0a1b" * 8 + "-us12", "0a1b0a1b"),
    "twilio": Canary("SK" + "0f" * 16, "0f0f0f"),
    "pypi": Canary(f"pypi-AgEIcHlwaS5vcmc{MARK}{'e' * 70}"),
}
ALL = " | ".join(canary.text for canary in CANARIES.values() if "PRIVATE" not in canary.text)
"""All of them in one line, but for the keys, which take the rest of a line."""


def leaks(text: str) -> list[str]:
    """Return the names of the secrets that can be seen in a text."""
    return [name for name, canary in CANARIES.items() if canary.marker in text]
