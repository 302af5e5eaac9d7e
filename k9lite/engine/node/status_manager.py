"""Writes the statuses of a node's pods and removes pods that are through (kubelet/status/status_manager.go)."""

import asyncio
from typing import Protocol

from lightkube.models.core_v1 import Pod

from k9lite.aio.clock import Clock, Timer
from k9lite.api import kinds
from k9lite.api.cause import Cause
from k9lite.api.errors import StatusError, is_conflict, is_not_found
from k9lite.api.object import Data, Object
from k9lite.client.protocol import Client, DeleteOptions
from k9lite.engine.node.pods.status import merge

BATCH_SECONDS, MOST_BATCHES = 0.01, 6  # how long a status waits for more news
SWEEP_SECONDS = 10.0  # a kubelet goes over what could not be written, or was overwritten, so often


class Reporting(Protocol):
    """A pod as its worker knows it."""

    pod: Object[Pod]
    status: Data | None  # what it should say; None before the first look
    cause: Cause
    may_run: bool  # whether containers may still be running
    finished: bool  # nothing of it is left on the node


class StatusManager:
    """`report` notes that a worker has news; `run`, started once as a task, tells the cluster."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._waiting: dict[str, Reporting] = {}
        self._doubted: dict[str, Reporting] = {}  # until the next sweep
        self._next_sweep: Timer | None = None
        self._reports = 0
        self._wake = asyncio.Event()
        self.suspended = False  # a node that is down reports nothing

    @property
    def idle(self) -> bool:
        return not self._waiting

    def report(self, worker: Reporting) -> None:
        self._waiting[worker.pod.uid] = worker
        self._reports += 1
        if not self.suspended:
            self._wake.set()

    def reconcile(self, worker: Reporting) -> None:
        """Somebody else wrote the pod: with the next sweep its status says again what the kubelet knows."""
        self._doubted[worker.pod.uid] = worker
        if self._next_sweep is None:
            wait = SWEEP_SECONDS - self._clock.now() % SWEEP_SECONDS
            self._next_sweep = self._clock.call_later(wait, self._sweep)

    def forget(self, uid: str) -> None:
        """The pod is gone, and nobody can be told of it any more."""
        self._waiting.pop(uid, None)
        self._doubted.pop(uid, None)

    def _sweep(self) -> None:
        self._next_sweep = None
        doubted, self._doubted = self._doubted, {}
        for worker in doubted.values():
            self.report(worker)

    def resume(self) -> None:
        self.suspended = False
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            await self._quiet()
            self._wake.clear()
            while self._waiting and not self.suspended:
                uid = next(iter(self._waiting))
                worker = self._waiting.pop(uid)
                try:
                    await self._write(worker)
                except (StatusError, ConnectionError, TimeoutError):
                    self._waiting.setdefault(uid, worker)
                    self._clock.call_later(SWEEP_SECONDS, self._wake.set)
                    break

    async def _quiet(self) -> None:
        """Wait for a moment without news, but not for long: what comes together is written once."""
        for _ in range(MOST_BATCHES):
            reports = self._reports
            await self._clock.delay(BATCH_SECONDS)
            if reports == self._reports:
                return

    async def _write(self, worker: Reporting) -> None:
        try:
            await self._update(worker, worker.pod)
        except StatusError as error:
            if not is_conflict(error):
                if not is_not_found(error):
                    raise
                return
            # Somebody wrote in between: take their object, unless it is another one of the same name.
            try:
                newest = await self._client.get(kinds.POD, worker.pod.name, worker.pod.namespace)
            except StatusError as gone:
                if is_not_found(gone):
                    return
                raise
            if newest.uid == worker.pod.uid:
                await self._update(worker, newest)

    async def _update(self, worker: Reporting, pod: Object[Pod]) -> None:
        written = pod.status()
        if worker.status is not None:
            merged = merge(written, worker.status, worker.may_run, self._clock.now())
            if merged != written:
                pod = await self._client.update_status(pod, merged, cause=worker.cause)
                worker.pod = max(worker.pod, pod, key=lambda one: one.revision)
        if worker.finished and pod.deleting:
            options = DeleteOptions(grace=0, uid=pod.uid)
            await self._client.delete(kinds.POD, pod.name, pod.namespace, cause=worker.cause, options=options)
