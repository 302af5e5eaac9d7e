import json
import re

import pytest

from k9lite.api import kinds, schema
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.api.schema import ListOf, Map, Struct
from k9lite.api.schema.walker import Walker

TYPO = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "bad"},
    "spec": {
        "replica": 2,
        "template": {"spec": {"containers": [{"name": "c", "image": "x", "imagePullPolcy": "Always"}]}},
    },
}
TYPO_FIELDS = ["spec.replica", "spec.template.spec.containers[0].imagePullPolcy"]


def test_unknown_fields_are_told_all_at_once() -> None:
    with pytest.raises(StatusError) as raised:
        schema.decode(kinds.DEPLOYMENT, TYPO)
    assert raised.value.reason == "BadRequest"
    assert raised.value.message == (
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
        'unknown field "spec.replica", unknown field "spec.template.spec.containers[0].imagePullPolcy"'
    )


def test_unknown_fields_are_warned_of_or_ignored() -> None:
    clean, warnings = schema.decode(kinds.DEPLOYMENT, TYPO, "Warn")
    assert warnings == [f'unknown field "{path}"' for path in TYPO_FIELDS]
    pod = {"containers": [{"name": "c", "image": "x", "resources": {}}]}
    assert clean["spec"] == {"strategy": {}, "template": {"metadata": {}, "spec": pod}}
    assert schema.decode(kinds.DEPLOYMENT, TYPO, "Ignore") == (clean, [])


DOUBLED = """{"metadata": {"labels": {"a": "1", "a": "2"}}, "spec": {
    "unknown": 1, "unknown": 2, "paused": true, "paused": false, "template": {"spec": {"containers": [
        {"name": "c", "imagePullPolcy": "x", "image": "a", "image": "b"}
    ]}}
}}"""


def test_duplicate_fields_are_strict_errors_too() -> None:
    duplicates = schema.duplicate_fields(DOUBLED)
    with pytest.raises(StatusError) as raised:
        schema.decode(kinds.DEPLOYMENT, json.loads(DOUBLED), duplicates=duplicates)
    assert raised.value.message.endswith(
        'strict decoding error: duplicate field "metadata.labels.a", unknown field "spec.unknown", '
        'duplicate field "spec.paused", unknown field "spec.template.spec.containers[0].imagePullPolcy", '
        'duplicate field "spec.template.spec.containers[0].image"'
    )
    gadget = Kind("example.com", "v1", "Gadget", "gadgets", True)
    assert schema.decode(gadget, json.loads(DOUBLED), "Warn", duplicates=duplicates)[1] == [
        f'duplicate field "{path}"'
        for path in ("metadata.labels.a", "spec.unknown", "spec.paused", "spec.template.spec.containers[0].image")
    ]
    assert schema.duplicate_fields(b'{"a": [{"b": 1}, {"b": 2}]}') == ()


POD_ERROR = 'Pod in version "v1" cannot be handled as a Pod: '
CONTAINER = "Go struct field Container.spec.containers"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"containers": [{"image": True}]}, f"json: cannot unmarshal bool into {CONTAINER}.image of type string"),
        (
            {"containers": {"name": "c"}},
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container",
        ),
        (
            {"containers": ["c"]},
            "json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container",
        ),
        (
            {"restartPolicy": 5},
            "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy",
        ),
        (
            {"terminationGracePeriodSeconds": 1.5},
            "json: cannot unmarshal number 1.5 into Go struct field "
            "PodSpec.spec.terminationGracePeriodSeconds of type int64",
        ),
        (
            {"priority": 2**31},
            "json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32",
        ),
        (
            {"nodeSelector": {"a": 1}},
            "json: cannot unmarshal number into Go struct field PodSpec.spec.nodeSelector of type string",
        ),
        (
            {"containers": [{"resources": {"limits": []}}]},
            "json: cannot unmarshal array into Go struct field "
            "ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList",
        ),
        (
            {"containers": [{"resources": {"limits": {"cpu": "1GB"}}}]},
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        ),
        (
            {"containers": [{"livenessProbe": {"httpGet": {"port": {}}}}]},
            "json: cannot unmarshal object into Go struct field "
            "HTTPGetAction.spec.containers.livenessProbe.httpGet.port of type int32",
        ),
    ],
)
def test_values_of_a_wrong_type(spec: dict[str, object], message: str) -> None:
    with pytest.raises(StatusError, match=f"^{re.escape(POD_ERROR + message)}$"):
        schema.decode(kinds.POD, {"spec": spec, "unknown": 1})


def test_wrong_texts_of_times_and_bytes() -> None:
    with pytest.raises(StatusError, match=r'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon"'):
        schema.decode(kinds.POD, {"metadata": {"creationTimestamp": "soon"}})
    with pytest.raises(StatusError, match=r"illegal base64 data at input byte 2$"):
        schema.decode(kinds.SECRET, {"data": {"a": "ab!="}})


