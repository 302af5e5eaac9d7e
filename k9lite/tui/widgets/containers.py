"""The containers of one pod; they follow it as it changes."""

from typing import Any

from lightkube.models.core_v1 import Container, ContainerStatus, Pod

from k9lite.api import kinds, pods
from k9lite.api.object import Object
from k9lite.tui.display.columns import Cell, Column
from k9lite.tui.display.tones import State, state
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.session.place import Place
from k9lite.tui.widgets.browsing import BrowsingTable

COLUMNS = (
    Column("", rank=0, least=1, most=1),
    Column("NAME", rank=0, least=12, most=40, middle=True),
    Column("STATE", rank=0, least=9, most=24),
    Column("READY", rank=1),
    Column("RESTARTS", rank=2, right=True),
    Column("IMAGE", rank=1, least=12, most=60),
    Column("PORTS", rank=3, most=30),
    Column("PROBES", rank=4, most=30),
    Column("INIT", rank=5),
)


def container_state(status: ContainerStatus | None) -> State:
    """How a container is, in the words of the kubelet."""
    told = status.state if status is not None else None
    if status is None or told is None:
        return state("Waiting", "busy")
    if told.running is not None:
        return state("Running", "good" if status.ready else "busy")
    if told.terminated is not None:
        return state(told.terminated.reason or "Terminated", "bad" if told.terminated.exitCode else "gone")
    reason = (told.waiting.reason if told.waiting else "") or "Waiting"
    return state(reason, "busy" if reason in ("ContainerCreating", "PodInitializing", "Waiting") else "bad")


def row(container: Container, status: ContainerStatus | None, *, init: bool) -> tuple[Cell, ...]:
    shown = container_state(status)
    restarts = status.restartCount if status is not None else 0
    ports = ",".join(f"{port.containerPort}/{port.protocol or 'TCP'}" for port in container.ports or ())
    probes = [name for name in ("startup", "liveness", "readiness") if getattr(container, f"{name}Probe") is not None]
    return (
        Cell(shown.glyph, shown.tone),
        Cell(container.name),
        Cell(shown.word, shown.tone),
        Cell("yes" if status is not None and status.ready else "no"),
        Cell(str(restarts), "warn" if restarts else "muted", restarts),
        Cell(container.image or ""),
        Cell(ports, "muted"),
        Cell(",".join(probes), "muted"),
        Cell("yes" if init else "", "muted"),
    )


class Containers(BrowsingTable, Place):
    """Its `selected` is the pod; `container` is which of its containers the cursor is on."""

    place_name = "containers"
    scope = "container"

    def __init__(self, pod: Object[Pod], cluster: LiveCluster) -> None:
        super().__init__(COLUMNS, empty="no container")
        self._pod, self._cluster = pod, cluster

    def on_mount(self) -> None:
        self._cluster.of(kinds.POD).add_handler(self._changed)

    def on_unmount(self) -> None:
        self._cluster.of(kinds.POD).remove_handler(self._changed)
        self._cluster.frames.forget(self._refill)

    @property
    def selected(self) -> Object[Any] | None:
        return self._cluster.of(kinds.POD).get(self._pod.name, self._pod.namespace)

    @property
    def container(self) -> str:
        """The name of the container under the cursor."""
        return str(self.cursor[1]) if self.cursor is not None else ""

    def _changed(self, old: Object[Pod] | None, new: Object[Pod] | None) -> None:
        if new is not None and new.key == self._pod.key:
            self._pod = new
            self._cluster.frames.request(self._refill)

    def _refill(self) -> None:
        pod = self._pod.view
        spec, status = pods.spec(pod), pod.status
        said = [*(status.initContainerStatuses or ()), *(status.containerStatuses or ())] if status else []
        statuses = {one.name: one for one in said}
        init = spec.initContainers or []
        for number, container in enumerate((*init, *spec.containers)):
            cells = row(container, statuses.get(container.name), init=number < len(init))
            self.put((number, container.name), cells)
        self.paint()
