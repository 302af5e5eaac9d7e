"""Values of a wrong type, in every place that clients write to: refused in words, never an internal error."""

import json
import random
from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.engine.http import answers

KINDS = [kind for kind in kinds.Kinds() if "create" in kind.verbs]
WRONG: list[Any] = ["x", "", 5, -1, 1.5, True, None, [], ["x"], [5], {}, {"a": 5}, {"name": ["x"]}, "²", 2**70]
PLACES = [
    "metadata",
    "spec",
    "status",
    "apiVersion",
    "kind",
    "data",
    "target",
    "rules",
    *(f"spec.{name}" for name in ("template", "selector", "containers", "replicas", "ports")),
    *(f"metadata.{name}" for name in ("labels", "name", "namespace", "managedFields", "ownerReferences")),
    *(f"metadata.{name}" for name in ("finalizers", "resourceVersion", "uid")),
]
TYPES = ("merge-patch+json", "strategic-merge-patch+json", "json-patch+json", "apply-patch+yaml")
# What Kubernetes itself answers with 500, in these words.
PLAIN = ("failed to create typed patch object", "does not contain declared merge key")


def path_of(kind: Kind[Any]) -> str:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    return f"{root}/{'namespaces/default/' if kind.namespaced else ''}{kind.plural}"


def body_with(place: str, value: Any) -> dict[str, Any]:
    outer, _, inner = place.partition(".")
    body: dict[str, Any] = {"metadata": {"name": "x"}}
    if inner:
        body.setdefault(outer, {})[inner] = value
    else:
        body[outer] = value
    return body


def patch_of(type: str, body: dict[str, Any]) -> Any:
    if type != "json-patch+json":
        return body
    return [{"op": "add", "path": f"/{name}", "value": value} for name, value in body.items()]


@pytest.mark.parametrize("kind", KINDS, ids=repr)
async def test_wrong_values_are_refused_in_words(http: Any, caplog: pytest.LogCaptureFixture, kind: Kind[Any]) -> None:
    path, source = path_of(kind), random.Random(kind.resource)
    await http.post(path, json={"metadata": {"name": "x"}})
    for _ in range(8):
        body = body_with(source.choice(PLACES), source.choice(WRONG))
        type = source.choice(TYPES)
        options = {"preconditions": source.choice(WRONG), "dryRun": source.choice(WRONG)}
        requests = [
            ("POST", path, body, "json"),
            ("PUT", f"{path}/x", body, "json"),
            ("PATCH", f"{path}/x?fieldManager=a", patch_of(type, body), type),
            ("PATCH", f"{path}/x/status?fieldManager=a", patch_of(type, body), type),
            ("DELETE", f"{path}/nothing", options, "json"),
        ]
        for method, url, data, content in requests:
            headers = {"Content-Type": f"application/{content}"}
            async with http.request(method, url, data=json.dumps(data), headers=headers) as response:
                text = await response.text()
                expected = any(words in text for words in PLAIN)
                assert response.status < 500 or expected, (method, url, content, data, text)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "code"),
    [
        ("GET", "/api/v1/pods?resourceVersion=²", None, {}, 422),
        ("DELETE", "/api/v1/namespaces/default/pods/a", {"preconditions": 5}, {}, 400),
        ("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {"spec": 5}, {}, 400),
        ("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": []}, {}, 400),
        ("POST", "/api/v1/namespaces/default/bindings", {"target": 5}, {}, 400),
        ("GET", "/api/v1/namespaces/default/pods", None, {"Authorization": "Bearer \udcff"}, 401),
    ],
)
async def test_single_refusals(
    http: Any, method: str, path: str, body: Any, headers: dict[str, str], code: int
) -> None:
    async with http.request(method, path, json=body, headers=headers) as response:
        assert response.status == code, await response.text()


def test_warnings_stay_within_what_clients_read() -> None:
    assert answers.within_headers(["a" * 300, "b"]) == ["a" * 300, "b"]
    many = answers.within_headers([f"{number} {'x' * 400}" for number in range(100)])
    assert {len(text) for text in many} == {256}
    assert len(many) == 16
