"""What the levels of a namespace do to the writes in it."""

from typing import Any

import pytest

from k9lite.api import kinds
from k9lite.api.errors import StatusError
from k9lite.api.kinds import Kind
from k9lite.client.protocol import WriteOptions
from k9lite.engine.apiserver.context import Request
from k9lite.engine.apiserver.server import ApiServer

CONTAINERS = [{"name": "c", "image": "x"}]
ENFORCE = "pod-security.kubernetes.io/enforce"


def request(kind: Kind[Any], name: str = "", namespace: str = "default") -> tuple[Request, list[str]]:
    warnings: list[str] = []
    return Request(kind, namespace, name, options=WriteOptions(warnings=warnings)), warnings


def label(server: ApiServer, level: str) -> list[str]:
    made, warnings = request(kinds.NAMESPACE, "default", "")
    server.update(made, {"metadata": {"name": "default", "labels": {ENFORCE: level}}})
    return warnings


def test_a_pod_that_violates_the_level_is_refused_and_a_template_warned_about(server: ApiServer) -> None:
    label(server, "restricted")
    pod, _ = request(kinds.POD)
    with pytest.raises(
        StatusError, match=r'pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPriv'
    ):
        server.create(pod, {"metadata": {"name": "a"}, "spec": {"containers": CONTAINERS}})
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": CONTAINERS}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    deployment, warnings = request(kinds.DEPLOYMENT)
    server.create(deployment, {"metadata": {"name": "a"}, "spec": spec})
    assert warnings[0].startswith('would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false')


def test_a_stricter_level_names_the_pods_that_violate_it(server: ApiServer) -> None:
    for name in ("a", "b"):
        server.create(request(kinds.POD)[0], {"metadata": {"name": name}, "spec": {"containers": CONTAINERS}})
    reasons = "allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile"
    assert label(server, "restricted") == [
        'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
        f"a (and 1 other pod): {reasons}",
    ]
    assert label(server, "baseline") == []


def test_a_level_that_does_not_exist_is_refused(server: ApiServer) -> None:
    with pytest.raises(StatusError, match="must be one of privileged, baseline, restricted"):
        label(server, "strict")
