"""Lifecycle hooks: postStart and preStop (Kubernetes: kubelet/lifecycle/handlers.go)."""

from lightkube.models.core_v1 import Container, EphemeralContainer, LifecycleHandler

from k9lite.aio.clock import within
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.probes import handlers
from k9lite.engine.node.runtimes.protocol import CommandNotFound, ContainerRecord


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
    node = state.node
    if hook.sleep is not None:
        await node.clock.sleep(hook.sleep.seconds)
    elif hook.exec is not None:
        command = hook.exec.command or []
        told = f"command '{' '.join(command)}'"
        try:
            process = await node.runtime.exec(record.id, command)
        except CommandNotFound as error:
            raise HookFailed(f"{told} exited with 126: {error}") from None
        async for _ in process.output():
            pass
        code = await process.wait()
        if code:
            raise HookFailed(f"{told} exited with {code}: ")
    elif hook.httpGet is not None:
        target = handlers.http_target(hook.httpGet, state.container(record.name), state.address)
        outcome = await handlers.http_get(node.network, node.clock, target)
        if not outcome.success:
            raise HookFailed(outcome.text)
