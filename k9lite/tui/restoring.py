"""What was on the screen last time is there again: theme, pane, filters, view, namespaces, port-forwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.client.forward_target import ForwardTarget
from k9lite.client.port_forward import PortForward
from k9lite.tui.keys.context import Session
from k9lite.tui.live.cluster import LiveCluster
from k9lite.tui.screens.full import FullScreen
from k9lite.tui.screens.overview import Overview
from k9lite.tui.session import memory
from k9lite.tui.session.memory import Forwarding, Habits, Layout
from k9lite.tui.widgets.kind_table import KindTable


class Memory:
    """Reads at the start and writes at the end; nothing at all without a state folder."""

    def __init__(self, state: Path | None, folder: Path | None) -> None:
        self._files = (memory.habits_file(state), memory.layout_file(state, folder)) if state is not None else None
        self.habits = memory.load(self._files[0], Habits) if self._files else Habits()
        self.layout = memory.load(self._files[1], Layout) if self._files else Layout()

    @property
    def is_new_user(self) -> bool:
        """Whether the first hints may help."""
        return self._files is not None and self.habits.keys_pressed < memory.HINTS_UNTIL

    def save(self) -> None:
        """OSError where the state folder cannot be written."""
        if self._files:
            memory.save(self._files[0], self.habits)
            memory.save(self._files[1], self.layout)


def arrange(overview: Overview, layout: Layout) -> None:
    """Give the overview the filters and the pane it had."""
    for name, text in layout.filters.items():
        if name in overview.panes:
            overview.panes[name].set_filter(text)
    overview.focus_pane(layout.pane)
    if layout.maximised:
        overview.maximise_pane()


def note(overview: Overview, top: object, session: Session, layout: Layout) -> None:
    """Take down how things are now; `top` is the screen that is seen."""
    layout.filters = {name: pane.bar.value for name, pane in overview.panes.items() if pane.bar.value}
    layout.maximised = bool(overview.maximised)
    here = overview.pane_of(overview.focused)
    layout.pane = here.number if here is not None else layout.pane
    layout.namespaces = dict(session.namespaces.used)
    table = top.pane.content if isinstance(top, FullScreen) else None
    layout.view, layout.namespace = "", ""
    if isinstance(table, KindTable):
        layout.view, layout.namespace = table.view.kind.resource, table.namespace
    layout.forwards = [_forwarding(forward, session.cluster) for forward in session.forwards]


def _forwarding(forward: PortForward, cluster: LiveCluster) -> Forwarding:
    target = _lasting(forward.target, cluster)
    return Forwarding(target.kind.resource, target.namespace, target.name, forward.port, forward.local_port)


def _lasting(target: ForwardTarget, cluster: LiveCluster) -> ForwardTarget:
    """In place of a pod of a deployment, the deployment: next time its pods have other names."""
    if target.kind is not kinds.POD:
        return target
    owner: Object[Any] | None = cluster.of(kinds.POD).get(target.name, target.namespace)
    for informer in (cluster.of(kinds.REPLICA_SET), cluster.of(kinds.DEPLOYMENT)):
        reference = owner.meta.controller if owner is not None else None
        owner = informer.get(reference.name, target.namespace) if reference is not None else None
    return target if owner is None else ForwardTarget(owner.kind, owner.namespace, owner.name)


def targets(layout: Layout, session: Session) -> Iterator[tuple[ForwardTarget, Forwarding]]:
    """The port-forwards to open again, as far as this cluster has their kinds."""
    for kept in layout.forwards:
        kind = session.cluster.client.kinds.named(kept.kind)
        if kind is not None:
            yield ForwardTarget(kind, kept.namespace, kept.name), kept
