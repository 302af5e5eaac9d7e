"""The one list of kinds that run pods, and what can be done with each."""

from dataclasses import dataclass
from typing import Any

from lightkube.models.core_v1 import PodTemplateSpec

from k9lite.api import kinds
from k9lite.api.kinds import Kind
from k9lite.api.object import Object


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind with a pod template.

    children: the kind of the objects that it owns
    scales: has a number of replicas that users set
    rolls_out: replaces its pods step by step when its template changes; so it can be restarted, its image set
    selects: finds its pods by `spec.selector`; so they can be listed, their logs followed, their ports forwarded
    """

    kind: Kind[Any]
    children: Kind[Any] = kinds.POD
    scales: bool = False
    rolls_out: bool = False
    selects: bool = True


WORKLOADS: tuple[Workload, ...] = (
    Workload(kinds.DEPLOYMENT, kinds.REPLICA_SET, scales=True, rolls_out=True),
    Workload(kinds.REPLICA_SET, scales=True),
    Workload(kinds.REPLICATION_CONTROLLER, scales=True),
    Workload(kinds.STATEFUL_SET, scales=True, rolls_out=True),
    Workload(kinds.DAEMON_SET, rolls_out=True),
    Workload(kinds.JOB),
    Workload(kinds.CRON_JOB, kinds.JOB, selects=False),
)
KINDS: tuple[Kind[Any], ...] = tuple(workload.kind for workload in WORKLOADS)
CHILDREN = {workload.kind: workload.children for workload in WORKLOADS}
SCALING = tuple(workload.kind for workload in WORKLOADS if workload.scales)
ROLLING_OUT = tuple(workload.kind for workload in WORKLOADS if workload.rolls_out)
SELECTING = tuple(workload.kind for workload in WORKLOADS if workload.selects)


def pod_template(obj: Object[Any]) -> PodTemplateSpec | None:
    """The template of the pods of a workload, also where the template of a job is around it."""
    spec = obj.view.spec
    if obj.kind is kinds.CRON_JOB:
        spec = spec.jobTemplate.spec if spec and spec.jobTemplate else None
    template: PodTemplateSpec | None = spec.template if spec else None
    return template
