"""The probes of one pod, and what they say of its containers (Kubernetes: kubelet/prober/prober_manager.go)."""

from k9lite.engine.node.faults import Faults
from k9lite.engine.node.node_context import TOLD_SECONDS
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.probes.worker import Launch, ProbeType, ProbeWorker, wants_probes
from k9lite.engine.node.runtimes.protocol import ContainerRecord

FIELDS = {
    ProbeType.STARTUP: "startupProbe",
    ProbeType.READINESS: "readinessProbe",
    ProbeType.LIVENESS: "livenessProbe",
}


class PodProbes:
    """`faults` may make a container unready whatever its probes say."""

    def __init__(self, state: PodState, launch: Launch, faults: Faults) -> None:
        self._state, self._launch, self._faults = state, launch, faults
        self._workers: dict[tuple[str, ProbeType], ProbeWorker] | None = None

    def begin(self) -> None:
        """Start probing; doing so again changes nothing."""
        if self._workers is not None:
            return
        self._workers = {}
        for container in wants_probes(self._state):
            for type, field in FIELDS.items():
                probe = getattr(container, field)
                if probe is not None:
                    worker = ProbeWorker(self._state, container, type, probe, self._launch, self._changed)
                    self._workers[container.name, type] = worker
                    worker.tick()

    def hurry(self) -> None:
        """The kubelet looks at the pod: what started and is not ready yet is probed at once."""
        for (name, type), worker in (self._workers or {}).items():
            latest = self._state.seen.latest(name)
            waits = type is ProbeType.READINESS and self._result(name, type) is not True
            if waits and latest and latest.state == "running" and self.started(name, True):
                worker.tick()

    def started(self, container: str, running: bool) -> bool:
        """Whether a container runs and has passed its startup probe, if it has one."""
        if not running:
            return False
        return (container, ProbeType.STARTUP) not in (self._workers or {}) or (
            self._result(container, ProbeType.STARTUP) is True
        )

    def ready(self, container: str) -> bool:
        """Whether a started container may get traffic."""
        if self._faults.unready(self._state, container):
            return False
        if (container, ProbeType.READINESS) not in (self._workers or {}):
            return True
        return self._result(container, ProbeType.READINESS) is True

    def failed(self, record: ContainerRecord) -> str:
        """The probe that wants a running container killed, as the Killing event names it; empty for none."""
        for type, name in ((ProbeType.LIVENESS, "liveness probe"), (ProbeType.STARTUP, "startup probe")):
            if self._result(record.name, type) is False:
                return name
        return ""

    def stop_killing(self) -> None:
        """The pod ends: liveness and startup no longer matter, readiness does."""
        for (_, type), worker in (self._workers or {}).items():
            if type is not ProbeType.READINESS:
                worker.close()

    def close(self) -> None:
        for worker in (self._workers or {}).values():
            worker.close()

    def _result(self, container: str, type: ProbeType) -> bool | None:
        """The conclusion about the container that is seen to run now; None when there is none."""
        worker = (self._workers or {}).get((container, type))
        latest = self._state.seen.latest(container)
        if worker is None or latest is None or worker.container_id != latest.id:
            return None
        return worker.result

    def _changed(self, worker: ProbeWorker) -> None:
        if worker.type is ProbeType.STARTUP and worker.result:
            self._report_started(worker.container.name)
            self._state.node.clock.call_later(TOLD_SECONDS, lambda: self._state.wake())
            return
        if worker.type is ProbeType.READINESS:
            self._state.report()
        if worker.type is not ProbeType.LIVENESS or worker.result is False:
            self._state.wake()

    def _report_started(self, container: str) -> None:
        """Report at once that a container has started; what follows from it is reported by the next look."""
        status = self._state.status
        if status is None:
            return
        changed = {
            part: [one | {"started": True} if one["name"] == container else one for one in status[part]]
            for part in ("initContainerStatuses", "containerStatuses")
            if part in status
        }
        self._state.status = status | changed
        self._state.node.statuses.report(self._state)
