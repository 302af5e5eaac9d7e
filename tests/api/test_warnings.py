import pytest

from k9lite.api import warnings
from k9lite.api.kinds import DEPLOYMENT, POD, SERVICE, Kind, Kinds


def pod(*containers, **spec):
    given = [{"name": f"c{index}", **container} for index, container in enumerate(containers)]
    return {"metadata": {"name": "x"}, "spec": {"containers": given, **spec}}


A, B = {"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80, "protocol": "UDP"}
NO_POD = "a null labelSelector results in matching no pod"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pod({}), []),
        (
            pod({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
            ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
        ),
        (pod({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "$(A)2"}]}), []),
        (
            pod({"ports": [A]}, {"ports": [A]}),
            ["spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]"],
        ),
        (pod({"ports": [A, B]}), []),
        (
            pod({"ports": [A]}, {"ports": [A | {"hostPort": 1}]}),
            ["spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[0]"],
        ),
        (
            pod({"ports": [A | {"hostPort": 1}, A | {"hostPort": 1, "hostIP": "127.0.0.1"}]}),
            ["spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]"],
        ),
        (
            pod({}, nodeSelector={"beta.kubernetes.io/os": "linux"}),
            ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
        ),
        (
            pod({}, imagePullSecrets=[{"name": "a"}, {"name": "a"}]),
            ['spec.imagePullSecrets[1].name: duplicate name "a"'],
        ),
        (
            pod({}, terminationGracePeriodSeconds=-1),
            ["spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"],
        ),
        (
            pod({}, topologySpreadConstraints=[{"topologyKey": "zone"}]),
            [f"spec.topologySpreadConstraints[0].labelSelector: {NO_POD}"],
        ),
        (
            pod({}, affinity={"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}),
            [f"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: {NO_POD}"],
        ),
    ],
)
def test_pods(data, expected):
    assert warnings.of(POD, data) == expected


def test_names_with_dots_make_odd_host_names():
    named = {"metadata": {"name": "a.b"}}
    rest = "which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
    assert warnings.of(POD, named) == [f"metadata.name: this is used in the Pod's hostname, {rest}"]
    assert warnings.of(DEPLOYMENT, named) == [f"metadata.name: this is used in Pod names and hostnames, {rest}"]


def test_templates_are_looked_at_where_they_are():
    odd = pod({}, terminationGracePeriodSeconds=-1)
    (text,) = warnings.of(DEPLOYMENT, {"metadata": {"name": "x"}, "spec": {"template": odd}})
    assert text.startswith("spec.template.spec.terminationGracePeriodSeconds: ")


def test_what_did_not_change_is_not_told_again():
    old = {"metadata": {"name": "x"}, "spec": {"template": pod({}, terminationGracePeriodSeconds=-1)}}
    assert warnings.of(DEPLOYMENT, {**old, "metadata": {"name": "x", "labels": {"a": "b"}}}, old) == []
    assert len(warnings.of(DEPLOYMENT, {**old, "spec": old["spec"] | {"replicas": 2}}, old)) == 1


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"type": "ClusterIP", "externalName": "a"},
            ['spec.externalName is ignored when spec.type is not "ExternalName"'],
        ),
        (
            {"type": "ExternalName", "externalIPs": ["1.2.3.4"]},
            ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
        ),
        (
            {"clusterIP": "None", "sessionAffinity": "ClientIP"},
            ["spec.SessionAffinity is ignored for headless services"],
        ),
        ({"clusterIP": "None", "sessionAffinity": "None"}, []),
    ],
)
def test_services(spec, expected):
    assert warnings.of(SERVICE, {"spec": spec}) == expected


def test_ingress_classes_were_annotations_once():
    ingress = Kinds().of("networking.k8s.io/v1", "Ingress")
    data = {"metadata": {"annotations": {"kubernetes.io/ingress.class": "a"}}}
    assert warnings.of(ingress, data) == [
        "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"
    ]


