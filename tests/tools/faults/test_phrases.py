"""What error texts say about the kind of fault."""

import pytest

from tools.faults import FaultKind, kind_in_words


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("OSError: [Errno 28] No space left on device", FaultKind.DISK_FULL),
        ('InvalidPasswordError: password authentication failed for user "orders"', FaultKind.CREDENTIAL_EXPIRED),
        (
            "ssl.SSLCertVerificationError: certificate verify failed: certificate has expired",
            FaultKind.CREDENTIAL_EXPIRED,
        ),
        ("java.lang.OutOfMemoryError: Java heap space", FaultKind.MEMORY_PRESSURE),
        ("QueuePool limit of size 5 overflow 10 reached, connection timed out", FaultKind.POOL_EXHAUSTED),
        ("FATAL: sorry, too many clients already", FaultKind.POOL_EXHAUSTED),
        ("socket.error: [Errno 24] Too many open files", FaultKind.POOL_EXHAUSTED),
    ],
)
def test_errors_that_name_their_kind(text: str, kind: FaultKind) -> None:
    assert kind_in_words(text) is kind


@pytest.mark.parametrize("text", ["", "KeyError: 'total'", "Exception in ASGI application", "order 7 placed on disk 3"])
def test_errors_that_do_not(text: str) -> None:
    assert kind_in_words(text) is None
