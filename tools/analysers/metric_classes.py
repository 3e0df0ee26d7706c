"""What a metric measures, told from its name by the words of OpenTelemetry and Prometheus conventions."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from functools import cache


class MetricClass(StrEnum):
    """What a metric is about."""

    CPU = "cpu"
    MEMORY = "memory"
    DISK = "disk"
    POOL = "pool"
    QUEUE = "queue"
    RESTART = "restart"
    ERRORS = "errors"
    LATENCY = "latency"
    NETWORK = "network"
    TRAFFIC = "traffic"
    OTHER = "other"


_WORDS: tuple[tuple[MetricClass, str], ...] = (
    (MetricClass.RESTART, r"restarts?|uptime|start_time|oom"),
    (MetricClass.POOL, r"pools?|connections?|conns?|threads?|workers?|file_?descriptors?|fds"),
    (MetricClass.QUEUE, r"queues?|lag|backlog|pending|in_?flight|waiting"),
    (MetricClass.CPU, r"cpu|throttl\w*|load_?avg|loop_?lag|gil"),
    (MetricClass.MEMORY, r"memory|mem|heap|rss|swap|gc|evict\w*"),
    (MetricClass.DISK, r"disks?|filesystems?|fs|volumes?|inodes?|iops"),
    (MetricClass.ERRORS, r"errors?|failures?|failed|faults?|exceptions?|availability|success\w*|5xx|4xx|timeouts?"),
    (
        MetricClass.LATENCY,
        r"latenc(?:y|ies)|durations?|response_?time|elapsed|rtt|seconds_(sum|bucket)|p50|p90|p95|p99|"
        r"(?<!time_)(?<!timestamp_)(?:milli)?seconds$",
    ),
    (MetricClass.NETWORK, r"network|net|tcp|packets?|retrans\w*|receive|transmit|bytes_(sent|received)"),
    (MetricClass.TRAFFIC, r"requests?|calls?|ops|operations?|throughput|rps|qps|workload\w*|hits|count"),
)
"""In order of precedence: `http.server.errors.duration` is about errors, `pool.wait.time` about a pool."""
_PATTERNS = tuple((kind, re.compile(rf"(?:^|[^a-z0-9])(?:{words})(?:$|[^a-z0-9])")) for kind, words in _WORDS)
_GOOD = re.compile(
    r"(?:^|[^a-z0-9])(?:availability(?!_zone)|success(?:ful)?_?(?:rate|ratio|percent\w*|pct))(?:$|[^a-z0-9])"
)
_PERCENT = re.compile(r"(?:^|[^a-z0-9])(?:percent(?:age)?|pct)(?:$|[^a-z0-9])")
_USED = re.compile(r"(?:^|[^a-z0-9])(?:utili[sz]ation|percent(?:age)?|pct|(?:usage|used)_ratio)(?:$|[^a-z0-9])")
_FILES = re.compile(r"(?:^|[^a-z0-9])(?:file_?descriptors?|open_?files|fds)(?:$|[^a-z0-9])")
_BYTES = {
    1.0: {"by", "byte", "bytes"},
    2.0**10: {"kib", "kiby", "kb"},
    2.0**20: {"mib", "miby", "mb"},
    2.0**30: {"gib", "giby", "gb"},
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def metric_class(name: str) -> MetricClass:
    """Return what a metric measures; OTHER when its name does not tell.

    Args:
        name: instrument name, snake_case, dotted or CamelCase; attributes in braces are ignored.
    """
    words = words_of(name)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(words)), MetricClass.OTHER)


def words_of(name: str) -> str:
    """Return a metric's name without attributes, in lower case, words of CamelCase apart."""
    return _CAMEL.sub("_", name.partition("{")[0]).lower()


@cache
def is_share_of_good(name: str) -> bool:
    """Tell whether a metric is the part of requests that went well, such as availability or a success rate."""
    return bool(_GOOD.search(words_of(name)))


@cache
def is_percentage(name: str) -> bool:
    """Tell whether a metric's name says that it counts in per cent."""
    return bool(_PERCENT.search(words_of(name)))


@cache
def is_utilisation(name: str) -> bool:
    """Tell whether a metric is the used part of something limited, in per cent or as a fraction."""
    return bool(_USED.search(words_of(name)))


@cache
def counts_open_files(name: str) -> bool:
    """Tell whether a metric is the number of files and sockets that a process has open."""
    return bool(_FILES.search(words_of(name)))


def bytes_per_unit(name: str, unit: str) -> float:
    """Return how many bytes a value of one is, told by the unit or the metric's name; infinite for other things."""
    words = {*re.split(r"[^a-z0-9]+", words_of(name)), unit.lower()}
    return next((size for size, known in _BYTES.items() if known & words), math.inf)


def is_node_metric(name: str) -> bool:
    """Tell whether a metric is about the machine rather than about one component on it."""
    return name.lower().startswith(("node", "system", "host"))


def side_of(name: str) -> str:
    """Return which end of calls a metric is measured at: client, server, or empty when its name does not tell."""
    words = set(re.split(r"[^a-z0-9]+", words_of(name)))
    return next((side for side in ("client", "server") if side in words), "")
