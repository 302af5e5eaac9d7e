import base64
from typing import Any

import pytest

KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
FROZEN = "field is immutable when `immutable` is set"


def thing(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {}, **fields}


def spec(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return thing(api_version, kind, spec=fields)


def text(content: str) -> str:
    return base64.b64encode(content.encode()).decode()


def node(**fields):
    return spec("v1", "Node", **fields)


def taint(key="k", effect="NoSchedule", **more):
    return {"key": key, "effect": effect, **more}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (node(taints=[taint(), taint(effect="NoExecute")]), []),
        (
            node(taints=[taint(), taint(value="v")]),
            [
                'metadata.taints[1]: Duplicate value: {"Key":"k","Value":"v","Effect":"NoSchedule","TimeAdded":null}: '
                "taints must be unique by key and effect pair"
            ],
        ),
        (
            node(taints=[taint(effect="Never")]),
            [
                'metadata.taints[0].effect: Unsupported value: "Never": '
                'supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'
            ],
        ),
        (
            node(podCIDRs=["x"]),
            ['spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
        ),
        (thing("v1", "ConfigMap", data={"k/v": "x"}), [f'data[k/v]: Invalid value: "k/v": {KEY}']),
        (
            thing("v1", "ConfigMap", data={"a": "x"}, binaryData={"a": text("x")}),
            ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
        ),
        (thing("v1", "ConfigMap", data={"a": "x" * 2**20}), []),
        (thing("v1", "ConfigMap", data={"a": "x" * (2**20 + 1)}), ["[]: Too long: may not be more than 1048576 bytes"]),
        (thing("v1", "Secret", stringData={"k v": "x"}), [f'data[k v]: Invalid value: "k v": {KEY}']),
        (
            thing("v1", "Secret", type="kubernetes.io/tls"),
            ["data[tls.crt]: Required value", "data[tls.key]: Required value"],
        ),
        (
            thing("v1", "Secret", type="kubernetes.io/basic-auth"),
            ["data[username]: Required value", "data[password]: Required value"],
        ),
        (thing("v1", "Secret", type="kubernetes.io/dockerconfigjson"), ["data[.dockerconfigjson]: Required value"]),
        (thing("v1", "Secret", type="kubernetes.io/dockerconfigjson", data={".dockerconfigjson": text("{}")}), []),
        (
            thing("v1", "Secret", type="kubernetes.io/service-account-token"),
            ["metadata.annotations[kubernetes.io/service-account.name]: Required value"],
        ),
        (
            thing("v1", "Event", involvedObject={"namespace": "other"}),
            ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
        ),
        (thing("v1", "Event", involvedObject={"kind": "Node", "name": "n"}), []),
        (
            spec("coordination.k8s.io/v1", "Lease", leaseDurationSeconds=0),
            ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
        ),
    ],
)
def test_nodes_configuration_and_records(complaints, data, expected):
    assert complaints(data) == expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (thing("v1", "ConfigMap", data={"a": "2"}), thing("v1", "ConfigMap", data={"a": "1"}), []),
        (
            thing("v1", "ConfigMap", data={"a": "2"}),
            thing("v1", "ConfigMap", data={"a": "1"}, immutable=True),
            [f"immutable: Forbidden: {FROZEN}", f"data: Forbidden: {FROZEN}"],
        ),
        (thing("v1", "Secret", type="a/b"), thing("v1", "Secret"), ['type: Invalid value: "a/b": field is immutable']),
        (
            node(podCIDRs=["10.0.1.0/24"]),
            node(podCIDRs=["10.0.2.0/24"]),
            ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
        ),
        (
            node(providerID="b"),
            node(providerID="a"),
            ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'],
        ),
        (node(providerID="b"), node(), []),
        (
            thing("scheduling.k8s.io/v1", "PriorityClass", value=2),
            thing("scheduling.k8s.io/v1", "PriorityClass"),
            ["value: Forbidden: may not be changed in an update."],
        ),
        (
            thing("storage.k8s.io/v1", "StorageClass", provisioner="b"),
            thing("storage.k8s.io/v1", "StorageClass", provisioner="a"),
            ["provisioner: Forbidden: updates to provisioner are forbidden."],
        ),
    ],
)
def test_changes(complaints, new, old, expected):
    assert complaints(new, old) == expected


