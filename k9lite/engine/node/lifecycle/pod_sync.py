"""One round of bringing a pod to where it should be (Kubernetes: kuberuntime_manager.go, SyncPod)."""

from dataclasses import dataclass

from lightkube.models.core_v1 import Container, EphemeralContainer, PodSpec, ResourceRequirements

from k9lite.api import pods, quantity
from k9lite.engine.node.config import environment, network_files, ports, security, volumes
from k9lite.engine.node.faults import Faults, inflict
from k9lite.engine.node.lifecycle import hooks, termination
from k9lite.engine.node.pod_state import PodState
from k9lite.engine.node.pods import resizing
from k9lite.engine.node.pods.actions import Actions, Kill, actions, back_off_key, identity
from k9lite.engine.node.pods.container_status import Reason
from k9lite.engine.node.probes.manager import PodProbes
from k9lite.engine.node.runtimes.protocol import ContainerConfig, RuntimeFailure, SandboxConfig, StartError
from k9lite.engine.node.runtimes.volume_files import MountedFiles, VolumeFiles

ERROR_PREFIX = "Error: "
SANDBOX_CHANGED = "Pod sandbox changed, it will be killed and re-created."


@dataclass(slots=True)
class Result:
    """over: the pod is through; started: a container came up; failed: something did not work, try again later;
    complains: something that stops nothing is told at every look; retry_at: when a crash back-off ends."""

    over: bool = False
    started: bool = False
    failed: bool = False
    complains: bool = False
    retry_at: float | None = None


