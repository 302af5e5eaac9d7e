"""The list of workload kinds: what each can is what Kubernetes' API and kubectl let it do."""

from typing import Any

import msgspec
import pytest

from k9lite.api import kinds, schema, workloads
from k9lite.api.kinds import Kind, Kinds
from k9lite.api.object import Object
from k9lite.api.workloads import Workload


def fields_of_spec(kind: Kind[Any]) -> set[str]:
    spec = schema.of(kind).fields.get("spec")
    return set(spec.type.fields) if spec is not None and isinstance(spec.type, schema.Struct) else set()


@pytest.mark.parametrize("workload", workloads.WORKLOADS, ids=lambda workload: workload.kind.kind)
def test_a_workload_can_what_its_api_has(workload: Workload) -> None:
    assert workload.scales == workload.kind.has_subresource("scale")
    assert workload.selects == ("selector" in fields_of_spec(workload.kind))
    assert workload.kind.acted_on


def test_every_kind_with_a_template_of_pods_is_a_workload() -> None:
    templated = {kind for kind in Kinds() if {"template", "jobTemplate"} & fields_of_spec(kind)}
    assert templated == set(workloads.KINDS)


def test_the_template_of_a_cron_job_is_in_its_job() -> None:
    template = {"spec": {"containers": [{"name": "c", "image": "i"}]}}
    job = made(kinds.JOB, {"template": template})
    cron_job = made(kinds.CRON_JOB, {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template}}})
    for obj in (job, cron_job):
        found = workloads.pod_template(obj)
        assert found is not None
        assert found.spec is not None
        assert found.spec.containers[0].image == "i"


def made(kind: Kind[Any], spec: dict[str, Any]) -> Object[Any]:
    data = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "x"}, "spec": spec}
    return Object(kind, msgspec.json.encode(data), 1)


def test_a_kind_is_found_by_its_group_until_it_is_removed() -> None:
    registry = Kinds()
    assert registry.of_group("apps", "Deployment") is kinds.DEPLOYMENT
    assert registry.of_group("", "Deployment") is None
    custom: Kind[Any] = Kind("example.com", "v1", "Gadget", "gadgets", True)
    registry.add(custom)
    assert registry.of_group("example.com", "Gadget") is custom
    registry.remove(custom)
    assert registry.of_group("example.com", "Gadget") is None
