"""Each source of changes against the form that its documentation gives; git against git itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import T0, window
from tests.tools.live.backend import Handler, opening, transport
from tests.tools.repository.builder import SourceTree
from tools.errors import ConfigError, SourceError
from tools.evidence import Subject
from tools.live.changes.feed import HttpFeed, open_feed
from tools.live.changes.git import GitChanges
from tools.live.changes.github import GitHubChanges
from tools.live.changes.grafana import GrafanaChanges
from tools.live.changes.kubernetes import ClusterApi, open_cluster
from tools.live.changes.source import HttpChanges
from tools.window import NS, Scope, to_iso

WHOLE = window(0, 120)


def at(seconds: float) -> str:
    return to_iso(T0 * NS + round(seconds * NS))


def http(kind: type[HttpChanges], handler: Handler, **fields: Any) -> HttpChanges:
    return kind(opening("changes", kind=kind.__name__, **fields), transport(handler))


def test_commits_name_the_services_whose_files_they_change(tmp_path: Path) -> None:
    tree = SourceTree(tmp_path / "shop")
    tree.commit(T0 - 500, "too old", {"a": "1"})
    tree.commit(T0 + 10, "Raise the pool\n\nlong story", {"services/cart/main.py": "1", "services/pay/x.py": "2"})
    tree.commit(T0 + 20, "Words", {"README": "3"})
    source = GitChanges(
        opening("changes", folder=str(tmp_path / "shop"), path="services/{service}/", services={"pay": "payment"})
    )
    rows = source.changes(WHOLE)
    assert [(row.service, row.summary) for row in rows] == [
        ("cart", "Raise the pool"),
        ("payment", "Raise the pool"),
        ("", "Words"),
    ]
    assert rows[0].reference == tree.ids[1][:12]
    assert (rows[0].kind, rows[0].author, rows[0].time_ns) == ("commit", "A. Author", (T0 + 10) * NS)
    assert source.services() == ["cart", "payment"]


def test_a_repository_of_one_service(tmp_path: Path) -> None:
    SourceTree(tmp_path / "cart").commit(T0 + 1, "Fix", {"a": "1"})
    source = GitChanges(opening("changes", folder=str(tmp_path / "cart"), service="cart"))
    assert source.services() == ["cart"]


def test_a_folder_without_git_is_a_failure_of_the_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a readable git repository"):
        GitChanges(opening("changes", folder=str(tmp_path))).services()


def test_git_needs_a_folder() -> None:
    with pytest.raises(ConfigError, match="folder"):
        GitChanges(opening("changes"))


FEED = [
    {"time_unix": T0 + 30, "kind": "flag", "service": "cart", "author": "ann", "reference": "new-ui", "summary": "on"},
    {"time_unix": T0 - 999, "service": "old"},
]


def test_a_feed_from_a_file_and_from_an_address(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(FEED))
    local = open_feed(opening("changes", url="", file=str(file)))
    asked: list[httpx.URL] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json=FEED)

    remote = http(HttpFeed, serve)
    assert local.changes(WHOLE) == remote.changes(WHOLE)
    (row,) = local.changes(WHOLE)
    assert (row.kind, row.service, row.reference, row.summary) == ("flag", "cart", "new-ui", "on")
    assert dict(asked[0].params) == {"from": str(T0), "to": str(T0 + 120)}
    assert remote.fetched().rows == 2
    assert local.fetched().bytes == 0
    remote.close()


def test_a_feed_needs_one_place() -> None:
    with pytest.raises(ConfigError, match="either file or url"):
        open_feed(opening("changes", file="x"))
    with pytest.raises(ConfigError, match="either file or url"):
        open_feed(opening("changes", url=""))


@pytest.mark.parametrize("content", [{}, [{"kind": "deploy"}], [{"time_unix": 1e15}]])
def test_what_is_no_feed(content: object, tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text(json.dumps(content))
    with pytest.raises(SourceError, match="cannot be read"):
        open_feed(opening("changes", url="", file=str(file))).changes(WHOLE)
    source = http(HttpFeed, lambda request: httpx.Response(200, json=content))
    with pytest.raises(SourceError, match="no list of changes"):
        source.changes(WHOLE)
    source.close()


def event(
    reason: str, when: float, kind: str = "Pod", name: str = "cart-7d9f8b6c5d-x2k4j", **more: Any
) -> dict[str, Any]:
    return {
        "kind": "Event",
        "metadata": {"namespace": "shop"},
        "reason": reason,
        "message": f"{reason} of {name}",
        "involvedObject": {"kind": kind, "name": name},
        "firstTimestamp": at(when),
        "lastTimestamp": at(when + 50),
        "source": {"component": "kubelet"},
        **more,
    }


def replica_set(when: float, **notes: str) -> dict[str, Any]:
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "name": "cart-7d9f8b6c5d",
            "namespace": "shop",
            "creationTimestamp": at(when),
            "labels": {"app": "cart"},
            "annotations": {"deployment.kubernetes.io/revision": "7", **notes},
            "ownerReferences": [{"kind": "Deployment", "name": "cart-deployment"}],
        },
        "spec": {"template": {"spec": {"containers": [{"image": "registry.test/shop/cart:2.0.8"}]}}},
    }


def revision(when: float, owner: str = "StatefulSet") -> dict[str, Any]:
    return {
        "kind": "ControllerRevision",
        "metadata": {
            "name": "orders-db-6f8d",
            "namespace": "shop",
            "creationTimestamp": at(when),
            "ownerReferences": [{"kind": owner, "name": "orders-db"}],
        },
        "revision": 4,
        "data": {"spec": {"template": {"spec": {"containers": [{"image": "registry.test/postgres:17.2"}]}}}},
    }


@pytest.mark.parametrize(("owner", "told"), [("StatefulSet", True), ("DaemonSet", True), ("Deployment", False)])
def test_revisions_of_stateful_and_daemon_sets_are_rollouts_too(tmp_path: Path, owner: str, told: bool) -> None:
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps({"kind": "List", "items": [revision(7, owner)]}))
    source = open_cluster(opening("changes", url="", file=str(file)))
    expected = ("deploy", "orders-db", "postgres:17.2", "rollout of orders-db, revision 4: registry.test/postgres:17.2")
    found = [(row.kind, row.service, row.reference, row.summary) for row in source.changes(WHOLE)]
    assert found == ([expected] if told else [])


def test_a_list_that_may_not_be_read_is_noted_and_the_others_count() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        if "controllerrevisions" in request.url.path:
            return httpx.Response(403, json={"message": "forbidden"})
        items = [event("Killing", 9)] if "events" in request.url.path else []
        return httpx.Response(200, json={"items": items})

    source = http(ClusterApi, serve)
    assert [row.kind for row in source.changes(WHOLE)] == ["event"]
    (note,) = source.degradations()
    assert note.startswith("/apis/apps/v1/controllerrevisions is not read: ")
    assert note.endswith("answers 403")


def test_what_kubectl_printed(tmp_path: Path) -> None:
    items = [
        replica_set(5),
        event("OOMKilling", 40, count=3),
        event("Unhealthy", 41),
        event("NodeNotReady", 45, "Node", "node-3"),
        event("ScalingReplicaSet", 6, "Deployment", "cart", eventTime=None),
        {"kind": "Pod", "metadata": {}},
    ]
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps({"kind": "List", "items": items}))
    source = open_cluster(opening("changes", url="", file=str(file)))
    assert [(row.kind, row.service, row.reference, row.summary) for row in source.changes(WHOLE)] == [
        ("deploy", "cart", "cart:2.0.8", "rollout of cart-deployment, revision 7: registry.test/shop/cart:2.0.8"),
        ("event", "cart", "ScalingReplicaSet Deployment/cart", "ScalingReplicaSet of cart"),
        (
            "event",
            "cart",
            "OOMKilling Pod/cart-7d9f8b6c5d-x2k4j",
            "OOMKilling of cart-7d9f8b6c5d-x2k4j, 3 times",
        ),
        ("event", "node-3", "NodeNotReady Node/node-3", "NodeNotReady of node-3"),
    ]
    elsewhere = open_cluster(opening("changes", url="", file=str(file), namespaces=["other"]))
    assert elsewhere.changes(WHOLE) == []


def test_the_api_of_a_cluster_is_read_page_by_page() -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        if "controllerrevisions" in request.url.path:
            return httpx.Response(200, json={"items": []})
        if "replicasets" in request.url.path:
            item = replica_set(5, **{"kubernetes.io/change-cause": "bigger pool"})
            return httpx.Response(200, json={"items": [{k: v for k, v in item.items() if k != "kind"}]})
        first = "continue" not in request.url.params
        items = [{k: v for k, v in event("Killing", 9 if first else 19).items() if k != "kind"}]
        return httpx.Response(200, json={"metadata": {"continue": "abc" if first else ""}, "items": items})

    source = http(ClusterApi, serve, namespaces=["shop"])
    rows = source.changes(WHOLE)
    assert rows[0].summary == "bigger pool"
    assert [row.kind for row in rows] == ["deploy", "event", "event"]
    assert asked == [
        "/api/v1/namespaces/shop/events?limit=500",
        "/api/v1/namespaces/shop/events?limit=500&continue=abc",
        "/apis/apps/v1/namespaces/shop/replicasets?limit=500",
        "/apis/apps/v1/namespaces/shop/controllerrevisions?limit=500",
    ]
    source.close()


def deployment(when: float, **fields: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "sha": "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d",
        "ref": "v2.0.8",
        "task": "deploy",
        "environment": "production",
        "description": None,
        "creator": {"login": "octocat"},
        "created_at": at(when),
        **fields,
    }


def test_deployments_on_github_until_they_are_too_old() -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        page = int(request.url.params.get("page", 1))
        return httpx.Response(200, json=[deployment(100 - i - 100 * (page - 1)) for i in range(100)])

    source = http(GitHubChanges, serve, repositories=["octo/cart"], environment="production")
    rows = source.changes(WHOLE)
    assert len(rows) == 101
    assert asked == [
        "/repos/octo/cart/deployments?per_page=100&environment=production",
        "/repos/octo/cart/deployments?per_page=100&environment=production&page=2",
    ]
    last = rows[-1]
    assert (last.service, last.author, last.reference) == ("cart", "octocat", "a84d88e7554f")
    assert last.summary == "deploy of v2.0.8 to production"
    source.close()


def test_annotations_of_grafana() -> None:
    notes = [
        {"id": 1, "time": (T0 + 3) * 1000, "text": "v2\nout", "tags": ["deploy", "service:cart"], "login": "ann"},
        {"id": 2, "time": (T0 + 4) * 1000, "text": "new-ui on", "tags": ["feature-flag", "pay"]},
        {"id": 3, "time": (T0 + 5) * 1000, "text": "people are here", "tags": []},
    ]
    seen: list[httpx.URL] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, json=notes)

    source = http(GrafanaChanges, serve, tags=["a", "b"], services={"pay": "payment"})
    assert [(r.kind, r.service, r.summary, r.author) for r in source.changes(WHOLE)] == [
        ("deploy", "cart", "v2 out", "ann"),
        ("flag", "payment", "new-ui on", ""),
        ("note", "", "people are here", ""),
    ]
    assert seen[0].params.get_list("tags") == ["a", "b"]
    assert seen[0].params["from"] == str(T0 * 1000)
    source.close()


def test_pages_without_end_are_cut_and_noted() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"metadata": {"continue": "more"}, "items": []})

    source = http(ClusterApi, serve)
    assert source.changes(WHOLE) == []
    assert source.degradations()[0].endswith("only the first 50 pages of /api/v1/events were read")
    source.close()


@pytest.mark.parametrize("kind", [GrafanaChanges, GitHubChanges, ClusterApi])
def test_another_server_behind_the_address_is_told(kind: type[HttpChanges]) -> None:
    fields = {"repositories": ["a/b"]} if kind is GitHubChanges else {}
    foreign: object = [] if kind is ClusterApi else {"hello": 1}
    source = http(kind, lambda request: httpx.Response(200, json=foreign), **fields)
    with pytest.raises(SourceError, match=r"does not answer|holds no list"):
        source.changes(WHOLE)
    source.close()


def test_evidence_cites_a_command() -> None:
    source = http(GrafanaChanges, lambda request: httpx.Response(200, json=[]))
    cited = source.query("changes", Scope.of(WHOLE, []), Subject(kind="change", service="cart", name="x"))
    assert cited.startswith("whydown show whydown.toml changes --table changes")
    source.close()
