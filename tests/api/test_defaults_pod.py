from copy import deepcopy
from typing import Any

import pytest

from k9lite.api import defaults
from k9lite.api.defaults import pod as pod_defaults
from k9lite.api.kinds import DEPLOYMENT, POD


def pod(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"spec": {"containers": [{"name": "c", "image": "i:v1", **(container or {})}], **spec}}
    data = deepcopy(data)
    defaults.apply(POD, data)
    return data["spec"]


def test_the_smallest_pod():
    assert pod() == {
        "containers": [
            {
                "name": "c",
                "image": "i:v1",
                "imagePullPolicy": "IfNotPresent",
                "resources": {},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
            }
        ],
        "dnsPolicy": "ClusterFirst",
        "enableServiceLinks": True,
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
    }


def test_what_is_said_stays():
    spec = pod(restartPolicy="Never", terminationGracePeriodSeconds=0, enableServiceLinks=False)
    said = ("restartPolicy", "terminationGracePeriodSeconds", "enableServiceLinks")
    assert [spec[name] for name in said] == ["Never", 0, False]


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1", "IfNotPresent"),
        ("nginx@sha256:" + "0" * 64, "IfNotPresent"),
        ("Not An Image", "IfNotPresent"),
    ],
)
def test_only_the_latest_is_always_pulled(image, policy):
    assert pod_defaults.image_pull_policy(image) == policy


def test_requests_come_from_limits_in_pods_but_not_in_templates():
    limited = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}}
    assert pod(limited)["containers"][0]["resources"]["requests"] == {"cpu": "500m", "memory": "1Gi"}
    deployment = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "i", **limited}]}}}}
    defaults.apply(DEPLOYMENT, deployment)
    template = deployment["spec"]["template"]["spec"]
    assert template["containers"][0]["resources"]["requests"] == {"cpu": "500m"}
    assert "enableServiceLinks" not in template


def test_host_ports_follow_container_ports_on_the_host_network():
    assert pod({"ports": [{"containerPort": 80}]}, hostNetwork=True)["containers"][0]["ports"] == [
        {"containerPort": 80, "hostPort": 80, "protocol": "TCP"}
    ]


def test_probes():
    probe = pod({"livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 0}})["containers"][0]["livenessProbe"]
    assert probe == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ({}, {"emptyDir": {}}),
        ({"configMap": {"name": "m"}}, {"configMap": {"name": "m", "defaultMode": 420}}),
        ({"secret": {"secretName": "s", "defaultMode": 0}}, {"secret": {"secretName": "s", "defaultMode": 0}}),
        ({"hostPath": {"path": "/p"}}, {"hostPath": {"path": "/p", "type": ""}}),
        (
            {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {
                "projected": {
                    "defaultMode": 420,
                    "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}],
                }
            },
        ),
        (
            {"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
            {
                "downwardAPI": {
                    "defaultMode": 420,
                    "items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"}}],
                }
            },
        ),
    ],
)
def test_volumes(volume, expected):
    assert pod(volumes=[{"name": "v", **volume}])["volumes"] == [{"name": "v", **expected}]


def test_the_old_name_of_the_service_account():
    assert pod(serviceAccount="robot")["serviceAccountName"] == "robot"
    assert pod(serviceAccountName="robot")["serviceAccount"] == "robot"


def test_field_references_in_the_environment():
    source = {"fieldRef": {"fieldPath": "status.podIP"}}
    env = pod({"env": [{"name": "A", "valueFrom": source}]})["containers"][0]["env"]
    assert env[0]["valueFrom"]["fieldRef"] == {"fieldPath": "status.podIP", "apiVersion": "v1"}
