"""From OTLP payloads, protobuf or JSON, to rows with the columns of the embedded store."""

from tools.otlp.decode.payload import Encoding, Payload, Signal, rows_of
from tools.otlp.decode.tally import Tally

__all__ = ["Encoding", "Payload", "Signal", "Tally", "rows_of"]
