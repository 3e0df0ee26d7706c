"""From OTLP payloads, protobuf or JSON, to rows with the columns of the embedded store."""

from tools.otlp.decode.payload import Encoding, Payload, rows_of, rows_of_document
from tools.otlp.decode.tally import Signal, Tally

__all__ = ["Encoding", "Payload", "Signal", "Tally", "rows_of", "rows_of_document"]
