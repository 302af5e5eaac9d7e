from copy import deepcopy

import pytest

HANDLERS = "may not specify more than 1 handler type"
NO_INIT = "may not be set for init containers without restartPolicy=Always"
CONTAINER = {"name": "c", "image": "i:1"}
VOLUME = {"name": "v", "emptyDir": {}}
UPDATABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def pod(*containers, **spec):
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {},
        "spec": {"containers": deepcopy(list(containers)) or [deepcopy(CONTAINER)], **deepcopy(spec)},
    }


def test_a_valid_pod(complaints):
    full = {
        **CONTAINER,
        "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81}],
        "env": [
            {"name": "A", "value": "1"},
            {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
            {"name": "D", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
            {"name": "E", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}},
        ],
        "envFrom": [{"configMapRef": {"name": "m"}, "prefix": "P_"}],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "1Gi"}},
        "livenessProbe": {"httpGet": {"port": "http"}},
        "readinessProbe": {"tcpSocket": {"port": 80}, "successThreshold": 2},
        "startupProbe": {"exec": {"command": ["true"]}},
        "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
    }
    init = [
        {"name": "i", "image": "i"},
        {**CONTAINER, "name": "s", "restartPolicy": "Always", "livenessProbe": {"exec": {"command": ["true"]}}},
    ]
    assert complaints(pod(full, initContainers=init, volumes=[VOLUME])) == []


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"image": ""}, ["spec.containers[0].image: Required value"]),
        ({"name": ""}, ["spec.containers[0].name: Required value"]),
        ({"name": "a.b"}, ['spec.containers[0].name: Invalid value: "a.b": must not contain dots']),
        (
            {"image": " i"},
            ['spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace'],
        ),
        (
            {"imagePullPolicy": "Maybe"},
            [
                'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": '
                'supported values: "Always", "IfNotPresent", "Never"'
            ],
        ),
        ({"ports": [{"containerPort": 0}]}, ["spec.containers[0].ports[0].containerPort: Required value"]),
        (
            {"ports": [{"containerPort": 70000, "hostPort": -1, "protocol": "ICMP"}]},
            [
                "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                "spec.containers[0].ports[0].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive",
                'spec.containers[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
            ],
        ),
        (
            {"ports": [{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]},
            ['spec.containers[0].ports[1].name: Duplicate value: "a"'],
        ),
        (
            {"ports": [{"containerPort": 1, "hostPort": 9}, {"containerPort": 2, "hostPort": 9}]},
            ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//9"'],
        ),
        ({"env": [{"name": ""}]}, ["spec.containers[0].env[0].name: Required value"]),
        (
            {"env": [{"name": "A=B"}]},
            [
                'spec.containers[0].env[0].name: Invalid value: "A=B": a valid environment variable name must consist '
                "only of printable ASCII characters other than '='"
            ],
        ),
        (
            {"env": [{"name": "A", "valueFrom": {}}]},
            [
                'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, '
                "`resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            ],
        ),
        (
            {"env": [{"name": "A", "value": "x", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]},
            ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
        ),
        (
            {
                "env": [
                    {
                        "name": "A",
                        "valueFrom": {
                            "secretKeyRef": {"name": "s", "key": "k"},
                            "configMapKeyRef": {"name": "s", "key": "k"},
                        },
                    }
                ]
            },
            [
                'spec.containers[0].env[0].valueFrom: Invalid value: "": '
                "may not have more than one field specified at a time"
            ],
        ),
        (
            {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]},
            [
                'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported '
                'values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", '
                '"spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"'
            ],
        ),
        (
            {"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.nope"}}}]},
            [
                'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nope": '
                "error converting fieldPath: field label not supported: spec.nope"
            ],
        ),
        (
            {"envFrom": [{}]},
            ['spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`'],
        ),
        (
            {"volumeMounts": [{"name": "nope", "mountPath": "/a"}]},
            ['spec.containers[0].volumeMounts[0].name: Not found: "nope"'],
        ),
        (
            {"volumeMounts": [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/a"}, {"name": "v"}]},
            [
                'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
                "spec.containers[0].volumeMounts[2].mountPath: Required value",
            ],
        ),
        (
            {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
            ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
        ),
        (
            {"resources": {"limits": {"cpu": "-1"}}},
            [
                'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
                'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
            ],
        ),
        (
            {"resources": {"requests": {"gpu": "1"}}},
            [
                'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": '
                "must be a standard resource type or fully qualified",
                'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": '
                "must be a standard resource for containers",
            ],
        ),
        (
            {"resources": {"requests": {"a.b/gpu": "1"}, "limits": {"a.b/gpu": "2"}}},
            ['spec.containers[0].resources.requests: Invalid value: "1": must be equal to a.b/gpu limit of 2'],
        ),
        (
            {"resources": {"requests": {"a.b/gpu": "1"}}},
            ["spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources"],
        ),
        ({"livenessProbe": {}}, ["spec.containers[0].livenessProbe: Required value: must specify a handler type"]),
        (
            {"livenessProbe": {"exec": {}, "tcpSocket": {"port": 1}}},
            [
                "spec.containers[0].livenessProbe.exec.command: Required value",
                f"spec.containers[0].livenessProbe.tcpSocket: Forbidden: {HANDLERS}",
            ],
        ),
        (
            {"livenessProbe": {"tcpSocket": {"port": 1}, "successThreshold": 2, "periodSeconds": -1}},
            [
                "spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
                "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
            ],
        ),
        (
            {"readinessProbe": {"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 2}},
            [
                "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 2: "
                "must not be set for readinessProbes"
            ],
        ),
        (
            {"lifecycle": {"preStop": {"sleep": {"seconds": 60}}}},
            [
                "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: "
                "must be non-negative and less than terminationGracePeriodSeconds (30)"
            ],
        ),
        (
            {"terminationMessagePolicy": "Log"},
            [
                'spec.containers[0].terminationMessagePolicy: Unsupported value: "Log": '
                'supported values: "File", "FallbackToLogsOnError"'
            ],
        ),
        (
            {"securityContext": {"runAsUser": -1}},
            [
                "spec.containers[0].securityContext.runAsUser: Invalid value: -1: "
                "must be between 0 and 4294967295, inclusive"
            ],
        ),
    ],
)
def test_containers(complaints, container, expected):
    assert complaints(pod({**CONTAINER, **container}, volumes=[VOLUME])) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"restartPolicy": "Sometimes"},
            ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
        ),
        (
            {"dnsPolicy": "Mine"},
            [
                'spec.dnsPolicy: Unsupported value: "Mine": '
                'supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"'
            ],
        ),
        ({"dnsPolicy": "None"}, ["spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"]),
        (
            {"dnsConfig": {"nameservers": ["x"]}},
            [
                'spec.dnsConfig.nameservers[0]: Invalid value: "x": '
                "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
            ],
        ),
        (
            {"activeDeadlineSeconds": 0},
            ["spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"],
        ),
        ({"hostname": "a.b"}, ['spec.hostname: Invalid value: "a.b": must not contain dots']),
        (
            {"nodeName": "n", "schedulingGates": [{"name": "g"}]},
            ["spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"],
        ),
        (
            {"ephemeralContainers": [CONTAINER | {"name": "e"}]},
            ["spec.ephemeralContainers: Forbidden: cannot be set on create"],
        ),
        (
            {"initContainers": [{**CONTAINER, "livenessProbe": {}}]},
            [
                'spec.initContainers[0].name: Duplicate value: "c"',
                f"spec.initContainers[0].livenessProbe: Forbidden: {NO_INIT}",
            ],
        ),
        (
            {"hostNetwork": True, "containers": [{**CONTAINER, "ports": [{"containerPort": 1, "hostPort": 2}]}]},
            [
                "spec.containers[0].ports[0].hostPort: Invalid value: 2: "
                "must match `containerPort` when `hostNetwork` is true"
            ],
        ),
        ({"containers": []}, ["spec.containers: Required value"]),
        ({"containers": [CONTAINER, CONTAINER]}, ['spec.containers[1].name: Duplicate value: "c"']),
        ({"volumes": [VOLUME, VOLUME]}, ['spec.volumes[1].name: Duplicate value: "v"']),
        (
            {"volumes": [{**VOLUME, "hostPath": {"path": "/"}}]},
            ["spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"],
        ),
        ({"volumes": [{"name": "v", "secret": {}}]}, ["spec.volumes[0].secret.secretName: Required value"]),
        (
            {"volumes": [{"name": "v", "configMap": {"name": "m", "items": [{"key": "k", "path": "../x"}]}}]},
            ["spec.volumes[0].configMap.items[0].path: Invalid value: \"../x\": must not contain '..'"],
        ),
        (
            {"volumes": [{"name": "v", "projected": {"sources": [{}]}}]},
            [
                "spec.volumes[0].projected.sources[0]: Required value: "
                "Projected volume source 0 must specify a volume type"
            ],
        ),
        (
            {"tolerations": [{"operator": "Equal", "value": "x"}]},
            [
                'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, '
                'which means "match all values and all keys"'
            ],
        ),
        (
            {"tolerations": [{"key": "k", "operator": "Exists", "value": "x"}]},
            [
                'spec.tolerations[0].operator: Invalid value: {"Key":"k","Operator":"Exists","Value":"x","Effect":"",'
                "\"TolerationSeconds\":null}: value must be empty when `operator` is 'Exists'"
            ],
        ),
        (
            {"tolerations": [{"key": "k", "operator": "Exists", "tolerationSeconds": 1, "effect": "NoSchedule"}]},
            [
                'spec.tolerations[0].effect: Invalid value: "NoSchedule": '
                "effect must be 'NoExecute' when `tolerationSeconds` is set"
            ],
        ),
        (
            {"tolerations": [{"key": "k", "operator": "Like", "effect": "Never"}]},
            [
                'spec.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"',
                'spec.tolerations[0].effect: Unsupported value: "Never": '
                'supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
            ],
        ),
        (
            {"topologySpreadConstraints": [{"maxSkew": 0, "whenUnsatisfiable": "Maybe"}]},
            [
                "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
                "spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty",
                'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": '
                'supported values: "DoNotSchedule", "ScheduleAnyway"',
            ],
        ),
        (
            {
                "affinity": {
                    "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}
                }
            },
            [
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: "
                "Required value: must have at least one node selector term"
            ],
        ),
        (
            {
                "affinity": {
                    "nodeAffinity": {
                        "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 101, "preference": {}}]
                    }
                }
            },
            [
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: "
                "Invalid value: 101: must be in the range 1-100"
            ],
        ),
        (
            {"securityContext": {"fsGroup": -1, "sysctls": [{"name": "A"}]}},
            [
                "spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 4294967295, inclusive",
                'spec.securityContext.sysctls[0].name: Invalid value: "A": must have at most 253 characters and match '
                r"regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$",
            ],
        ),
        ({"hostAliases": [{"ip": "x", "hostnames": ["A"]}]}, None),
        ({"os": {"name": "plan9"}}, ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"']),
    ],
)
def test_specs(complaints, spec, expected):
    found = complaints(pod(**spec) if "containers" not in spec else {**pod(), "spec": spec})
    assert found if expected is None else found == expected


