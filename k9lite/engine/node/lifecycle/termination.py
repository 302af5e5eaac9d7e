"""The end of containers: hooks, signals, grace, sidecars last (Kubernetes: kuberuntime_container.go, killContainer)."""

import asyncio
import contextlib

from lightkube.models.core_v1 import Container

from k9lite.aio.clock import within
from k9lite.api import pods
from k9lite.engine.node.lifecycle import hooks
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.runtimes.protocol import ContainerRecord

LEAST_GRACE = 2.0  # seconds that every process gets before it is killed


def grace_of(state: PodState, container: Container | None, probe: str = "") -> float:
    """Seconds that a container gets to end: the probe's own setting, else the pod's."""
    spec = pods.spec(state.view)
    settings = {"startup probe": "startupProbe", "liveness probe": "livenessProbe"}
    setting = getattr(container, settings[probe], None) if container and probe in settings else None
    if setting is not None and setting.terminationGracePeriodSeconds is not None:
        return float(setting.terminationGracePeriodSeconds)
    seconds = spec.terminationGracePeriodSeconds
    return float(pods.DEFAULT_GRACE_SECONDS if seconds is None else seconds)


async def stop_container(
    state: PodState, record: ContainerRecord, message: str, grace: float, turn: asyncio.Event | None = None
) -> None:
    """Say why, run the preStop hook inside the grace period, wait for `turn`, then ask and at last force it to end."""
    state.tell("Normal", "Killing", message or f"Stopping container {record.name}", record.name)
    clock = state.node.clock
    deadline = clock.now() + grace
    container = state.container(record.name)
    if container and container.lifecycle and container.lifecycle.preStop and grace > 0:
        await hooks.pre_stop(state, record, container.lifecycle.preStop, grace)
    if turn is not None:
        with contextlib.suppress(TimeoutError):
            await within(clock, max(0.0, deadline - clock.now()), turn.wait())
    await state.node.runtime.stop(record.id, max(LEAST_GRACE, deadline - clock.now()))


async def stop_pod(state: PodState, grace: float | None) -> None:
    """Stop every running container at once, sidecars in reverse order after the others; then the sandbox."""
    running = state.node.runtime.pod(state.uid).running
    sidecars = [one.name for one in pods.sidecars(pods.spec(state.view))]
    gone = {record.name: asyncio.Event() for record in running}

    async def stop(record: ContainerRecord) -> None:
        seconds = grace_of(state, None) if grace is None else grace
        turn = asyncio.Event()
        waiting = asyncio.ensure_future(_turn(record.name, sidecars, gone, turn)) if record.name in sidecars else None
        try:
            await stop_container(state, record, "", seconds, turn if waiting else None)
        finally:
            gone[record.name].set()
            if waiting:
                waiting.cancel()

    await asyncio.gather(*(stop(record) for record in running))
    await state.node.runtime.stop_sandbox(state.uid)


async def _turn(name: str, sidecars: list[str], gone: dict[str, asyncio.Event], turn: asyncio.Event) -> None:
    """Set `turn` when everything that is to end before the sidecar `name` has ended."""
    later = sidecars[sidecars.index(name) + 1 :]
    for other, event in gone.items():
        if other not in sidecars or other in later:
            await event.wait()
    turn.set()
