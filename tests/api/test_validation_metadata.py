import pytest

from k9lite.api import validation
from k9lite.api.kinds import Kinds

KINDS = Kinds()
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
KEY = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "1"}


def config_map(**metadata):
    metadata = {"name": "x", "namespace": "default", **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, []),
        ({"name": ""}, ["metadata.name: Required value: name or generateName is required"]),
        ({"name": "Bad_Name"}, [f'metadata.name: Invalid value: "Bad_Name": {SUBDOMAIN}']),
        ({"name": "a" * 254}, [f'metadata.name: Invalid value: "{"a" * 254}": must be no more than 253 bytes']),
        ({"generateName": "web-"}, []),
        ({"generateName": "Web-"}, [f'metadata.generateName: Invalid value: "Web-": {SUBDOMAIN}']),
        ({"namespace": ""}, ["metadata.namespace: Required value"]),
        ({"labels": {"a": "b", "example.com/c": ""}}, []),
        ({"labels": {"bad key": "1"}}, [f'metadata.labels: Invalid value: "bad key": {KEY}']),
        ({"labels": {"a": "b c"}}, [f'metadata.labels: Invalid value: "b c": {VALUE}']),
        ({"annotations": {"UPPER.example.com/a": "any thing"}}, []),
        ({"annotations": {"a b": ""}}, [f'metadata.annotations: Invalid value: "a b": {KEY}']),
        (
            {"annotations": {"a": "x" * 262144}},
            ["metadata.annotations: Too long: may not be more than 262144 bytes"],
        ),
        ({"finalizers": ["example.com/guard", "orphan"]}, []),
        (
            {"finalizers": ["guard"]},
            [
                'metadata.finalizers: Invalid value: "guard": '
                "name is neither a standard finalizer name nor is it fully qualified"
            ],
        ),
        (
            {"finalizers": ["orphan", "foregroundDeletion"]},
            [
                'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: '
                "finalizer orphan and foregroundDeletion cannot be both set"
            ],
        ),
        ({"ownerReferences": [OWNER]}, []),
        (
            {"ownerReferences": [{}]},
            [
                'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
                'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
                'metadata.ownerReferences.name: Invalid value: "": must not be empty',
                'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
            ],
        ),
    ],
)
def test_new_metadata(metadata, expected):
    data = config_map(**metadata)
    assert [str(error) for error in validation.create(KINDS.of("v1", "ConfigMap"), data)] == expected


def test_one_controller_only():
    owners = [{**OWNER, "controller": True}, {**OWNER, "name": "p", "controller": True}]
    (error,) = validation.create(KINDS.of("v1", "ConfigMap"), config_map(ownerReferences=owners))
    assert error.detail == (
        'Only one reference can have Controller set to true. Found "true" in references for ConfigMap/o and ConfigMap/p'
    )


def test_events_own_nothing():
    owner = {**OWNER, "kind": "Event"}
    (error,) = validation.create(KINDS.of("v1", "ConfigMap"), config_map(ownerReferences=[owner]))
    assert error.detail == "/v1, Kind=Event is disallowed from being an owner"


@pytest.mark.parametrize(
    ("api_version", "kind", "good", "bad"),
    [
        ("v1", "Pod", "a.b", "A"),
        ("v1", "Namespace", "a-b", "a.b"),
        ("v1", "Service", "1-a", "a.b"),
        ("v1", "Node", "node-1.example.com", "node_1"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "system:node", "a/b"),
        ("k9lite.dev/v1", "Fault", "Any thing", "50%"),
    ],
)
def test_names_by_kind(api_version, kind, good, bad):
    found = KINDS.of(api_version, kind)
    namespace = {"namespace": "default"} if found.namespaced else {}

    def names_refused(name):
        errors = validation.create(found, {"metadata": {"name": name, **namespace}})
        return [error.path for error in errors if error.path.startswith("metadata")]

    assert names_refused(good) == []
    assert names_refused(bad) == ["metadata.name"]


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ({}, {}, []),
        ({"labels": {"a": "b"}}, {}, []),
        ({"name": "y"}, {}, ['metadata.name: Invalid value: "y": field is immutable']),
        ({"uid": "2"}, {"uid": "1"}, ['metadata.uid: Invalid value: "2": field is immutable']),
        (
            {},
            {"deletionTimestamp": "2026-01-01T00:00:00Z"},
            ["metadata.deletionTimestamp: Invalid value: null: field is immutable"],
        ),
        ({"generation": 1}, {"generation": 2}, ["metadata.generation: Invalid value: 1: must not be decremented"]),
        ({"finalizers": ["a.b/c"]}, {}, []),
        (
            {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c", "a.b/d"]},
            {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c"]},
            [
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, "
                'found new finalizers []string{"a.b/d"}'
            ],
        ),
    ],
)
def test_changed_metadata(new, old, expected):
    errors = validation.update(KINDS.of("v1", "ConfigMap"), config_map(**new), config_map(**old))
    assert [str(error) for error in errors] == expected


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: f"{kind.resource}.{kind.version}")
def test_every_kind_can_be_checked(kind):
    """No rule stumbles over what is missing."""
    metadata = {"name": "x"} | ({"namespace": "default"} if kind.namespaced else {})
    data = {"metadata": metadata, "spec": {}}
    validation.create(kind, data)
    validation.update(kind, data, data)
    validation.status(kind, {**data, "status": {}}, data)
