"""Deletes Jobs some time after they have finished (pkg/controller/ttlafterfinished)."""

from lightkube.models.batch_v1 import Job

from k9lite.aio.clock import Clock
from k9lite.api import kinds, times
from k9lite.api.errors import CONFLICT, NOT_FOUND, ignoring
from k9lite.api.object import Key, Object
from k9lite.client.caused_client import CausedClient
from k9lite.client.controller import Controller
from k9lite.client.informer import Informers
from k9lite.client.protocol import Client, DeleteOptions


class TtlAfterFinishedController(Controller):
    """Acts on Jobs with `ttlSecondsAfterFinished`."""

    name = "ttl-after-finished-controller"

    def __init__(self, client: Client, informers: Informers, clock: Clock) -> None:
        super().__init__(client, informers, clock)
        self.jobs = informers.of(kinds.JOB)
        self.watch(self.jobs)

    async def reconcile(self, key: Key, client: CausedClient) -> float | None:
        job = self.jobs.get(key.name, key.namespace)
        due = expiry(job) if job is not None and not job.deleting else None
        if job is None or due is None:
            return None
        if (left := due - self.clock.now()) > 0:
            return left
        options = DeleteOptions(propagation="Foreground", uid=job.uid)
        with ignoring(NOT_FOUND, CONFLICT):
            await client.delete(kinds.JOB, job.name, job.namespace, options=options)
        return None


def expiry(job: Object[Job]) -> float | None:
    """When the Job is to be deleted, in epoch seconds; None where it never is, or has not finished."""
    ttl = job.view.spec.ttlSecondsAfterFinished if job.view.spec else None
    ends = [
        times.timestamp(one["lastTransitionTime"])
        for one in job.data().get("status", {}).get("conditions", ())
        if one["type"] in ("Complete", "Failed") and one["status"] == "True"
    ]
    return ends[0] + ttl if ttl is not None and ends and ends[0] is not None else None
