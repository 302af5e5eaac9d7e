"""Lifecycle hooks: postStart and preStop (Kubernetes: kubelet/lifecycle/handlers.go)."""

import json

from lightkube.models.core_v1 import Container, EphemeralContainer, HTTPGetAction, LifecycleHandler

from k9lite.aio.clock import within
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.probes import handlers
from k9lite.engine.node.runtimes.protocol import ContainerRecord, RuntimeFailure

STDERR = 2  # its number among the streams of a process


async def pre_stop(state: PodState, record: ContainerRecord, hook: LifecycleHandler, grace: float) -> None:
    """Run the hook for at most the grace period; its failure is told and changes nothing."""
    try:
        await within(state.node.clock, grace, _run(state, record, hook))
    except TimeoutError:
        pass
    except HookFailed:
        state.tell("Warning", "FailedPreStopHook", "PreStopHook failed", record.name)


async def post_start(state: PodState, record: ContainerRecord, container: Container | EphemeralContainer) -> str:
    """Run the hook, if there is one; returns why it failed, else nothing."""
    hook = container.lifecycle.postStart if container.lifecycle else None
    if hook is None:
        return ""
    try:
        await _run(state, record, hook)
    except HookFailed as failure:
        state.tell("Warning", "FailedPostStartHook", "PostStartHook failed", record.name)
        return str(failure)
    return ""


class HookFailed(Exception):
    """A hook did not succeed; the text says how."""


async def _run(state: PodState, record: ContainerRecord, hook: LifecycleHandler) -> None:
    if hook.sleep is not None:
        await state.node.clock.sleep(hook.sleep.seconds)
    elif hook.exec is not None:
        await _exec(state, record, hook.exec.command or [])
    elif hook.httpGet is not None:
        await _http_get(state, record, hook.httpGet)
    elif hook.tcpSocket is not None:  # the API has it, kubelets never could do it
        port, host = hook.tcpSocket.port, hook.tcpSocket.host or ""
        shown = f"{{0 {port} }}" if isinstance(port, int) else f"{{1 0 {port}}}"
        action = f"&TCPSocketAction{{Port:{shown},Host:{host},}}"
        raise HookFailed(
            "Cannot run handler: invalid handler: "
            f"&LifecycleHandler{{Exec:nil,HTTPGet:nil,TCPSocket:{action},Sleep:nil,}}"
        )


async def _exec(state: PodState, record: ContainerRecord, command: list[str]) -> None:
    words, output = " ".join(command), bytearray()
    try:
        process = await state.node.runtime.exec(record.id, command)
    except RuntimeFailure as error:
        problem = handlers.exec_failure(state, record, error)
    else:
        errors = bytearray()
        async for number, chunk in process.output():
            output.extend(chunk)
            errors.extend(chunk if number == STDERR else b"")
        code = await process.wait()
        if code == 0:
            return
        problem = f"command '{words}' exited with {code}: {errors.decode(errors='replace')}"
    raise HookFailed(
        f"Exec lifecycle hook ([{words}]) for {_told(state, record)} failed - error: {problem}, "
        f"message: {json.dumps(output.decode(errors='replace'), ensure_ascii=False)}"
    )


async def _http_get(state: PodState, record: ContainerRecord, action: HTTPGetAction) -> None:
    try:
        target = handlers.http_target(action, state.container(record.name), state.address)
    except handlers.PortUnknown as unknown:
        problem = str(unknown)
    else:
        outcome = await handlers.http_get(state.node, target)
        if outcome.success:
            return
        problem = outcome.text
    raise HookFailed(f"HTTP lifecycle hook ({action.path or ''}) for {_told(state, record)} failed - error: {problem}")


def _told(state: PodState, record: ContainerRecord) -> str:
    pod = state.pod
    return f'Container "{record.name}" in Pod "{pod.name}_{pod.namespace}({pod.uid})"'
