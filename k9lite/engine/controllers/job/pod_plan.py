"""Which pods of a Job to create and to delete now; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lightkube.models.batch_v1 import Job, JobSpec
from lightkube.models.core_v1 import Pod

from k9lite.api.object import Data, Object
from k9lite.engine.controllers.job import back_off, counting, members, verdict
from k9lite.engine.controllers.job.back_off import Failures
from k9lite.engine.controllers.job.verdict import Progress, Verdict
from k9lite.engine.controllers.pod_template import new_pod
from k9lite.engine.controllers.replica_set.ranking import first_to_go

BURST = 500  # pods that one look creates or deletes at most
INDEX_VARIABLE = "JOB_COMPLETION_INDEX"


@dataclass(frozen=True)
class Plan:
    """create: bodies of pods; delete: pods; retry: seconds until more may be created, or None.

    counted: what is deleted counts as failed; else it is as if it had never been
    """

    create: Sequence[Data] = ()
    delete: Sequence[Object[Pod]] = field(default_factory=tuple)
    retry: float | None = None
    counted: bool = False


def plan(job: Object[Job], seen: Progress, end: Verdict | None, failures: Failures, now: float) -> Plan:
    """`end`: what ends the Job, if anything does; `failures`: those since its last success."""
    spec = job.view.spec
    assert spec is not None
    if end is not None:
        return Plan(delete=seen.active, counted=True)
    if job.deleting:
        return Plan()
    wanted = verdict.wanted_active(spec, seen)
    surplus = _surplus(spec, seen, len(seen.active) - wanted, now)
    if surplus:
        return Plan(delete=surplus[:BURST])
    replaced_late = spec.podReplacementPolicy == "Failed"
    missing = wanted - len(seen.active) - (seen.terminating if replaced_late else 0)
    if missing <= 0:
        return Plan()
    if (left := failures.left(now)) > 0 and spec.backoffLimitPerIndex is None:
        return Plan(retry=left)
    if not verdict.is_indexed(spec):
        return Plan([_body(job)] * min(missing, BURST))
    return _indexed(job, spec, seen, min(missing, BURST), now)


def _surplus(spec: JobSpec, seen: Progress, number: int, now: float) -> list[Object[Pod]]:
    """Pods that are too many: those of an index that has another one or is none any more, then whatever ranks last."""
    removed: list[Object[Pod]] = []
    if verdict.is_indexed(spec):
        taken: set[int] = set(seen.done)
        for pod in sorted(seen.active, key=lambda pod: pod.meta.creationTimestamp or ""):
            index = members.index_of(pod)
            if index is None or index >= (spec.completions or 0) or index in taken:
                removed.append(pod)
            else:
                taken.add(index)
    rest = [pod for pod in seen.active if pod not in removed]
    if number > len(removed):
        removed += first_to_go(rest, rest, number - len(removed), now)
    return removed


def _indexed(job: Object[Job], spec: JobSpec, seen: Progress, number: int, now: float) -> Plan:
    """Pods for the lowest free indexes; one that has failed is tried again after a while of its own."""
    earlier = counting.retried_later(spec, seen)
    bodies, waits = [], []
    for index in verdict.free_indexes(spec, seen, number):
        before = earlier.get(index)
        counted, ignored = members.index_failures(spec, before) if before else (0, 0)
        left = back_off.remaining(counted + ignored, members.finished_at(before, now), now) if before else 0.0
        if left > 0:
            waits.append(left)
        else:
            marks = {members.INDEX_FAILURES: str(counted)} if spec.backoffLimitPerIndex is not None else {}
            marks |= {members.IGNORED_FAILURES: str(ignored)} if ignored else {}
            bodies.append(_body(job, index, marks))
    return Plan(bodies, retry=min(waits, default=None))


def _body(job: Object[Job], index: int | None = None, annotations: Mapping[str, str] | None = None) -> Data:
    body = new_pod(job)
    metadata: Data = body["metadata"]
    metadata["finalizers"] = [*metadata.get("finalizers", ()), members.FINALIZER]
    if index is None:
        return body
    metadata["generateName"] = f"{job.name}-{index}-"
    metadata["annotations"] = metadata.get("annotations", {}) | {members.INDEX: str(index)} | (annotations or {})
    metadata["labels"] = metadata.get("labels", {}) | {members.INDEX: str(index)}
    body["spec"]["hostname"] = f"{job.name}-{index}"
    variable = {"name": INDEX_VARIABLE, "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{members.INDEX}']"}}}
    for part in ("initContainers", "containers"):
        for container in body["spec"].get(part, ()):
            if all(one["name"] != INDEX_VARIABLE for one in container.get("env", ())):
                container["env"] = [*container.get("env", ()), variable]
    return body