@pytest.mark.parametrize(
    ("kind", "data", "clean"),
    [
        (
            kinds.POD,
            {"metadata": {"creationTimestamp": None, "labels": {"a": None}, "annotations": {}}, "status": None},
            {"metadata": {"labels": {"a": ""}}, "spec": {"containers": None}, "status": {}},
        ),
        (
            kinds.POD,
            {"spec": {"hostNetwork": False, "nodeName": "", "priority": 0, "containers": [{"name": "c", "env": []}]}},
            {"metadata": {}, "spec": {"priority": 0, "containers": [{"name": "c", "resources": {}}]}, "status": {}},
        ),
        (
            kinds.POD,
            {"spec": {"containers": [None, {"ports": [{}], "resources": {"limits": {"cpu": 0.5}}}]}},
            {
                "metadata": {},
                "spec": {
                    "containers": [
                        {"name": "", "resources": {}},
                        {"name": "", "ports": [{"containerPort": 0}], "resources": {"limits": {"cpu": "500m"}}},
                    ]
                },
                "status": {},
            },
        ),
        (
            kinds.LEASE,
            {"spec": {"renewTime": "2026-01-02T04:04:05+01:00", "holderIdentity": ""}},
            {"metadata": {}, "spec": {"renewTime": "2026-01-02T03:04:05.000000Z", "holderIdentity": ""}},
        ),
        (
            kinds.DEPLOYMENT,
            {"status": {"replicas": 0, "terminatingReplicas": 0}},
            {
                "metadata": {},
                "spec": {"strategy": {}, "template": {"metadata": {}, "spec": {"containers": None}}},
                "status": {"terminatingReplicas": 0},
            },
        ),
        (
            kinds.SERVICE,
            {"spec": {"ports": [{"port": 80}]}, "status": {"conditions": [{"type": "a", "status": "True"}]}},
            {
                "metadata": {},
                "spec": {"ports": [{"port": 80, "targetPort": 0}]},
                "status": {
                    "loadBalancer": {},
                    "conditions": [
                        {"type": "a", "status": "True", "reason": "", "message": "", "lastTransitionTime": None}
                    ],
                },
            },
        ),
        (
            kinds.PERSISTENT_VOLUME_CLAIM,
            {"spec": {"storageClassName": "", "volumeName": "", "resources": {"requests": {"storage": "1024Mi"}}}},
            {
                "metadata": {},
                "spec": {"storageClassName": "", "resources": {"requests": {"storage": "1Gi"}}},
                "status": {},
            },
        ),
    ],
)
def test_clean_data(kind: Kind, data: dict[str, object], clean: dict[str, object] | None) -> None:
    expected = data if clean is None else clean
    assert schema.decode(kind, data) == (expected, [])
    assert schema.decode(kind, expected) == (expected, [])
    assert Walker().clean(schema.of(kind), data) == expected


def test_partial_objects_keep_what_was_said() -> None:
    said = {"spec": {"hostNetwork": False, "containers": [{"ports": [{"name": "x"}], "env": []}]}}
    assert schema.decode(kinds.POD, said, partial=True) == (said, [])


def test_how_lists_and_maps_merge() -> None:
    def field(kind: Kind, path: str) -> object:
        struct: object = schema.of(kind)
        for name in path.split("."):
            while isinstance(struct, ListOf):
                struct = struct.item
            assert isinstance(struct, Struct)
            struct = struct.fields[name].type
        return struct

    ports = field(kinds.POD, "spec.containers.ports")
    assert isinstance(ports, ListOf)
    assert (ports.kind, ports.keys, ports.merge_key) == ("map", ("containerPort", "protocol"), "containerPort")
    assert ports.defaults == (("protocol", "TCP"),)
    tolerations = field(kinds.POD, "spec.tolerations")
    assert isinstance(tolerations, ListOf)
    assert (tolerations.kind, tolerations.merge_key) == ("atomic", "")
    finalizers = field(kinds.POD, "metadata.finalizers")
    assert isinstance(finalizers, ListOf)
    assert (finalizers.kind, finalizers.merged) == ("set", True)
    selector = field(kinds.SERVICE, "spec.selector")
    assert isinstance(selector, Map)
    assert selector.leaf
    labels = field(kinds.DEPLOYMENT, "spec.selector")
    assert isinstance(labels, Struct)
    assert labels.leaf


@pytest.mark.parametrize("kind", kinds.BUILTIN, ids=lambda kind: kind.resource)
def test_every_builtin_kind_has_a_schema(kind: Kind) -> None:
    data = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "x"}}
    assert schema.decode(kind, data, partial=True) == (data, [])


WIDGET = Kind(
    "example.com",
    "v1",
    "Widget",
    "widgets",
    True,
    schema={
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "size": {"type": "integer"},
                    "port": {"x-kubernetes-int-or-string": True},
                    "parts": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                    },
                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        },
    },
)


def test_custom_resources() -> None:
    data = {
        "metadata": {"name": "w"},
        "spec": {"size": 3, "port": "http", "parts": [{"name": "a"}], "free": {"x": [1]}, "tags": {"a": "b"}},
    }
    assert schema.decode(WIDGET, data) == (data, [])
    clean, warnings = schema.decode(WIDGET, {**data, "spec": {"parts": [{"nam": "a"}]}}, "Warn")
    assert (clean["spec"], warnings) == ({"parts": [{}]}, ['unknown field "spec.parts[0].nam"'])
    values = {"spec": {"size": "left to validation", "port": None, "tags": []}}
    assert schema.decode(WIDGET, values) == (values, [])
    with pytest.raises(StatusError, match=r'Widget in version "v1" cannot be handled as a Widget: json: .*ObjectMeta'):
        schema.decode(WIDGET, {"metadata": {"name": 1}})
    free = Kind("example.com", "v1", "Gadget", "gadgets", True)
    assert schema.decode(free, {"metadata": {"name": "w"}, "anything": {"goes": 1}})[0]["anything"] == {"goes": 1}


@pytest.mark.parametrize(
    ("path", "name", "meant"),
    [
        ("spec", "replica", "replicas"),
        ("spec.template.spec.containers[0]", "imagePullPolcy", "imagePullPolicy"),
        ("spec.template.spec.containers", "Image", "image"),
        ("metadata", "nmae", "name"),
        ("spec.template.spec.containers[0].resources.limits", "cpus", None),
        ("spec", "unicorns", None),
        ("nowhere.at.all", "x", None),
    ],
)
def test_what_was_meant(path: str, name: str, meant: str | None) -> None:
    assert schema.suggest(kinds.DEPLOYMENT, path, name) == meant
