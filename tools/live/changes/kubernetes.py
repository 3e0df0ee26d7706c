"""What happened in a Kubernetes cluster: rollouts and events, from its API or kubectl's JSON.

    kubectl get events,replicasets,controllerrevisions --all-namespaces -o json > cluster.json

What `kubectl rollout history` lists are replica sets of deployments, and controller revisions of stateful and daemon
sets. See https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import Field

from tools.errors import ConfigError, SourceError
from tools.live.changes.source import FileOptions, HttpChanges, LocalChanges, moment_of, short
from tools.live.http import Answer, Ask, segment
from tools.live.metrics.conventions import workload
from tools.live.opening import Opening
from tools.sources.rows import ChangeRow
from tools.window import TimeWindow

PAGE = 500
TOLD = frozenset(
    {
        "ScalingReplicaSet",
        "SuccessfulRescale",
        "Killing",
        "Preempted",
        "Evicted",
        "TaintManagerEviction",
        "OOMKilling",
        "SystemOOM",
        "NodeNotReady",
        "Rebooted",
    }
)
"""Reasons of events in which the cluster does something to a workload. What only shows trouble (a failed
probe, a back-off) is a symptom and no change."""
_ROLLED_OUT = {"ReplicaSet": {"Deployment"}, "ControllerRevision": {"StatefulSet", "DaemonSet"}}
"""Kind that holds a revision → kinds whose revisions it holds."""
_NAMES = ("app.kubernetes.io/name", "app", "k8s-app")
_REVISION = "deployment.kubernetes.io/revision"
_CAUSE = "kubernetes.io/change-cause"


class KubernetesOptions(FileOptions):
    """Settings of a cluster."""

    namespaces: tuple[str, ...] = Field(default=(), description="namespaces to read; none means all")


class ClusterFile(LocalChanges):
    """What kubectl printed as JSON."""

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return everything in the file.

        Raises:
            SourceError: it cannot be read, or is no list of Kubernetes.
        """
        options = self._opening.options(KubernetesOptions)
        try:
            listed = orjson.loads(Path(options.file).read_bytes())
        except (OSError, orjson.JSONDecodeError) as error:
            raise SourceError(f"{options.file} cannot be read", "give what kubectl get … -o json prints") from error
        wanted = set(options.namespaces)
        items = [item for item in items_of(listed, self.name) if not wanted or _namespace(item) in wanted]
        return [row for item in items for row in change_rows(item, self.name, self.renamed)]


class ClusterApi(HttpChanges):
    """A cluster's API server, asked with a service account's token."""

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return events and rollouts of the namespaces; a list that may not be read is noted.

        Raises:
            SourceError: the server does not answer, or lets nothing be read.
        """
        namespaces = self._opening.options(KubernetesOptions).namespaces
        scopes = [f"/namespaces/{segment(name)}" for name in namespaces] or [""]
        rows: list[ChangeRow] = []
        refused: dict[str, SourceError] = {}
        lists = [(f"{base}{scope}/{what}", kind) for base, what, kind in _LISTS for scope in scopes]
        for path, kind in lists:
            try:
                items = list(self._all_items(path, kind))
            except SourceError as error:
                refused[path] = error
                continue
            rows += [row for item in items for row in change_rows(item, self.name, self.renamed)]
        if len(refused) == len(lists):
            raise next(iter(refused.values()))
        for path, reason in refused.items():
            self.note(f"{path} is not read: {reason.problem}")
        return rows

    def _all_items(self, path: str, kind: str) -> Iterator[Mapping[str, Any]]:
        def following(answer: Answer) -> Ask | None:
            token = answer.json().get("metadata", {}).get("continue")
            return Ask(path, {"limit": PAGE, "continue": token}) if token else None

        for answer in self.pages(Ask(path, {"limit": PAGE}), following):
            for item in items_of(answer.json(), self.name):
                yield {"kind": kind, **item}  # a list leaves out the kind of its items


_LISTS = (
    ("/api/v1", "events", "Event"),
    ("/apis/apps/v1", "replicasets", "ReplicaSet"),
    ("/apis/apps/v1", "controllerrevisions", "ControllerRevision"),
)


def open_cluster(opening: Opening) -> ClusterFile | ClusterApi:
    """Open a cluster by what its settings name.

    Raises:
        ConfigError: they name both a file and a url, or neither.
    """
    file = opening.options(KubernetesOptions).file
    if bool(file) == bool(opening.settings.url):
        raise ConfigError(f"the source {opening.settings.label} needs either file or url", "name one of them")
    return ClusterFile(opening) if file else ClusterApi(opening)


def items_of(listed: Any, source: str) -> list[Mapping[str, Any]]:
    """Return the items of a Kubernetes list.

    Raises:
        SourceError: it is none.
    """
    items = listed.get("items") if isinstance(listed, dict) else None
    if not isinstance(items, list):
        raise SourceError(f"{source} holds no list of Kubernetes", "is this its API, or kubectl's JSON?")
    return [item for item in items if isinstance(item, dict)]


def change_rows(item: Mapping[str, Any], source: str, rename: Any) -> Iterable[ChangeRow]:
    """Yield the change that an event, replica set or controller revision tells of, if any.

    Raises:
        SourceError: it has no readable time.
    """
    if item.get("kind") in _ROLLED_OUT:
        yield from _rollout(item, source, rename)
    elif item.get("kind") == "Event" and item.get("reason") in TOLD:
        about = item.get("involvedObject") or item.get("regarding") or {}
        seen = item.get("lastTimestamp") or item.get("eventTime") or item.get("firstTimestamp")
        started = item.get("firstTimestamp") or seen
        times = f", {item['count']} times" if (item.get("count") or 1) > 1 else ""
        name = str(about.get("name", ""))
        service = workload(name) if about.get("kind") in {"Pod", "ReplicaSet"} else name
        yield ChangeRow(
            moment_of(started, source),
            "event",
            rename(workload(service) if about.get("kind") == "Pod" else service),
            str((item.get("source") or {}).get("component", "")),
            f"{item['reason']} {about.get('kind', '')}/{name}",
            short(f"{item.get('message') or item.get('note') or item['reason']}{times}"),
        )


def _rollout(item: Mapping[str, Any], source: str, rename: Any) -> Iterable[ChangeRow]:
    """Yield the deploy that made a revision; an old one that merely scales is none, as its creation is old."""
    meta = item.get("metadata") or {}
    notes, labels = meta.get("annotations") or {}, meta.get("labels") or {}
    owning = _ROLLED_OUT[str(item.get("kind"))]
    owners = [owner["name"] for owner in meta.get("ownerReferences") or [] if owner.get("kind") in owning]
    if not owners or not meta.get("creationTimestamp"):
        return
    images = ", ".join(_images(item.get("spec") or (item.get("data") or {}).get("spec") or {}))
    service = next((labels[name] for name in _NAMES if labels.get(name)), owners[0])
    revision = notes.get(_REVISION) or item.get("revision") or "?"
    summary = notes.get(_CAUSE) or f"rollout of {owners[0]}, revision {revision}: {images}"
    moment = moment_of(meta["creationTimestamp"], source)
    yield ChangeRow(moment, "deploy", rename(service), "", images.rpartition("/")[2] or owners[0], short(summary))


def _images(spec: Mapping[str, Any]) -> list[str]:
    containers = ((spec.get("template") or {}).get("spec") or {}).get("containers") or []
    return [str(container.get("image", "")) for container in containers]


def _namespace(item: Mapping[str, Any]) -> str:
    return str((item.get("metadata") or {}).get("namespace", ""))