class PodSync:
    """Acts on one look at a pod: `run` once."""

    def __init__(self, state: PodState, probes: PodProbes, faults: Faults) -> None:
        self._state, self._probes, self._faults = state, probes, faults
        self._node = state.node
        self._seen = state.seen  # decisions rest on what was seen before anything was done
        self._result = Result()

    async def run(self) -> Result:
        if not await volumes.mount(self._state):
            self._result.failed = True
            return self._result
        self._find_pull_secrets()
        self._probes.begin()
        todo = actions(self._state.view, self._seen, self._probes.failed, self._has_started)
        if todo.end:
            await self._end()
            return self._result
        self._resize(todo)
        for kill in todo.kill:
            container = self._state.container(kill.record.name)
            assert container is None or isinstance(container, Container)
            grace = termination.grace_of(self._state, container, self._probes.failed(kill.record))
            await termination.stop_container(self._state, kill.record, kill.message, grace)
        if todo.create_sandbox:
            if self._seen.sandbox is not None:
                self._state.tell("Normal", "SandboxChanged", SANDBOX_CHANGED)
            if not await self._create_sandbox():
                return self._result
        await self._start_all(todo)
        return self._result

    def _resize(self, todo: Actions) -> None:
        """Let running containers have what the pod was given, restarted where their policy wants it."""
        state, sizes = self._state, self._state.sizes
        if sizes is None or sizes.actual == sizes.given:
            return
        initial = {one.name for one in pods.spec(state.view).initContainers or ()}
        for record in self._seen.running:
            container = state.container(record.name)
            if isinstance(container, Container) and resizing.needs_restart(container, sizes):
                todo.kill.append(Kill(record, f"Container {record.name} resize requires restart"))
                (todo.start_init if record.name in initial else todo.start).append(container)
            elif container is not None:
                self._node.runtime.resize(record.id, *_sizes(container))
        sizes.actual = sizes.given
        self._node.clock.call_later(self._node.until_seen(), state.wake)

    def _find_pull_secrets(self) -> None:
        state, find = self._state, self._node.lookup.secret
        named = [one.name for one in pods.spec(state.view).imagePullSecrets or () if one.name]
        missing = ", ".join(name for name in named if find(name, state.pod.namespace) is None)
        if missing:
            self._result.complains = True
            told = f"Unable to retrieve some image pull secrets ({missing}); "
            state.tell(
                "Warning", "FailedToRetrieveImagePullSecret", told + "attempting to pull the image may not succeed."
            )

    def _has_started(self, record: object) -> bool:
        name = getattr(record, "name", "")
        return self._probes.started(name, True)

    async def _end(self) -> None:
        """Nothing of the pod is to run any more: what still does is ended, and then seen to have ended."""
        if not self._node.runtime.pod(self._state.uid).running:
            self._result.over = True
            return
        await termination.stop_pod(self._state, None)
        self._node.request_relist(self._state.uid)

    async def _create_sandbox(self) -> bool:
        state, spec = self._state, pods.spec(self._state.view)
        config = SandboxConfig(
            state.uid,
            state.pod.namespace,
            state.pod.name,
            network_files.hostname(state),
            self._node.name,
            self._node.address if spec.hostNetwork else "",
            state.pod.annotations,
            {one.name: one.value for one in (spec.securityContext.sysctls or () if spec.securityContext else ())},
        )
        try:
            await self._node.runtime.run_sandbox(config)
        except RuntimeFailure as error:
            state.tell("Warning", "FailedCreatePodSandBox", f"Failed to create pod sandbox: {error}")
            self._result.failed = True
            return False
        state.sandbox_started()
        return True

    async def _start_all(self, todo: Actions) -> None:
        for ephemeral in todo.start_ephemeral:
            await self._start(ephemeral)
        for container in todo.start_init:
            if not await self._start(container) and not pods.is_sidecar(container):
                return
        for container in todo.start:
            await self._start(container)

    async def _start(self, container: Container | EphemeralContainer) -> bool:
        """Start one container; what keeps it from starting is told at the next look."""
        reason = self._back_off(container) or await self._try_start(container)
        if reason is None:
            self._state.reasons.pop(container.name, None)
            self._result.started = True
            return True
        self._state.reasons[container.name] = reason
        self._result.failed = True
        return False

    def _back_off(self, container: Container | EphemeralContainer) -> Reason | None:
        exited = self._seen.latest_exited(container.name)
        if exited is None:
            return None
        state, back_off, now = self._state, self._node.crash_back_off, self._node.clock.now()
        key = back_off_key(state.uid, container)
        ends = back_off.ends(key, exited.finished, now)
        if ends is None:
            back_off.next(key, exited.finished, now)
            return None
        pod = f"{state.pod.name}_{state.pod.namespace}({state.uid})"
        state.tell(
            "Warning", "BackOff", f"Back-off restarting failed container {container.name} in pod {pod}", container.name
        )
        retry_at = self._result.retry_at
        self._result.retry_at = ends if retry_at is None else min(retry_at, ends)
        length = _go_seconds(back_off.seconds(key))
        return Reason("CrashLoopBackOff", f"back-off {length} restarting failed container={container.name} pod={pod}")

    async def _try_start(self, container: Container | EphemeralContainer) -> Reason | None:
        """Image, configuration, container, process, hook: the first that fails is the reason."""
        state, name = self._state, container.name

        def tell(type: str, reason: str, message: str) -> None:
            state.tell(type, reason, message, name)

        for image, policy in volumes.images(state, container):
            pulled = await self._node.images.ensure(state.uid, image, policy or "IfNotPresent", tell)
            if isinstance(pulled, Reason):
                tell("Warning", "Failed", ERROR_PREFIX + pulled.reason)
                return pulled
        try:
            config = self._config(container)
        except environment.ConfigError as error:
            tell("Warning", "Failed", f"{ERROR_PREFIX}{error}")
            return Reason("CreateContainerConfigError", str(error))
        try:
            id = await self._node.runtime.create(state.uid, config)
        except RuntimeFailure as error:
            tell("Warning", "Failed", f"{ERROR_PREFIX}{error}")
            return Reason("CreateContainerError", str(error))
        tell("Normal", "Created", "Container created")
        try:
            await self._node.runtime.start(id)
        except StartError as error:
            tell("Warning", "Failed", f"{ERROR_PREFIX}{error}")
            self._node.request_relist(state.uid)
            return Reason("RunContainerError", str(error))
        tell("Normal", "Started", "Container started")
        if container.lifecycle and container.lifecycle.postStart:
            self._node.request_relist(state.uid)  # the hook may last until others have seen the container run
        return await self._post_start(container, id)

    async def _post_start(self, container: Container | EphemeralContainer, id: str) -> Reason | None:
        record = next(one for one in self._node.runtime.pod(self._state.uid).containers if one.id == id)
        inflict(self._faults, self._state, record)
        failure = await hooks.post_start(self._state, record, container)
        if not failure:
            return None
        grace = termination.grace_of(self._state, None)
        await termination.stop_container(self._state, record, "FailedPostStartHook", grace)
        return Reason("PostStartHookError", failure)

    def _config(self, container: Container | EphemeralContainer) -> ContainerConfig:
        state = self._state
        variables = environment.compose(state, container)
        latest = self._seen.latest(container.name)
        expand = environment.expand
        return ContainerConfig(
            container.name,
            container.image or "",
            identity(container),
            latest.attempt + 1 if latest else 0,
            tuple(expand(word, variables) for word in container.command or ()),
            tuple(expand(word, variables) for word in container.args or ()),
            variables,
            container.workingDir or "",
            ports.declared(container),
            self._mounts(container, variables),
            (container.lifecycle.stopSignal or "") if container.lifecycle else "",
            bool(container.stdin),
            bool(container.tty),
            container.terminationMessagePath or "/dev/termination-log",
            *security.identity(state, container),
            *_sizes(container),
            container.terminationMessagePolicy == "FallbackToLogsOnError",
            udp_ports=ports.declared(container, ports.UDP),
            probed_ports=ports.probed(container),
            runs_to_completion=_runs_to_completion(pods.spec(state.view), container),
        )

    def _mounts(self, container: Container | EphemeralContainer, variables: dict[str, str]) -> dict[str, MountedFiles]:
        """The container's volumes, and files that all containers of the pod share unless a volume covers them."""
        state = self._state
        if not state.etc:
            address = self._node.runtime.pod(state.uid).sandbox
            texts = network_files.files(state, address.ip if address else "")
            state.etc.update({path: VolumeFiles({"": text}) for path, text in texts.items()})
        return {**state.etc, **volumes.container_mounts(state, container, variables)}


def _runs_to_completion(spec: PodSpec, container: Container | EphemeralContainer) -> bool:
    """Whether the pod expects the container to end by itself: it comes before others, or is not to be restarted."""
    if any(one.name == container.name for one in spec.initContainers or ()):
        return getattr(container, "restartPolicy", None) != "Always"
    return spec.restartPolicy in ("Never", "OnFailure") and not ports.declared(container)


def _sizes(container: Container | EphemeralContainer) -> tuple[int, float, float]:
    """The limits of memory in bytes and of processors in cores, 0 for none, and the cores that are promised."""
    resources = container.resources or ResourceRequirements()
    limits, requests = resources.limits or {}, resources.requests or {}
    return (
        int(quantity.parse(limits.get("memory", "0"))),
        float(quantity.parse(limits.get("cpu", "0"))),
        float(quantity.parse(requests.get("cpu", "0"))),
    )


def _go_seconds(seconds: float) -> str:
    """10s, 1m20s, 5m0s: as Go prints whole seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
