from copy import deepcopy

import pytest

from k9lite.api import defaults
from k9lite.api.kinds import Kinds

KINDS = Kinds()
POD_SPEC = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
TEMPLATE = {"metadata": {}, "spec": POD_SPEC}
LABELLED = {"metadata": {"labels": {"a": "b"}}}


@pytest.mark.parametrize(
    ("api_version", "kind", "given", "filled"),
    [
        (
            "apps/v1",
            "Deployment",
            {},
            {
                "replicas": 1,
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
                "template": TEMPLATE,
            },
        ),
        (
            "apps/v1",
            "Deployment",
            {"replicas": 0, "strategy": {"type": "Recreate"}},
            {
                "replicas": 0,
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
                "strategy": {"type": "Recreate"},
                "template": TEMPLATE,
            },
        ),
        ("apps/v1", "ReplicaSet", {}, {"replicas": 1}),
        (
            "apps/v1",
            "StatefulSet",
            {},
            {
                "replicas": 1,
                "revisionHistoryLimit": 10,
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
                "template": TEMPLATE,
            },
        ),
        (
            "apps/v1",
            "DaemonSet",
            {},
            {
                "revisionHistoryLimit": 10,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
                "template": TEMPLATE,
            },
        ),
        (
            "batch/v1",
            "Job",
            {},
            {
                "completions": 1,
                "parallelism": 1,
                "backoffLimit": 6,
                "completionMode": "NonIndexed",
                "suspend": False,
                "manualSelector": False,
                "podReplacementPolicy": "TerminatingOrFailed",
                "template": TEMPLATE,
            },
        ),
        (
            "batch/v1",
            "CronJob",
            {"schedule": "* * * * *"},
            {
                "schedule": "* * * * *",
                "concurrencyPolicy": "Allow",
                "suspend": False,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
                "jobTemplate": {"metadata": {}, "spec": {"template": TEMPLATE}},
            },
        ),
        (
            "v1",
            "Service",
            {"ports": [{"port": 80}]},
            {
                "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
                "sessionAffinity": "None",
                "type": "ClusterIP",
                "internalTrafficPolicy": "Cluster",
            },
        ),
        (
            "v1",
            "Service",
            {"type": "LoadBalancer", "sessionAffinity": "ClientIP"},
            {
                "type": "LoadBalancer",
                "sessionAffinity": "ClientIP",
                "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}},
                "internalTrafficPolicy": "Cluster",
                "externalTrafficPolicy": "Cluster",
                "allocateLoadBalancerNodePorts": True,
            },
        ),
        ("v1", "Service", {"type": "ExternalName"}, {"type": "ExternalName", "sessionAffinity": "None"}),
        ("v1", "PersistentVolumeClaim", {}, {"volumeMode": "Filesystem"}),
        (
            "v1",
            "PersistentVolume",
            {"hostPath": {"path": "/p"}},
            {
                "hostPath": {"path": "/p", "type": ""},
                "persistentVolumeReclaimPolicy": "Retain",
                "volumeMode": "Filesystem",
            },
        ),
        (
            "networking.k8s.io/v1",
            "NetworkPolicy",
            {"egress": [{"ports": [{"port": 53}]}]},
            {
                "podSelector": {},
                "policyTypes": ["Ingress", "Egress"],
                "egress": [{"ports": [{"port": 53, "protocol": "TCP"}]}],
            },
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            {"maxReplicas": 3},
            {
                "maxReplicas": 3,
                "minReplicas": 1,
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    }
                ],
            },
        ),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicy",
            {"matchConstraints": {"resourceRules": [{"resources": ["pods"]}]}},
            {
                "failurePolicy": "Fail",
                "matchConstraints": {
                    "matchPolicy": "Equivalent",
                    "namespaceSelector": {},
                    "objectSelector": {},
                    "resourceRules": [{"resources": ["pods"], "scope": "*"}],
                },
            },
        ),
        (
            "flowcontrol.apiserver.k8s.io/v1",
            "PriorityLevelConfiguration",
            {"type": "Limited", "limited": {"limitResponse": {"type": "Queue", "queuing": {}}}},
            {
                "type": "Limited",
                "limited": {
                    "nominalConcurrencyShares": 30,
                    "lendablePercent": 0,
                    "limitResponse": {
                        "type": "Queue",
                        "queuing": {"queues": 64, "handSize": 8, "queueLengthLimit": 50},
                    },
                },
            },
        ),
        (
            "apiregistration.k8s.io/v1",
            "APIService",
            {"service": {"name": "a", "namespace": "b"}},
            {"service": {"name": "a", "namespace": "b", "port": 443}},
        ),
        (
            "v1",
            "LimitRange",
            {"limits": [{"type": "Container", "max": {"cpu": "2"}, "min": {"memory": "1Mi"}}]},
            {
                "limits": [
                    {
                        "type": "Container",
                        "max": {"cpu": "2"},
                        "min": {"memory": "1Mi"},
                        "default": {"cpu": "2"},
                        "defaultRequest": {"cpu": "2", "memory": "1Mi"},
                    }
                ]
            },
        ),
    ],
)
def test_specs(api_version, kind, given, filled):
    data = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": deepcopy(given)}
    defaults.apply(KINDS.of(api_version, kind), data)
    assert data["spec"] == filled


