"""Small incidents that several tests of the conversation investigate."""

from pathlib import Path

from tests.builders import Folder, Log, gauge, shop


def slow_pay(path: Path) -> Path:
    """Return an incident folder in which `pay` is slow, and `bank` a little."""
    built = Folder(path).spans(*shop(0, 60)).spans(*shop(60, 60, slow={"pay": 40.0, "bank": 12.0}))
    built.incident()
    built.logs(
        *(Log("pay", f"charged {n} euro", at=n) for n in range(120)),
        *(Log("pay", f"waiting for lock {n}", at=n, severity="WARN") for n in range(70, 120)),
    )
    built.metrics(*gauge("pay", "cpu.usage", [0.1, 0.12, 0.1, 0.12, 0.1, 0.12, *[0.7] * 6]))
    built.change(58, "pay", "deploy", "timeout: 2 s -> 20 s", "v42")
    return path