KINDS = Kinds()
TERM = {"matchExpressions": [{"key": "beta.kubernetes.io/arch", "operator": "Exists"}]}
ARCH = 'beta.kubernetes.io/arch is deprecated since v1.14; use "kubernetes.io/arch" instead'
TOKEN_VOLUME = {
    "name": "v",
    "projected": {
        "sources": [
            {"serviceAccountToken": {"path": "token"}},
            {"secret": {"items": [{"key": "k", "path": "token"}]}},
        ]
    },
}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            pod(
                {},
                affinity={
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [TERM]},
                        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": TERM}],
                    }
                },
            ),
            [
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
                f".matchExpressions[0].key: {ARCH}",
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference"
                f".matchExpressions[0].key: {ARCH}",
            ],
        ),
        (
            pod({"resources": {"limits": {"memory": "100m"}, "requests": {"memory": "1Gi", "cpu": "100m"}}}),
            [
                'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
            ],
        ),
        (pod({}, imagePullSecrets=[{"name": ""}]), ['spec.imagePullSecrets[0].name: invalid empty name ""']),
        (
            pod({}, volumes=[TOKEN_VOLUME]),
            ['spec.volumes[0].projected.sources.secrets[0]: has duplicated path with ServiceAccountToken "token"'],
        ),
        (
            pod({}, volumes=[{"name": "v", "gitRepo": {"repository": "x"}}]),
            ["spec.volumes[0].gitRepo: deprecated in v1.11"],
        ),
        (
            pod({})
            | {
                "metadata": {
                    "name": "x",
                    "annotations": {
                        "seccomp.security.alpha.kubernetes.io/pod": "a",
                        "scheduler.alpha.kubernetes.io/critical-pod": "",
                        "container.apparmor.security.beta.kubernetes.io/c0": "a",
                    },
                }
            },
            [
                "metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: "
                'non-functional in v1.16+; use the "priorityClassName" field instead',
                "metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: "
                'non-functional in v1.27+; use the "seccompProfile" field instead',
                "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c0]: "
                'deprecated since v1.30; use the "appArmorProfile" field instead',
            ],
        ),
    ],
)
def test_more_of_pods(data, expected):
    assert warnings.of(POD, data) == expected


@pytest.mark.parametrize(
    ("api_version", "kind", "data", "expected"),
    [
        (
            "v1",
            "PersistentVolumeClaim",
            {"spec": {"resources": {"requests": {"storage": "1500m"}}}},
            ['spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer'],
        ),
        (
            "v1",
            "PersistentVolume",
            {"spec": {"persistentVolumeReclaimPolicy": "Recycle", "rbd": {}}},
            [
                "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended "
                "approach is to use dynamic provisioning.",
                "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
            ],
        ),
        (
            "v1",
            "Service",
            {"spec": {"externalIPs": ["1.2.3.4"], "trafficDistribution": "PreferClose"}},
            [
                "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
                'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
            ],
        ),
        (
            "apps/v1",
            "StatefulSet",
            {"metadata": {"name": "s"}, "spec": {"revisionHistoryLimit": -1}},
            [
                "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is "
                "recommended"
            ],
        ),
        (
            "node.k8s.io/v1",
            "RuntimeClass",
            {"scheduling": {"nodeSelector": {"beta.kubernetes.io/os": "l"}}},
            ['scheduling.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
        ),
    ],
)
def test_other_kinds(api_version, kind, data, expected):
    assert warnings.of(KINDS.of(api_version, kind), data) == expected


def test_new_finalizers_of_custom_resources_should_be_qualified():
    lamp = Kind("home.example", "v1", "Lamp", "lamps", True)
    data = {"metadata": {"finalizers": ["mine", "home.example/mine"]}}
    assert [text.partition(": prefer")[0] for text in warnings.of(lamp, data)] == ['metadata.finalizers: "mine"']
    assert warnings.of(lamp, data, data) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("spec.containers[0].env[1]: hides", "spec.containers[0].env[1]"),
        ("spec.nodeSelector[a.b/c]: deprecated", "spec.nodeSelector[a.b/c]"),
        ("spec.externalName is ignored when spec.type is not", "spec.externalName"),
        ("v1 Endpoints is deprecated", ""),
    ],
)
def test_the_field_that_a_warning_names(text, path):
    assert warnings.path(text) == path
