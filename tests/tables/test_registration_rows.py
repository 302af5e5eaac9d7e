"""Rows of kinds that few people look at."""

from typing import Any

import msgspec
import pytest

from k9lite import tables
from k9lite.api.kinds import Kinds
from k9lite.api.object import Object

KINDS = Kinds()
CREATED, NOW = "2026-01-02T03:04:05Z", 1767323105.0
LIMITED = {"type": "Limited", "limited": {"limitResponse": {"type": "Queue", "queuing": {"queues": 64}}}}
RULES: dict[str, Any] = {"resourceRules": [{"resources": ["pods"]}]}


def row(api_version: str, kind: str, body: dict[str, Any]) -> list[Any]:
    found = KINDS.of(api_version, kind)
    assert found is not None
    data = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "creationTimestamp": CREATED}, **body}
    cells = tables.cells(Object(found, msgspec.json.encode(data), 1), NOW)
    assert len(cells) == len(tables.columns(found))
    return cells[1:]


@pytest.mark.parametrize(
    ("api_version", "kind", "body", "cells"),
    [
        ("networking.k8s.io/v1", "ServiceCIDR", {"spec": {"cidrs": ["10.0.0.0/16"]}}, ["10.0.0.0/16", "60s"]),
        (
            "networking.k8s.io/v1",
            "IPAddress",
            {"spec": {"parentRef": {"resource": "services", "namespace": "a", "name": "b"}}},
            ["services/a/b", "60s"],
        ),
        (
            "autoscaling/v1",
            "HorizontalPodAutoscaler",
            {
                "spec": {
                    "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                    "minReplicas": 1,
                    "maxReplicas": 3,
                    "targetCPUUtilizationPercentage": 50,
                },
                "status": {"currentReplicas": 2, "desiredReplicas": 2, "currentCPUUtilizationPercentage": 7},
            },
            ["Deployment/web", "cpu: 7%/50%", "1", 3, 2, "60s"],
        ),
        ("node.k8s.io/v1", "RuntimeClass", {"handler": "h"}, ["h", "60s"]),
        ("storage.k8s.io/v1", "CSIDriver", {"spec": {}}, [True, False, False, "<unset>", False, "<none>", "60s"]),
        ("storage.k8s.io/v1", "CSINode", {"spec": {"drivers": []}}, [0, "60s"]),
        (
            "storage.k8s.io/v1",
            "VolumeAttachment",
            {
                "spec": {"attacher": "a", "nodeName": "n", "source": {"persistentVolumeName": "p"}},
                "status": {"attached": True},
            },
            ["a", "p", "n", True, "60s"],
        ),
        ("storage.k8s.io/v1", "VolumeAttributesClass", {"driverName": "d"}, ["d", "60s"]),
        (
            "flowcontrol.apiserver.k8s.io/v1",
            "PriorityLevelConfiguration",
            {"spec": LIMITED},
            ["Limited", "<none>", "64", "0", "0", "60s"],
        ),
        (
            "flowcontrol.apiserver.k8s.io/v1",
            "FlowSchema",
            {"spec": {"priorityLevelConfiguration": {"name": "p"}, "matchingPrecedence": 5}},
            ["p", 5, "<none>", "60s", "?"],
        ),
        (
            "certificates.k8s.io/v1",
            "CertificateSigningRequest",
            {
                "spec": {"request": "eA==", "signerName": "a.b/c", "expirationSeconds": 86400, "username": "u"},
                "status": {"conditions": [{"type": "Approved", "status": "True"}], "certificate": "eA=="},
            },
            ["60s", "a.b/c", "u", "24h", "Approved,Issued"],
        ),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {}, [0, "60s"]),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicy",
            {"spec": {"matchConstraints": RULES, "validations": [{"expression": "true"}]}},
            [1, "<unset>", "60s"],
        ),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicyBinding",
            {"spec": {"policyName": "p", "validationActions": ["Deny"], "paramRef": {"namespace": "a", "name": "b"}}},
            ["p", "a/b", "60s"],
        ),
        (
            "apiregistration.k8s.io/v1",
            "APIService",
            {
                "spec": {"groupPriorityMinimum": 1, "versionPriority": 1, "service": {"namespace": "a", "name": "b"}},
                "status": {"conditions": [{"type": "Available", "status": "False", "reason": "Missing"}]},
            },
            ["a/b", "False (Missing)", "60s"],
        ),
        (
            "v1",
            "PodTemplate",
            {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}},
            ["c", "x", "a=b"],
        ),
        ("v1", "LimitRange", {}, [CREATED]),
    ],
)
def test_rows(api_version: str, kind: str, body: dict[str, Any], cells: list[Any]) -> None:
    assert row(api_version, kind, body) == cells
