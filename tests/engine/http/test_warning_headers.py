"""What the API server takes and finds odd, told in Warning headers."""

import copy
import json

import pytest

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
CONTAINER = {
    "name": "c",
    "image": "nginx",
    "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}],
    "ports": [{"containerPort": 80, "name": "a"}, {"containerPort": 80, "name": "b"}],
}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "twice"},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "twice"}},
        "template": {
            "metadata": {"labels": {"app": "twice"}},
            "spec": {"nodeSelector": {"beta.kubernetes.io/os": "linux"}, "containers": [CONTAINER]},
        },
    },
}
WARNINGS = [
    'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    "spec.template.spec.containers[0].ports[1]: duplicate port definition with "
    "spec.template.spec.containers[0].ports[0]",
]
JSON = {"Content-Type": "application/json"}
OLD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "olds.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Old", "plural": "olds"},
        "scope": "Namespaced",
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}},
            {
                "name": "v1beta1",
                "served": True,
                "storage": False,
                "deprecated": True,
                "deprecationWarning": "olds are old",
                "schema": {"openAPIV3Schema": {"type": "object"}},
            },
            {
                "name": "v1alpha1",
                "served": True,
                "storage": False,
                "deprecated": True,
                "schema": {"openAPIV3Schema": {"type": "object"}},
            },
        ],
    },
}


def told(response):
    texts = response.headers.getall("Warning", [])
    return [text.removeprefix('299 - "').removesuffix('"').replace('\\"', '"') for text in texts]


async def test_create_apply_and_what_changes_the_spec_are_warned_about_and_nothing_else(http):
    async with http.post(DEPLOYMENTS, data=json.dumps(DEPLOYMENT), headers=JSON) as response:
        assert (response.status, told(response)) == (201, WARNINGS)
    for patch, expected in (({"metadata": {"labels": {"a": "b"}}}, []), ({"spec": {"replicas": 1}}, WARNINGS)):
        headers = {"Content-Type": "application/merge-patch+json"}
        async with http.patch(f"{DEPLOYMENTS}/twice", data=json.dumps(patch), headers=headers) as response:
            assert (response.status, told(response)) == (200, expected)
    query, headers = {"fieldManager": "t", "force": "true"}, {"Content-Type": "application/apply-patch+yaml"}
    applied = copy.deepcopy(DEPLOYMENT)  # apply itself refuses what is there twice
    applied["spec"]["template"]["spec"]["containers"] = [{"name": "c", "image": "nginx"}]
    async with http.patch(f"{DEPLOYMENTS}/twice", params=query, data=json.dumps(applied), headers=headers) as response:
        assert (response.status, told(response)) == (200, WARNINGS)
    applied["metadata"] = {"name": "other"}
    async with http.patch(f"{DEPLOYMENTS}/other", params=query, data=json.dumps(applied), headers=headers) as response:
        assert (response.status, told(response)) == (201, WARNINGS[:1])


async def test_a_deprecated_version_is_told_to_whoever_uses_it(http):
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    async with http.post(path, data=json.dumps(OLD), headers=JSON) as response:
        assert response.status == 201
    for version, expected in (
        ("v1", []),
        ("v1beta1", ["olds are old"]),
        ("v1alpha1", ["example.com/v1alpha1 Old is deprecated"]),
    ):
        olds = f"/apis/example.com/{version}/namespaces/default/olds"
        async with http.get(olds) as response:
            assert told(response) == expected
        body = {"apiVersion": f"example.com/{version}", "kind": "Old", "metadata": {"name": version}}
        async with http.post(olds, data=json.dumps(body), headers=JSON) as response:
            assert (response.status, told(response)) == (201, expected)
        async with http.get(olds, params={"watch": "1"}) as response:
            assert told(response) == expected


@pytest.mark.parametrize("method", ["get", "delete"])
async def test_endpoints_are_deprecated_for_readers_and_writers(http, method):
    async with http.request(method, "/api/v1/namespaces/default/endpoints") as response:
        assert told(response) == ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"]
