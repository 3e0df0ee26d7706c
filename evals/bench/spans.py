"""Generated spans: whole columns at once with numpy, so that millions take seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evals.bench.world import PODS, Node, World
from tools.window import TimeWindow

MS = 1_000_000
NOISE = 0.3
"""Standard deviation of the logarithm of every own time."""
ERROR_RATE = 0.001


@dataclass(frozen=True, slots=True)
class Fault:
    """A service whose own time grows by `added_ms` inside a window."""

    service: str
    window: TimeWindow
    added_ms: float


def span_table(world: World, window: TimeWindow, spans: int, fault: Fault, random: np.random.Generator) -> pa.Table:
    """Return about `spans` spans of requests that begin inside a window, by start time."""
    requests = max(1, round(spans / world.spans_per_trace / len(world.trees)))
    table = pa.concat_tables([_requests(tree, window, requests, fault, random) for tree in world.trees])
    order = np.argsort(table["start_unix_nano"].to_numpy(), kind="stable")
    return table.unify_dictionaries().combine_chunks().take(order)


def _requests(
    tree: tuple[Node, ...], window: TimeWindow, count: int, fault: Fault, random: np.random.Generator
) -> pa.Table:
    """Return the spans of `count` requests of one kind; arrays have shape (requests, nodes)."""
    start = random.integers(window.start_ns, window.end_ns, count)
    own = np.array([node.own_ms for node in tree]) * np.exp(random.normal(0, NOISE, (count, len(tree))))
    faulty = (start >= fault.window.start_ns) & (start < fault.window.end_ns)
    for index, node in enumerate(tree):
        if node.service == fault.service and node.kind == "server":
            own[faulty, index] += fault.added_ms
    begin, took = _timeline(tree, start, (own * MS).astype(np.int64))
    span_ids = random.integers(0, 256, (count, len(tree), 8), dtype=np.uint8)
    trace_ids = np.repeat(random.integers(0, 256, (count, 1, 16), dtype=np.uint8), len(tree), axis=1)
    parents = np.array([max(node.parent, 0) for node in tree])
    root = np.tile(np.array([node.parent < 0 for node in tree]), count)
    failed = random.random(count * len(tree)) < ERROR_RATE
    return pa.table(
        {
            "trace_id": _hex(trace_ids),
            "span_id": _hex(span_ids),
            "parent_span_id": pc.if_else(pa.array(root), pa.scalar(None, pa.string()), _hex(span_ids[:, parents])),
            "service": _texts([node.service for node in tree], count),
            "operation": _texts([node.operation for node in tree], count),
            "start_unix_nano": begin.ravel(),
            "duration_ns": took.ravel(),
            "pod": _pods(tree, count, random),
            "status": pa.DictionaryArray.from_arrays(pa.array(failed.astype(np.int8)), ["UNSET", "ERROR"]),
            "kind": _texts([node.kind for node in tree], count),
            "peer": _texts([node.peer for node in tree], count),
            "attributes": _attributes(count * len(tree), random),
        }
    )


def _timeline(
    tree: tuple[Node, ...], start: NDArray[np.int64], own: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return begin and duration, ns: children run one after the other in the middle of their parent."""
    took = own.copy()
    for index in range(len(tree) - 1, 0, -1):
        took[:, tree[index].parent] += took[:, index]
    begin, free = np.empty_like(took), np.empty_like(took)
    begin[:, 0] = start
    for index, node in enumerate(tree):
        if index:
            begin[:, index] = free[:, node.parent]
            free[:, node.parent] += took[:, index]
        free[:, index] = begin[:, index] + own[:, index] // 2
    return begin, took


def _hex(ids: NDArray[np.uint8]) -> pa.Array:
    """Return ids of shape (…, bytes) as lower-case hexadecimal texts."""
    digits = 2 * ids.shape[-1]
    count = ids.size // ids.shape[-1]
    offsets = np.arange(0, (count + 1) * digits, digits, dtype=np.int32)
    text = np.ascontiguousarray(ids).tobytes().hex().encode()
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))


def _texts(values: list[str], count: int) -> pa.Array:
    """Return one text a node, repeated for every request."""
    known = sorted(set(values))
    indices = np.tile(np.array([known.index(value) for value in values], dtype=np.int32), count)
    return pa.DictionaryArray.from_arrays(pa.array(indices), known)


def _pods(tree: tuple[Node, ...], count: int, random: np.random.Generator) -> pa.Array:
    """Return a pod of each span's service, the same one for all of a request."""
    services = sorted({node.service for node in tree})
    of_node = np.array([services.index(node.service) for node in tree], dtype=np.int32)
    indices = of_node * PODS + random.integers(0, PODS, (count, 1), dtype=np.int32)
    names = [f"{service}-{pod}" for service in services for pod in range(PODS)]
    return pa.DictionaryArray.from_arrays(pa.array(indices.ravel().astype(np.int32)), names)


def _attributes(count: int, random: np.random.Generator) -> pa.Array:
    """Return three attributes a span: method, tenant and version."""
    tenants, versions = random.integers(0, 50, count), random.integers(0, 2, count)
    known = pa.array([f"tenant-{number}" for number in range(50)] + ["1.0.0", "1.0.1", "GET"])
    chosen = np.column_stack([np.full(count, 52), tenants, versions + 50]).ravel()
    keys = pa.array(["http.request.method", "tenant", "service.version"]).take(np.tile(np.arange(3), count))
    offsets = np.arange(0, 3 * count + 1, 3, dtype=np.int32)
    return pa.MapArray.from_arrays(pa.array(offsets), keys, known.take(chosen))
