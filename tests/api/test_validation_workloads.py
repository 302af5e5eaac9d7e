from copy import deepcopy

import pytest

MISMATCH = "`selector` does not match template `labels`"
SELECTOR = {"matchLabels": {"app": "a"}}
TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
FORBIDDEN = (
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' "
    "are forbidden"
)


def workload(kind, api_version="apps/v1", **spec):
    whole = {"selector": SELECTOR, "template": TEMPLATE, **spec}
    return {"apiVersion": api_version, "kind": kind, "metadata": {}, "spec": deepcopy(whole)}


def rolling(**bounds):
    return {"strategy": {"type": "RollingUpdate", "rollingUpdate": bounds}}


def template(**spec):
    return {"template": {**TEMPLATE, "spec": {**TEMPLATE["spec"], **spec}}}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, []),
        (rolling(maxSurge="200%", maxUnavailable=0), []),
        ({"replicas": -1}, ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"]),
        (
            {"minReadySeconds": -1, "revisionHistoryLimit": -2},
            [
                "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
                "spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0",
            ],
        ),
        (
            {"minReadySeconds": 10, "progressDeadlineSeconds": 10},
            ["spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds"],
        ),
        (
            {"selector": None},
            [
                "spec.selector: Required value",
                f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}',
            ],
        ),
        ({"selector": {}}, ["spec.selector: Invalid value: {}: empty selector is invalid for deployment"]),
        (
            {"selector": {"matchLabels": {"app": "b"}}},
            [f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}'],
        ),
        (
            {"selector": {"matchExpressions": [{"key": "app", "operator": "In"}]}},
            [
                "spec.selector.matchExpressions[0].values: Required value: "
                "must be specified when `operator` is 'In' or 'NotIn'"
            ],
        ),
        (
            {"selector": {"matchExpressions": [{"key": "app", "operator": "Near", "values": ["a"]}]}},
            ['spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator'],
        ),
        (
            template(restartPolicy="Never"),
            ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
        ),
        (
            template(activeDeadlineSeconds=5),
            [
                "spec.template.spec.activeDeadlineSeconds: Forbidden: "
                "activeDeadlineSeconds in ReplicaSet is not Supported"
            ],
        ),
        (template(containers=[]), ["spec.template.spec.containers: Required value"]),
        ({"template": {**TEMPLATE, "metadata": {"labels": {"app": "a", "b c": ""}}}}, None),
        (
            {"strategy": {"type": "Slow"}},
            [
                'spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: '
                'supported values: "Recreate", "RollingUpdate"'
            ],
        ),
        (
            {"strategy": {"type": "Recreate", "rollingUpdate": {}}},
            ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
        ),
        (
            rolling(maxSurge=0, maxUnavailable=0),
            ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"],
        ),
        (
            rolling(maxSurge="0%", maxUnavailable="0%"),
            ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
        ),
        (
            rolling(maxUnavailable="150%"),
            ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
        ),
        (
            rolling(maxSurge="some"),
            [
                'spec.strategy.rollingUpdate.maxSurge: Invalid value: "some": a valid percent string must be a numeric '
                "string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
            ],
        ),
    ],
)
def test_deployments(complaints, spec, expected):
    data = workload("Deployment", **spec)
    if data["spec"]["selector"] is None:
        del data["spec"]["selector"]
    found = complaints(data)
    assert found if expected is None else found == expected


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet"])
def test_selectors_are_immutable(complaints, kind):
    other = {"metadata": {"labels": {"app": "b"}}, "spec": TEMPLATE["spec"]}
    new = workload(kind, selector={"matchLabels": {"app": "b"}}, template=other)
    assert complaints(new, workload(kind)) == [
        'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"replicas": 3, "readyReplicas": 3, "availableReplicas": 2}, []),
        (
            {"replicas": 1, "updatedReplicas": -1},
            ["status.updatedReplicas: Invalid value: -1: must be greater than or equal to 0"],
        ),
        (
            {"replicas": 1, "readyReplicas": 2},
            ["status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"],
        ),
        (
            {"replicas": 2, "availableReplicas": 2, "readyReplicas": 1},
            ["status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas"],
        ),
        ({"replicas": 0, "collisionCount": 1}, ["status.collisionCount: Invalid value: 1: cannot be decremented"]),
    ],
)
def test_counts_in_a_status(complaints, status, expected):
    old = workload("Deployment") | {"status": {"collisionCount": 2 if "collisionCount" in status else 0}}
    assert complaints(workload("Deployment") | {"status": status}, old, status=True) == expected


def test_replica_sets(complaints):
    assert complaints(workload("ReplicaSet")) == []
    assert complaints(workload("ReplicaSet", selector={})) == [
        "spec.selector: Invalid value: {}: empty selector is invalid for deployment"
    ]
    without = workload("ReplicaSet")
    del without["spec"]["template"]
    assert complaints(without) == ["spec.template: Required value"]


def test_replication_controllers(complaints):
    data = workload("ReplicationController", "v1", selector={"app": "b"})
    assert complaints(data) == [f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}']
    assert complaints(workload("ReplicationController", "v1", selector={"app": "a"})) == []


CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
MOUNTED = template(containers=[{"name": "c", "image": "i", "volumeMounts": [{"name": "data", "mountPath": "/d"}]}])


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, []),
        ({"volumeClaimTemplates": [CLAIM], **MOUNTED}, []),
        (MOUNTED, ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"']),
        (
            {"podManagementPolicy": "Wild"},
            ["spec.podManagementPolicy: Invalid value: \"Wild\": must be 'OrderedReady' or 'Parallel'"],
        ),
        (
            {"updateStrategy": {"type": "OnDelete", "rollingUpdate": {}}},
            ["spec.updateStrategy.rollingUpdate: Invalid value: {}: only allowed for updateStrategy 'RollingUpdate'"],
        ),
        (
            {"updateStrategy": {"rollingUpdate": {"partition": -1}}},
            ["spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0"],
        ),
        ({"selector": {}}, ["spec.selector: Invalid value: {}: empty selector is invalid for statefulset"]),
        (
            {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Burn"}},
            [
                'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Burn": '
                'supported values: "Retain", "Delete"'
            ],
        ),
    ],
)
def test_stateful_sets(complaints, spec, expected):
    assert complaints(workload("StatefulSet", **spec)) == expected


def test_most_of_a_stateful_set_is_fixed(complaints):
    old = workload("StatefulSet")
    assert complaints(workload("StatefulSet", replicas=3, minReadySeconds=1), old) == []
    assert complaints(workload("StatefulSet", serviceName="other"), old) == [FORBIDDEN]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, []),
        ({"selector": {}}, ["spec.selector: Invalid value: {}: empty selector is invalid for daemonset"]),
        (
            {"updateStrategy": {"type": "Slow"}},
            [
                'spec.updateStrategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: '
                'supported values: "RollingUpdate", "OnDelete"'
            ],
        ),
        (
            {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}}},
            [
                "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: "
                "may not be set when maxUnavailable is non-zero"
            ],
        ),
        (
            {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 0}}},
            ["spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0"],
        ),
    ],
)
def test_daemon_sets(complaints, spec, expected):
    assert complaints(workload("DaemonSet", **spec)) == expected


def job(restart="Never", **spec):
    return {"apiVersion": "batch/v1", "kind": "Job", "spec": deepcopy({**template(restartPolicy=restart), **spec})}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (job(), []),
        (job("Always"), ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']),
        (job(backoffLimit=-1), ["spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0"]),
        (
            job(completionMode="Indexed", parallelism=1),
            ["spec.completions: Required value: when completion mode is Indexed"],
        ),
        (
            job(manualSelector=True),
            [
                "spec.selector: Required value",
                f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}',
            ],
        ),
        (
            job(manualSelector=True, selector={"matchLabels": {"app": "b"}}),
            [f'spec.template.metadata.labels: Invalid value: {{"app":"a"}}: {MISMATCH}'],
        ),
    ],
)
def test_jobs(complaints, data, expected):
    assert complaints(data) == expected


def test_a_job_that_runs_keeps_its_template(complaints):
    other = template(restartPolicy="OnFailure")
    (message,) = complaints(job(**other), job())
    assert message.startswith("spec.template: Invalid value: {")
    assert message.endswith(": field is immutable")
    assert complaints(job(**other, suspend=True), job(suspend=True)) == []
    assert complaints(job(completions=2, parallelism=1), job()) == [
        "spec.completions: Invalid value: 2: field is immutable"
    ]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("*/5 * * * *", None),
        ("0 9-17/2 1,15 jan-mar MON", None),
        ("@hourly", None),
        ("@every 5m", None),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("61 * * * *", "end of range (61) above maximum (59): 61"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("@never", "unrecognized descriptor: @never"),
        ("TZ=UTC * * * * *", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
    ],
)
def test_schedules(complaints, schedule, expected):
    data = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "spec": {"schedule": schedule, "jobTemplate": {"spec": template(restartPolicy="Never")}},
    }
    assert complaints(data) == ([f'spec.schedule: Invalid value: "{schedule}": {expected}'] if expected else [])


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"timeZone": "Europe/Berlin"}, []),
        (
            {"timeZone": "Local"},
            [
                'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in '
                "https://www.iana.org/time-zones"
            ],
        ),
        ({"schedule": ""}, ["spec.schedule: Required value"]),
        (
            {"concurrencyPolicy": "Maybe"},
            ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"'],
        ),
    ],
)
def test_cron_jobs(complaints, spec, expected):
    job_template = {"spec": template(restartPolicy="Never")}
    spec = {"schedule": "* * * * *", "jobTemplate": job_template, **spec}
    assert complaints({"apiVersion": "batch/v1", "kind": "CronJob", "spec": spec}) == expected


def test_the_name_of_a_cron_job_leaves_room_for_its_jobs(complaints):
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": template(restartPolicy="Never")}}
    data = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "a" * 53}, "spec": spec}
    assert complaints(data) == [f'metadata.name: Invalid value: "{"a" * 53}": must be no more than 52 characters']