def test_the_phase_of_a_namespace_follows_its_deletion(complaints):
    old = thing("v1", "Namespace")
    new = old | {"status": {"phase": "Terminating"}}
    assert complaints(new, old, status=True) == [
        "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"
    ]


CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
VOLUME = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/p"}}
MODES = 'supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (spec("v1", "PersistentVolumeClaim", **CLAIM), []),
        (
            spec("v1", "PersistentVolumeClaim"),
            [
                "spec.accessModes: Required value: at least 1 access mode is required",
                "spec.resources[storage]: Required value",
            ],
        ),
        (
            spec("v1", "PersistentVolumeClaim", **(CLAIM | {"accessModes": ["Any"]})),
            [f'spec.accessModes: Unsupported value: "Any": {MODES}'],
        ),
        (
            spec("v1", "PersistentVolumeClaim", **(CLAIM | {"resources": {"requests": {"storage": "0"}}})),
            ['spec.resources[storage]: Invalid value: "0": must be greater than zero'],
        ),
        (spec("v1", "PersistentVolume", **VOLUME), []),
        (
            spec("v1", "PersistentVolume", **{k: v for k, v in VOLUME.items() if k != "hostPath"}),
            ["spec: Required value: must specify a volume type"],
        ),
        (
            spec("v1", "PersistentVolume", **VOLUME, nfs={"server": "s", "path": "/"}),
            ["spec.hostPath: Forbidden: may not specify more than 1 volume type"],
        ),
        (thing("storage.k8s.io/v1", "StorageClass", provisioner="example.com/disk"), []),
        (thing("storage.k8s.io/v1", "StorageClass"), ["provisioner: Required value"]),
    ],
)
def test_storage(complaints, data, expected):
    assert complaints(data) == expected


def test_a_claim_is_bound_once_and_may_grow_then(complaints):
    def claim(phase="Pending", size="1Gi", **more):
        given = CLAIM | {"resources": {"requests": {"storage": size}}} | more
        return spec("v1", "PersistentVolumeClaim", **given) | {"status": {"phase": phase}}

    assert complaints(claim(volumeName="v"), claim()) == []
    assert complaints(claim("Bound", "2Gi", volumeName="v"), claim("Bound", volumeName="v")) == []
    (message,) = complaints(claim(size="2Gi"), claim())
    assert message.startswith("spec: Forbidden: spec is immutable after creation except resources.requests and ")


