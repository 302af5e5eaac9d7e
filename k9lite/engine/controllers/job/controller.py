"""The loop of Jobs: create or delete pods, count those that ended, say when it is over."""

from collections.abc import Iterable, Sequence

from lightkube.models.batch_v1 import Job, JobSpec
from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock
from k9lite.api import conditions, kinds, pods, times
from k9lite.api.errors import CONFLICT, NOT_FOUND, StatusError, ignoring
from k9lite.api.object import Data, Key, Object
from k9lite.api.selectors import label_selector
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions, PatchType
from k9lite.engine.controllers.claims import by_controller, claim, orphans_of
from k9lite.engine.controllers.job import counting, members, verdict
from k9lite.engine.controllers.job.back_off import Failures
from k9lite.engine.controllers.job.pod_plan import Plan, plan
from k9lite.engine.controllers.job.verdict import Verdict

CONTROLLER = "kubernetes.io/job-controller"
JOB_NAME = "batch.kubernetes.io/job-name"
BATCH = 1.0  # seconds for which changes of pods are gathered


class JobController(Controller):
    """Acts on Jobs that nobody else manages, and on their pods."""

    name = "job-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.jobs, self.pods = informers.of(kinds.JOB), informers.of(kinds.POD)
        self.pods.add_index("controller", by_controller)
        self.pods.add_index("job", _job_of)
        self._failures: dict[str, Failures] = {}  # by the uid of the Job
        self.watch(self.jobs)
        self.pods.add_handler(self._pod_changed)

    def _pod_changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        newest = new or old
        if newest is None:
            return
        for key in dict.fromkeys(key for obj in (old, new) if obj is not None for key in self._concerned(obj)):
            self.queue.add_after(key, self.caused_by(newest), BATCH)

    def _concerned(self, pod: Object[Pod]) -> Iterable[Key]:
        owner = pod.meta.controller
        if owner is not None:
            if (owner.kind, owner.apiVersion) == ("Job", "batch/v1"):
                yield Key(pod.namespace, owner.name)
            return
        if members.is_tracked(pod) and JOB_NAME in pod.labels:
            yield Key(pod.namespace, pod.labels[JOB_NAME])
        for job in self.jobs.in_namespace(pod.namespace):
            if label_selector(_spec(job).selector).matches(pod.labels):
                yield job.key

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        job = self.jobs.get(key.name, key.namespace)
        await self._let_go(key, job, client)
        if job is None or verdict.is_finished(job):
            if job is not None:
                self._failures.pop(job.uid, None)
            return None
        if _spec(job).managedBy not in (None, CONTROLLER):
            return None
        if await self._claim(job, client):
            return None  # what was claimed shows up as a change, and is acted on then
        return await self._sync(job, client)

    async def _let_go(self, key: Key, job: Object[Job] | None, client: CausedClient) -> None:
        """Pods that no Job will count any more need not wait for it."""
        alive = job.uid if job is not None and not verdict.is_finished(job) else ""
        for pod in self.pods.indexed("job", str(key)):
            owner = pod.meta.controller
            if (owner is None and job is None) or (owner is not None and owner.uid != alive):
                await self._remove_finalizer(pod, client)

    async def _claim(self, job: Object[Job], client: CausedClient) -> bool:
        """Adopt and release pods by their labels; whether any had to be."""
        selector, candidates = label_selector(_spec(job).selector), self.pods.indexed("controller", job.uid)
        for pod in candidates:
            if members.is_tracked(pod) and not selector.matches(pod.labels):
                await self._remove_finalizer(pod, client)
        candidates += self.pods.indexed("controller", orphans_of(job.namespace))
        own, changed = await claim(client, job, selector, candidates)
        for pod in own:
            if changed and not members.is_tracked(pod) and not pods.is_terminal(pod.view):
                await self._patch(pod, {"finalizers": [*(pod.meta.finalizers or ()), members.FINALIZER]}, client)
        return changed

    async def _sync(self, job: Object[Job], client: CausedClient) -> float | None:
        spec, now, own = _spec(job), self.clock.now(), self.pods.indexed("controller", job.uid)
        status = job.data().get("status", {})
        before = job.data().get("status", {})
        if "startTime" not in status and not spec.suspend:
            status["startTime"] = times.time(now)
        counting.settle(status, {pod.uid for pod in own if members.is_tracked(pod)})
        seen = verdict.progress(spec, status, own)
        failures = self._failures.get(job.uid, Failures()).and_then(_ended(spec, status, own, now))
        end = verdict.judge(spec, status, seen, now)
        todo = plan(job, seen, end, failures, now)
        active, failed = await self._carry_out(job, todo, len(seen.active), client)
        gone = {pod.uid for pod in todo.delete}
        ready = sum(pods.is_ready(pod.view) for pod in seen.active if pod.uid not in gone)
        terminating = seen.terminating + len(todo.delete)
        if end is None and verdict.is_complete(spec, seen, active):
            end = Verdict("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
        if end is None and failed is None:
            self._note_suspension(job, spec, status, client)
        if end is not None:
            _put(status, end.interim, end, now)
        delayed = {pod.uid for pod in counting.retried_later(spec, seen).values()}
        status |= {"active": active, "ready": ready, "terminating": terminating}
        freed = counting.name(spec, status, seen, end, delayed)
        job = await self._write(job, before, status, client)
        self._failures[job.uid] = failures
        for pod in freed:
            await self._remove_finalizer(pod, client)
        before = job.data().get("status", {})
        status = job.data().get("status", {})
        counting.settle(status, {pod.uid for pod in own if members.is_tracked(pod)} - {pod.uid for pod in freed})
        over = end is not None and not (active or terminating or status["uncountedTerminatedPods"])
        if end is not None and over:
            _put(status, end.type, end, now)
            if end.type == "Complete":
                status["completionTime"] = times.time(now)
        job = await self._write(job, before, status, client)
        if end is not None and over:
            self._tell_end(job, end, client)
        if failed is not None:
            raise failed
        return _earliest(todo.retry, verdict.deadline(spec, status, now)) if end is None else None

    async def _carry_out(
        self, job: Object[Job], todo: Plan, active: int, client: CausedClient
    ) -> tuple[int, StatusError | None]:
        """Delete and create pods; how many are active then, and what failed."""
        batch, rest = 1, list(todo.create)
        try:
            for pod in todo.delete:
                if not todo.counted:
                    await self._remove_finalizer(pod, client)
                await self._delete(job, pod, client)
                active -= 1
            while rest:  # in batches that double, so that what always fails is not tried 500 times
                for body in rest[:batch]:
                    await self._create(job, body, client)
                    active += 1
                rest, batch = rest[batch:], batch * 2
        except StatusError as error:
            return active, None if error.has_cause("NamespaceTerminating") else error
        return active, None

    async def _create(self, job: Object[Job], body: Data, client: CausedClient) -> None:
        try:
            pod = await client.create(kinds.POD, body, job.namespace)
        except StatusError as error:
            if not error.has_cause("NamespaceTerminating"):
                self.recorder.warning(job, "FailedCreate", f"Error creating: {error}", client.cause)
            raise
        self.recorder.normal(job, "SuccessfulCreate", f"Created pod: {pod.name}", client.cause)

    async def _delete(self, job: Object[Job], pod: Object[Pod], client: CausedClient) -> None:
        with ignoring(NOT_FOUND):
            await client.delete(kinds.POD, pod.name, pod.namespace, options=DeleteOptions(uid=pod.uid))
            self.recorder.normal(job, "SuccessfulDelete", f"Deleted pod: {pod.name}", client.cause)

    async def _remove_finalizer(self, pod: Object[Pod], client: CausedClient) -> None:
        left = [one for one in pod.meta.finalizers or () if one != members.FINALIZER]
        await self._patch(pod, {"finalizers": left or None}, client)

    async def _patch(self, pod: Object[Pod], metadata: Data, client: CausedClient) -> None:
        patch = {"metadata": {"uid": pod.uid, **metadata}}
        with ignoring(NOT_FOUND, CONFLICT):
            await client.patch(kinds.POD, pod.name, patch, PatchType.MERGE, pod.namespace)

    def _note_suspension(self, job: Object[Job], spec: JobSpec, status: Data, client: CausedClient) -> None:
        """Say that the Job was suspended, or goes on."""
        found = conditions.find(status.get("conditions"), "Suspended")
        state, word = ("True", "suspended") if spec.suspend else ("False", "resumed")
        if (found is None and not spec.suspend) or (found is not None and found["status"] == state):
            return
        now, reason = self.clock.now(), word.capitalize()
        _put(status, "Suspended", Verdict("", f"Job{reason}", f"Job {word}"), now, state)
        if spec.suspend:
            status.pop("startTime", None)
        else:
            status["startTime"] = times.time(now)
        self.recorder.normal(job, reason, f"Job {word}", client.cause)

    def _tell_end(self, job: Object[Job], end: Verdict, client: CausedClient) -> None:
        if end.type == "Complete":
            self.recorder.normal(job, "Completed", "Job completed", client.cause)
        else:
            self.recorder.warning(job, end.reason, end.message, client.cause)

    async def _write(self, job: Object[Job], before: Data, status: Data, client: CausedClient) -> Object[Job]:
        new = counting.tidy(status)
        return job if new == before else await client.update_status(job, new)


def _spec(job: Object[Job]) -> JobSpec:
    assert job.view.spec is not None
    return job.view.spec


def _ended(spec: JobSpec, status: Data, own: Sequence[Object[Pod]], now: float) -> list[tuple[float, bool]]:
    """When pods ended that were not named in the status before, and whether they succeeded."""
    named = {uid for uids in status["uncountedTerminatedPods"].values() for uid in uids}
    return [
        (members.finished_at(pod, now), members.succeeded(pod))
        for pod in own
        if members.is_tracked(pod) and pod.uid not in named and (members.succeeded(pod) or members.failed(pod, spec))
    ]


def _put(status: Data, type: str, why: Verdict, now: float, state: str = "True") -> None:
    stamp = times.time(now)
    made: Data = {"type": type, "status": state, "lastProbeTime": stamp, "lastTransitionTime": stamp}
    made |= {"reason": why.reason, "message": why.message}
    current = status.setdefault("conditions", [])
    if (old := conditions.find(current, type)) is None:
        current.append(made)
    elif old["status"] != state:
        current[current.index(old)] = made


def _job_of(pod: Object[Pod]) -> tuple[str, ...]:
    """Index function: namespace and name of the Job that is to count the pod."""
    owner = pod.meta.controller
    name = pod.labels.get(JOB_NAME, "") if owner is None else owner.name if owner.kind == "Job" else ""
    return (str(Key(pod.namespace, name)),) if name and members.is_tracked(pod) else ()


def _earliest(*seconds: float | None) -> float | None:
    return min((one for one in seconds if one is not None), default=None)
