"""Logs, exec, attach and connections into the pods of all nodes (Kubernetes: the kubelet's server)."""

from collections.abc import AsyncIterator, Mapping

from k9lite.aio.network import Stream
from k9lite.api import pods
from k9lite.api.errors import INTERNAL_ERROR, NOT_FOUND, StatusError, bad_request, not_found
from k9lite.client.streams import LogLine, LogOptions, Process, Usage
from k9lite.engine.node import log_reading
from k9lite.engine.node.kubelet import Kubelet
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.runtimes.protocol import CommandNotFound, ContainerRecord, RuntimeFailure


class NodeStreams:
    """Implements `client.streams.PodStreams` over the kubelets of a cluster, by the names of their nodes."""

    def __init__(self, kubelets: Mapping[str, Kubelet]) -> None:
        self._kubelets = kubelets

    async def logs(self, namespace: str, pod: str, options: LogOptions) -> AsyncIterator[list[LogLine]]:
        state = self._state(namespace, pod)
        name = log_reading.container_name(state, options.container)
        id = log_reading.container_id(state, name, options.previous)
        try:
            log = state.node.runtime.logs(id)
        except RuntimeFailure:
            yield [log_reading.gone(id, state.node.clock.now())]
            return
        lines, seen = log_reading.chosen(list(log.lines), options), log.dropped + len(log.lines)
        left = options.limit
        while True:
            if left is not None:
                lines = list(log_reading.cut(lines, left))
                left -= sum(len(line.text.encode()) + 1 for line in lines)
            if lines:
                yield lines
            if not options.follow or (left is not None and left <= 0) or not await log.more(seen):
                return
            lines = log.lines[max(0, seen - log.dropped) :]
            seen = log.dropped + len(log.lines)

    async def exec(
        self,
        namespace: str,
        pod: str,
        container: str,
        command: list[str],
        *,
        stdin: bool = False,
        tty: bool = False,
    ) -> Process:
        state, record = self._running(namespace, pod, container)
        try:
            process = await state.node.runtime.exec(record.id, command, tty=tty)
        except CommandNotFound as error:
            told = f"failed to exec in container: failed to start exec: {error}: unknown"
            raise StatusError(
                INTERNAL_ERROR, f"Internal error occurred: error executing command in container: {told}"
            ) from None
        if not stdin:
            await process.stdin.close()
        return process

    async def attach(
        self, namespace: str, pod: str, container: str, *, stdin: bool = False, tty: bool = False
    ) -> Process:
        state, record = self._running(namespace, pod, container)
        return await state.node.runtime.attach(record.id)

    async def connect(self, namespace: str, pod: str, port: int) -> Stream:
        state = self._state(namespace, pod)
        if not state.address or not state.node.runtime.pod(state.uid).running:
            raise ConnectionRefusedError(f"pod {namespace}/{pod} is not running")
        return await state.node.network.connect(state.address, port)

    def reachable(self, address: str, port: int) -> tuple[str, int] | None:
        networks = (kubelet.node.network for kubelet in self._kubelets.values())
        return next((found for network in networks if (found := network.reachable(address, port))), None)

    async def usage(self, namespace: str, pod: str) -> dict[str, Usage]:
        state = self._state(namespace, pod)
        running = state.node.runtime.pod(state.uid).running
        return {record.name: state.node.runtime.usage(record.id) for record in running}

    def _state(self, namespace: str, pod: str) -> PodState:
        for kubelet in self._kubelets.values():
            state = kubelet.find(pod, namespace)
            if state is None:
                continue
            if not state.node.up.is_set():
                address = f"{state.node.address}:10250"
                raise StatusError(
                    INTERNAL_ERROR, f'Get "https://{address}": dial tcp {address}: connect: no route to host'
                )
            return state
        if not any(kubelet.knows(pod, namespace) for kubelet in self._kubelets.values()):
            raise not_found("", "pods", pod)
        raise bad_request(f"pod {pod} does not have a host assigned")

    def _running(self, namespace: str, pod: str, container: str) -> tuple[PodState, ContainerRecord]:
        """The running container that is meant."""
        state = self._state(namespace, pod)
        if pods.is_terminal(state.view):
            phase = pods.phase(state.view)
            raise bad_request(f"cannot exec into a container in a completed pod; current phase is {phase}")
        name = log_reading.default_container(state, container)
        record = state.node.runtime.pod(state.uid).latest(name)
        if record is None or record.state != "running":
            raise StatusError(NOT_FOUND, f'container not found ("{name}")', code=500)
        return state, record
