"""The one HTTP client of all live backends: read requests to configured hosts, bounded in every way."""

from tools.live.http.ask import Answer, Ask, Param, segment
from tools.live.http.reader import Reader

__all__ = ["Answer", "Ask", "Param", "Reader", "segment"]
