"""One probe of one container, again and again (Kubernetes: kubelet/prober/worker.go)."""

import asyncio
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Any

from lightkube.models.core_v1 import Container, Probe

from k9lite.aio.clock import Timer
from k9lite.api import pods
from k9lite.api.object import Data
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.pods.phase import is_terminal
from k9lite.engine.node.probes import handlers
from k9lite.engine.node.runtimes.protocol import ContainerRecord

Launch = Callable[[Coroutine[Any, Any, None], str], asyncio.Task[Any]]

DEFAULT_PERIOD, ATTEMPTS = 10, 3
PROBE_SECONDS = 0.02  # what a probe takes at least
SLACK = 0.03  # of its period, by which a probe may be late: many of them are made in one go


class ProbeType(StrEnum):
    STARTUP = "Startup"
    READINESS = "Readiness"
    LIVENESS = "Liveness"


# What counts until a probe has come to a conclusion.
INITIAL = {ProbeType.STARTUP: None, ProbeType.READINESS: False, ProbeType.LIVENESS: True}


class ProbeWorker:
    """Probes while its pod lives; `changed` is called when its conclusion about a container changes.

    result: the conclusion about the container `container_id`: True, False, or None before a startup probe's first
    """

    def __init__(
        self,
        state: PodState,
        container: Container,
        type: ProbeType,
        probe: Probe,
        launch: Launch,
        changed: Callable[["ProbeWorker"], None],
    ) -> None:
        self._state, self.container, self.type, self._probe = state, container, type, probe
        self._launch, self._changed = launch, changed
        self.container_id = ""
        self.result: bool | None = None
        self._on_hold = False  # a failed container is left alone until it is replaced
        self._last: bool | None = None
        self._run_length = 0
        self._timer: Timer | None = None
        self._task: asyncio.Task[Any] | None = None

    def tick(self) -> None:
        """Probe now, if there is something to probe, and again one period later."""
        self.stop()
        period, clock = self._probe.periodSeconds or DEFAULT_PERIOD, self._state.node.clock
        slack = period * SLACK
        late = 0.0 if self._timer is None else clock.now() - self._timer.due
        self._timer = clock.call_later(period - (late if 0 < late <= slack else 0.0), self.tick, slack)
        record = self._due()
        if record is not None and (self._task is None or self._task.done()):
            self._task = self._launch(self._probe_once(record), f"{self.type} probe of {self._state.pod.key}")

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def close(self) -> None:
        self.stop()
        if self._task is not None:
            self._task.cancel()

    def _due(self) -> ContainerRecord | None:
        """The container to probe; None if there is a reason not to."""
        if not self._state.node.up.is_set():
            return None  # nobody is there to probe
        status = self._status()
        if status is None or is_terminal((self._state.status or {}).get("phase")):
            return None
        id = status.get("containerID", "").removeprefix("k9lite://")
        if not id:
            return None
        if id != self.container_id:
            self.container_id, self.result, self._on_hold = id, INITIAL[self.type], False
        if self._on_hold:
            return None
        record = self._state.seen.latest(self.container.name)
        if "running" not in status["state"] or record is None or record.id != id:
            self._conclude(False)
            return None
        clock = self._state.node.clock
        if clock.now() - record.started < clock.simulated(self._probe.initialDelaySeconds or 0):
            return None
        return record if bool(status.get("started")) != (self.type is ProbeType.STARTUP) else None

    def _status(self) -> Data | None:
        made = self._state.status or {}
        every = [*made.get("containerStatuses", ()), *made.get("initContainerStatuses", ())]
        return next((one for one in every if one["name"] == self.container.name), None)

    async def _probe_once(self, record: ContainerRecord) -> None:
        await self._state.node.clock.delay(PROBE_SECONDS)
        for _ in range(ATTEMPTS):
            outcome = await handlers.run(self._state, record, self.container, self._probe)
            if not outcome.error:
                break
        if not self._state.node.up.is_set():
            return
        if outcome.error:
            message = f"{self.type} probe errored and resulted in unknown state: {outcome.text}"
            self._state.tell("Warning", "Unhealthy", message, self.container.name)
            return
        if outcome.warning or not outcome.success:
            reason, word = ("ProbeWarning", "warning") if outcome.warning else ("Unhealthy", "failed")
            self._state.tell("Warning", reason, f"{self.type} probe {word}: {outcome.text}", self.container.name)
        if record.id == self.container_id:
            self._take(outcome.success)

    def _take(self, success: bool) -> None:
        """One more result; conclusions need as many equal ones in a row as the thresholds say."""
        self._run_length = self._run_length + 1 if self._last is success else 1
        self._last = success
        needed = (self._probe.successThreshold or 1) if success else (self._probe.failureThreshold or 3)
        if self._run_length < needed:
            return
        self._conclude(success)
        if not success and self.type is not ProbeType.READINESS:
            self._on_hold, self._run_length = True, 0

    def _conclude(self, result: bool) -> None:
        if self.result is not result:
            self.result = result
            self._changed(self)


def wants_probes(state: PodState) -> list[Container]:
    """The containers of a pod that may have probes."""
    spec = pods.spec(state.view)
    return [*pods.sidecars(spec), *spec.containers]