def test_errors_come_in_the_order_of_kubernetes(complaints):
    broken = {**CONTAINER, "imagePullPolicy": "Maybe", "ports": [{"containerPort": 0}]}
    assert [message.split(":")[0] for message in complaints(pod(broken, restartPolicy="Sometimes"))] == [
        "spec.containers[0].ports[0].containerPort",
        "spec.containers[0].imagePullPolicy",
        "spec.restartPolicy",
    ]


# -- changes --------------------------------------------------------------------------------------------------------

TOLERATION = {"key": "k", "operator": "Exists"}
GATED = {"schedulingGates": [{"name": "g"}]}


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (pod(CONTAINER | {"image": "j:1"}), pod(), []),
        (pod(activeDeadlineSeconds=5), pod(), []),
        (pod(activeDeadlineSeconds=5), pod(activeDeadlineSeconds=9), []),
        (pod(tolerations=[TOLERATION]), pod(), []),
        (
            pod(tolerations=[TOLERATION | {"effect": "NoExecute", "tolerationSeconds": 2}]),
            pod(tolerations=[TOLERATION | {"effect": "NoExecute"}]),
            [],
        ),
        (pod(), pod(**GATED), []),
        (pod(nodeSelector={"a": "b"}), pod(**GATED), []),
        (pod(terminationGracePeriodSeconds=1), pod(terminationGracePeriodSeconds=-1), []),
        (pod(CONTAINER | {"image": ""}), pod(), ["spec.containers[0].image: Required value"]),
        (
            pod(CONTAINER, CONTAINER | {"name": "d"}),
            pod(),
            ["spec.containers: Forbidden: pod updates may not add or remove containers"],
        ),
        (
            pod(activeDeadlineSeconds=9),
            pod(activeDeadlineSeconds=5),
            ["spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value"],
        ),
        (
            pod(),
            pod(activeDeadlineSeconds=5),
            ["spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value"],
        ),
        (
            pod(),
            pod(tolerations=[TOLERATION]),
            ["spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"],
        ),
        (
            pod(**GATED),
            pod(),
            ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'"],
        ),
        (pod(hostname="h"), pod(), [f'spec: Forbidden: {UPDATABLE}\n+ hostname: "h"']),
        (
            pod(restartPolicy="Never"),
            pod(),
            [f'spec: Forbidden: {UPDATABLE}\n- restartPolicy: "Always"\n+ restartPolicy: "Never"'],
        ),
    ],
)
def test_changes(complaints, new, old, expected):
    assert complaints(new, old) == expected


def with_status(state, policy="Never", **container):
    return pod(CONTAINER | container, restartPolicy=policy) | {
        "status": {"containerStatuses": [{"name": "c", "state": state}]}
    }


ENDED = {"terminated": {"exitCode": 0}}
FAILED = {"terminated": {"exitCode": 1}}


@pytest.mark.parametrize(
    ("policy", "ended", "refused"),
    [
        ("Never", ENDED, True),
        ("Never", FAILED, True),
        ("OnFailure", ENDED, True),
        ("OnFailure", FAILED, False),
        ("Always", ENDED, False),
    ],
)
def test_a_container_that_ended_for_good_is_not_revived(complaints, policy, ended, refused):
    new, old = with_status({"running": {}}, policy), with_status(ended, policy)
    message = "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"
    assert complaints(new, old, status=True) == ([message] if refused else [])


def test_the_class_of_service_never_changes(complaints):
    new, old = pod() | {"status": {"qosClass": "Burstable"}}, pod() | {"status": {"qosClass": "BestEffort"}}
    assert complaints(new, old, status=True) == [
        'status.qosClass: Invalid value: "Burstable": field is immutable',
    ]
