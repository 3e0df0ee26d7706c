"""Cut GitHub's published OpenAPI description to the operations that whydown uses.

    npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
    python tests/agent/ci/github/cut_description.py package/generated/api.github.com.json

It writes `openapi.json` beside itself: the operations, whatever they refer to, no prose and no examples.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

USED = {
    "/repos/{owner}/{repo}/actions/runs/{run_id}": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs": ["get"],
    "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs": ["get"],
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs": ["get"],
    "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts": ["get"],
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/files": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/commits": ["get"],
    "/repos/{owner}/{repo}/contents/{path}": ["get", "put"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["get", "patch", "delete"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": ["get"],
    "/repos/{owner}/{repo}/collaborators/{username}/permission": ["get"],
    "/repos/{owner}/{repo}/git/ref/{ref}": ["get"],
    "/repos/{owner}/{repo}/git/refs": ["post"],
    "/repos/{owner}/{repo}/pulls": ["get", "post"],
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/zipball/{ref}": ["get"],
    "/repos/{owner}/{repo}/issues/comments": ["get"],
}
_PROSE = {"description", "summary", "example", "examples", "externalDocs", "tags", "x-github", "title"}


def cut(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with the used operations and what they refer to."""
    paths = {
        path: {
            **({"parameters": item["parameters"]} if "parameters" in item else {}),
            **{method: _plain(item[method]) for method in methods},
        }
        for path, item, methods in ((path, description["paths"][path], methods) for path, methods in USED.items())
    }
    result: dict[str, Any] = {
        "openapi": description["openapi"],
        "info": {"title": "GitHub REST API, cut", "version": description["info"]["version"]},
        "servers": description["servers"],
        "paths": paths,
        "components": {},
    }
    todo = _references(paths)
    done: set[str] = set()
    while todo:
        reference = todo.pop()
        if reference in done:
            continue
        done.add(reference)
        _, _, kind, name = reference.split("/")
        value = _plain(description["components"][kind][name])
        if kind == "responses":
            value.setdefault("description", "")
        result["components"].setdefault(kind, {})[name] = value
        todo |= _references(value)
    return result


def _plain(value: Any, properties: bool = False) -> Any:
    """Drop prose and examples; a property may be named like one of them."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if properties or key not in _PROSE or not _is_prose(key, item)}
        plain = {key: _plain(item, key == "properties" and not properties) for key, item in kept.items()}
        for response in plain.get("responses", {}).values() if not properties else ():
            response.setdefault("description", "")  # the only prose that OpenAPI demands
        return plain
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _is_prose(key: str, item: Any) -> bool:
    return isinstance(item, str | list) or key in {"example", "examples", "externalDocs", "x-github"}


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(item) for item in value.values()))
    return set().union(*(_references(item) for item in value)) if isinstance(value, list) else set()


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    out = Path(__file__).with_name("openapi.json")
    out.write_text(json.dumps(cut(whole), separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")
    print(out, out.stat().st_size)
