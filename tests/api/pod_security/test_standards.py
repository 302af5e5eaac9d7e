"""Which pods the levels allow, in Kubernetes' words."""

import pytest

from k9lite.api.object import Data
from k9lite.api.pod_security import Level, label_errors, policy_of, sentence, violations

HARDENED: Data = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
BASELINE, RESTRICTED = Level("baseline"), Level("restricted")


def pod(context: Data | None = None, pod_context: Data | None = None, **spec: object) -> Data:
    container = {"name": "c", "securityContext": HARDENED | (context or {})}
    return {"metadata": {}, "spec": {"containers": [container], "securityContext": pod_context or {}} | spec}


def test_a_hardened_pod_violates_nothing():
    assert violations(RESTRICTED, pod()) == []


@pytest.mark.parametrize(
    ("level", "judged", "expected"),
    [
        (
            BASELINE,
            pod({"privileged": True}),
            'privileged (container "c" must not set securityContext.privileged=true)',
        ),
        (BASELINE, pod(hostNetwork=True, hostIPC=True), "host namespaces (hostNetwork=true, hostIPC=true)"),
        (
            BASELINE,
            pod({"capabilities": {"add": ["SYS_ADMIN", "CHOWN"]}}),
            'non-default capabilities (container "c" must not include "SYS_ADMIN" in securityContext.capabilities.add)',
        ),
        (BASELINE, pod(pod_context={"sysctls": [{"name": "kernel.msgmax"}]}), "forbidden sysctls (kernel.msgmax)"),
        (
            BASELINE,
            pod({"seLinuxOptions": {"type": "spc_t", "user": "u"}}, {"seLinuxOptions": {"type": "spc_t"}}),
            'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
        ),
        (RESTRICTED, pod({"runAsUser": 0}), 'runAsUser=0 (container "c" must not set runAsUser=0)'),
        (
            RESTRICTED,
            pod({"seccompProfile": {"type": "Unconfined"}}),
            'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
        ),
        (
            RESTRICTED,
            pod(volumes=[{"name": "h", "hostPath": {"path": "/"}}, {"name": "n", "nfs": {}}]),
            'restricted volume types (volumes "h", "n" use restricted volume types "hostPath", "nfs")',
        ),
    ],
)
def test_what_is_violated_and_by_whom(level: Level, judged: Data, expected: str):
    assert sentence(violations(level, judged)) == expected


def test_rules_are_those_of_the_version():
    forced = pod({"runAsUser": 0})
    assert violations(Level("restricted", (1, 22)), forced) == []
    assert violations(Level("restricted", (1, 23)), forced)


def test_a_level_that_cannot_be_read_is_enforced_as_the_strictest():
    assert policy_of({"pod-security.kubernetes.io/enforce": "strict"}).enforce.name == "restricted"


def test_labels_are_judged():
    labels = {"pod-security.kubernetes.io/warn": "x", "pod-security.kubernetes.io/audit-version": "v2.1"}
    assert [str(error) for error in label_errors(labels)] == [
        'metadata.labels[pod-security.kubernetes.io/audit-version]: Invalid value: "v2.1": must be "latest" or "v1.x"',
        'metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: "x": must be one of privileged, baseline, restricted',
    ]