@pytest.mark.parametrize(
    ("api_version", "kind", "given", "filled"),
    [
        ("v1", "Secret", {"stringData": {"a": "b"}}, {"type": "Opaque", "data": {"a": "Yg=="}}),
        ("v1", "Secret", {"data": {"a": "eA=="}, "stringData": {"a": "b"}}, {"type": "Opaque", "data": {"a": "Yg=="}}),
        ("v1", "ConfigMap", {}, {}),
        ("storage.k8s.io/v1", "StorageClass", {}, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}),
        ("scheduling.k8s.io/v1", "PriorityClass", {}, {"preemptionPolicy": "PreemptLowerPriority"}),
        (
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            {"roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "u"}]},
            {
                "roleRef": {"kind": "Role", "name": "r", "apiGroup": "rbac.authorization.k8s.io"},
                "subjects": [{"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}],
            },
        ),
        (
            "discovery.k8s.io/v1",
            "EndpointSlice",
            {"ports": [{"port": 80}]},
            {"ports": [{"port": 80, "protocol": "TCP", "name": ""}], "endpoints": None},
        ),
    ],
)
def test_top_level_fields(api_version, kind, given, filled):
    data = deepcopy(given)
    defaults.apply(KINDS.of(api_version, kind), data)
    assert data == filled


def test_a_namespace_carries_its_name_as_a_label():
    data = {"metadata": {"name": "team"}}
    defaults.apply(KINDS.of("v1", "Namespace"), data)
    assert data == {
        "metadata": {"name": "team", "labels": {"kubernetes.io/metadata.name": "team"}},
        "status": {"phase": "Active"},
    }


def test_replication_controllers_take_labels_and_selector_from_their_template():
    data = {"spec": {"template": deepcopy(LABELLED)}}
    defaults.apply(KINDS.of("v1", "ReplicationController"), data)
    assert data["spec"]["selector"] == data["metadata"]["labels"] == {"a": "b"}


def test_defaults_are_never_shared_between_objects():
    one, other = {"spec": {}}, {"spec": {}}
    for data in (one, other):
        defaults.apply(KINDS.of("apps/v1", "Deployment"), data)
    one["spec"]["strategy"]["rollingUpdate"]["maxSurge"] = 1
    one["spec"]["template"]["spec"]["securityContext"]["runAsUser"] = 1
    assert other["spec"]["strategy"]["rollingUpdate"]["maxSurge"] == "25%"
    assert other["spec"]["template"]["spec"]["securityContext"] == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.stored], ids=lambda kind: kind.resource)
def test_defaults_are_filled_in_once(kind):
    """Applying them again changes nothing, for an object of every kind."""
    data = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "x"}}
    defaults.apply(kind, data)
    again = deepcopy(data)
    defaults.apply(kind, again)
    assert again == data