BUDGET = ("policy/v1", "PodDisruptionBudget")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (spec(*BUDGET, minAvailable=1), []),
        (
            spec(*BUDGET, minAvailable="150%"),
            ['spec.minAvailable: Invalid value: "150%": must not be greater than 100%'],
        ),
        (
            spec(*BUDGET, maxUnavailable=-1),
            ["spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0"],
        ),
        (
            thing("scheduling.k8s.io/v1", "PriorityClass", value=2_000_000_000),
            ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
        ),
        (spec("v1", "ResourceQuota", hard={"pods": "3", "requests.cpu": "1"}), []),
        (
            spec("v1", "ResourceQuota", hard={"pods": "1500m"}),
            ['spec.hard[pods]: Invalid value: "1500m": must be an integer'],
        ),
        (
            spec("v1", "ResourceQuota", hard={"bananas": "1"}),
            [
                'spec.hard[bananas]: Invalid value: "bananas": must be a standard resource type or fully qualified',
                'spec.hard[bananas]: Invalid value: "bananas": must be a standard resource for quota',
            ],
        ),
        (
            spec("v1", "ResourceQuota", scopes=["BestEffort", "NotBestEffort"]),
            ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
        ),
        (spec("v1", "LimitRange", limits=[{"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]), None),
        (
            spec("v1", "LimitRange", limits=[{"type": "Pod", "max": {"cpu": "1"}, "min": {"cpu": "2"}}]),
            ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
        ),
        (
            spec("v1", "LimitRange", limits=[{"type": "Pod", "default": {"cpu": "1"}}]),
            ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
        ),
    ],
)
def test_policy(complaints, data, expected):
    found = complaints(data)
    assert found if expected is None else found == expected


def test_both_bounds_of_a_budget(complaints):
    (message,) = complaints(spec(*BUDGET, minAvailable=1, maxUnavailable=1))
    assert message.endswith("minAvailable and maxUnavailable cannot be both set")


INGRESS = ("networking.k8s.io/v1", "Ingress")
BACKEND = {"service": {"name": "s", "port": {"number": 80}}}


def ingress(path=None, host="example.com"):
    paths = [{"path": "/", "pathType": "Prefix", "backend": BACKEND, **(path or {})}]
    return spec(*INGRESS, rules=[{"host": host, "http": {"paths": paths}}])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ingress(), []),
        (ingress(host="*.example.com"), []),
        (spec(*INGRESS), ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"]),
        (spec(*INGRESS, rules=[{"http": {}}]), ["spec.rules[0].http.paths: Required value"]),
        (ingress({"pathType": None}), None),
        (
            ingress({"pathType": "Regex"}),
            [
                'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": '
                'supported values: "Exact", "ImplementationSpecific", "Prefix"'
            ],
        ),
        (
            ingress({"path": "a//b"}),
            [
                'spec.rules[0].http.paths[0].path: Invalid value: "a//b": must be an absolute path',
                "spec.rules[0].http.paths[0].path: Invalid value: \"a//b\": must not contain '//'",
            ],
        ),
        (
            ingress({"backend": {}}),
            ['spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required'],
        ),
        (
            ingress({"backend": {"service": {"name": "s"}}}),
            ["spec.rules[0].http.paths[0].backend: Required value: port name or number is required"],
        ),
        (
            ingress({"backend": {"service": {"name": "s", "port": {"name": "a", "number": 1}}}}),
            ['spec.rules[0].http.paths[0].backend: Invalid value: "": cannot set both port name & port number'],
        ),
        (spec("networking.k8s.io/v1", "IngressClass"), ["spec.controller: Required value"]),
        (
            spec("networking.k8s.io/v1", "NetworkPolicy", ingress=[{"from": [{}]}]),
            ["spec.ingress[0].from[0]: Required value: must specify a peer"],
        ),
        (
            spec(
                "networking.k8s.io/v1",
                "NetworkPolicy",
                egress=[
                    {
                        "to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/8"]}}],
                        "ports": [{"port": 80, "endPort": 79}],
                    }
                ],
            ),
            [
                "spec.egress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`",
                'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/8": '
                "must be a strict subset of `cidr`",
            ],
        ),
    ],
)
def test_networking(complaints, data, expected):
    found = complaints(data)
    assert found if expected is None else found == expected


ROLE_REF = {"kind": "Role", "name": "r"}
RBAC = "rbac.authorization.k8s.io/v1"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (thing(RBAC, "Role", rules=[{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]), []),
        (
            thing(RBAC, "Role", rules=[{}]),
            [
                "rules[0].verbs: Required value: verbs must contain at least one value",
                "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
                "rules[0].resources: Required value: resource rules must supply at least one resource",
            ],
        ),
        (
            thing(RBAC, "Role", rules=[{"verbs": ["get"], "nonResourceURLs": ["/x"]}]),
            ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
        ),
        (thing(RBAC, "RoleBinding", roleRef=ROLE_REF, subjects=[{"kind": "User", "name": "u"}]), []),
        (
            thing(RBAC, "ClusterRoleBinding", roleRef=ROLE_REF),
            ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
        ),
        (
            thing(RBAC, "RoleBinding", roleRef=ROLE_REF, subjects=[{"kind": "Robot", "name": "u"}]),
            ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
        ),
    ],
)
def test_access(complaints, data, expected):
    assert complaints(data) == expected


def test_a_binding_keeps_its_role(complaints):
    old = thing(RBAC, "RoleBinding", roleRef=ROLE_REF)
    new = thing(RBAC, "RoleBinding", roleRef=ROLE_REF | {"name": "q"})
    (message,) = complaints(new, old)
    assert message.endswith(": cannot change roleRef")


TARGET = {"kind": "Deployment", "name": "d"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"maxReplicas": 3}, []),
        (
            {"maxReplicas": 0},
            [
                "spec.maxReplicas: Invalid value: 0: must be greater than 0",
                "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
            ],
        ),
        (
            {"maxReplicas": 2, "minReplicas": 3},
            ["spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`"],
        ),
        (
            {"maxReplicas": 2, "scaleTargetRef": {}},
            ["spec.scaleTargetRef.kind: Required value", "spec.scaleTargetRef.name: Required value"],
        ),
        (
            {"maxReplicas": 2, "metrics": [{"type": "Resource"}]},
            ["spec.metrics[0].resource: Required value: must populate information for the given metric source"],
        ),
    ],
)
def test_autoscalers(complaints, fields, expected):
    given = {"scaleTargetRef": TARGET, **fields}
    assert complaints(spec("autoscaling/v2", "HorizontalPodAutoscaler", **given)) == expected


def definition(name="widgets.example.com", **fields):
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", **fields.pop("schema", {})}},
    }
    whole = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"},
        "versions": [version],
        **fields,
    }
    return spec("apiextensions.k8s.io/v1", "CustomResourceDefinition", **whole) | {"metadata": {"name": name}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (definition(), []),
        (
            definition("gadgets.example.com"),
            ['metadata.name: Invalid value: "gadgets.example.com": must be spec.names.plural+"."+spec.group'],
        ),
        (
            definition(scope="Everywhere"),
            ['spec.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"'],
        ),
        (
            definition(schema={"properties": {"spec": {}}}),
            [
                "spec.validation.openAPIV3Schema.properties[spec].type: Required value: "
                "must not be empty for specified object fields"
            ],
        ),
        (
            definition(versions=[]),
            ["spec.versions: Invalid value: []: must have exactly one version marked as storage version"],
        ),
    ],
)
def test_definitions_of_custom_resources(complaints, data, expected):
    assert complaints(data) == expected


WEBHOOK = {
    "name": "a.example.com",
    "admissionReviewVersions": ["v1"],
    "sideEffects": "None",
    "clientConfig": {"url": "https://example.com"},
}


def webhooks(**fields):
    given = {key: value for key, value in {**WEBHOOK, **fields}.items() if value is not None}
    return thing("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks=[given])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (webhooks(), []),
        (
            webhooks(name="short"),
            [
                'webhooks[0].name: Invalid value: "short": '
                "should be a domain with at least three segments separated by dots"
            ],
        ),
        (
            webhooks(sideEffects=None, admissionReviewVersions=None),
            [
                "webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1",
                "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun",
            ],
        ),
        (
            webhooks(timeoutSeconds=31),
            ["webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds"],
        ),
        (
            webhooks(clientConfig={}),
            ["webhooks[0].clientConfig: Required value: exactly one of url or service is required"],
        ),
        (
            webhooks(rules=[{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["READ"]}]),
            [
                'webhooks[0].rules[0].operations[0]: Unsupported value: "READ": '
                'supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"'
            ],
        ),
        (
            spec(
                "apiregistration.k8s.io/v1",
                "APIService",
                group="a.b",
                version="v1",
                groupPriorityMinimum=1,
                versionPriority=1,
            ),
            ['metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.a.b"'],
        ),
        (
            spec(
                "certificates.k8s.io/v1", "CertificateSigningRequest", request="eA==", usages=["any"], signerName="me"
            ),
            [
                'spec.signerName: Invalid value: "me": '
                "must be a fully qualified domain and path of the form 'example.com/signer-name'"
            ],
        ),
        (thing("node.k8s.io/v1", "RuntimeClass"), ["handler: Required value"]),
    ],
)
def test_registrations(complaints, data, expected):
    assert complaints(data) == expected


OWN = "k9lite.dev/v1"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (spec(OWN, "Clock", speed=0) | {"metadata": {"name": "cluster"}}, []),
        (
            spec(OWN, "Clock", speed=1000) | {"metadata": {"name": "cluster"}},
            ["spec.speed: Invalid value: 1000: must be between 0.1 and 100, inclusive, or 0 for instant"],
        ),
        (spec(OWN, "Clock"), ["metadata.name: Invalid value: \"x\": must be 'cluster': there is one clock"]),
        (spec(OWN, "Fault", type="NodeDown", target={"kind": "Node", "name": "n"}), []),
        (
            spec(OWN, "Fault", type="Crash", target={"kind": "Pod", "name": "p"}),
            ["spec.target.namespace: Required value"],
        ),
        (
            spec(OWN, "Fault", type="Flood"),
            [
                'spec.type: Unsupported value: "Flood": '
                'supported values: "NodeDown", "Crash", "Hang", "NotReady", "PullFailure"',
                "spec.target: Required value",
            ],
        ),
        (spec(OWN, "Fault", type="PullFailure"), ["spec.image: Required value"]),
        (spec(OWN, "Image", name="node-app:v1"), []),
        (
            spec(OWN, "Image", name="Node App"),
            ['spec.name: Invalid value: "Node App": must be the name of an image, e.g. node-app:v1'],
        ),
    ],
)
def test_own_kinds(complaints, data, expected):
    assert complaints(data) == expected
