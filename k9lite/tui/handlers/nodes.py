"""Cordon, uncordon, drain; and faults, which break nodes and pods on purpose."""

import asyncio
from typing import Any

from k9lite.api import kinds
from k9lite.api.object import Object
from k9lite.tui.keys.context import ActionContext, Handler
from k9lite.tui.screens.form import Field, Form
from k9lite.tui.screens.map_screen import MapScreen
from k9lite.tui.screens.menu import Menu
from k9lite.tui.widgets.pod_map import PodMap
from k9lite.tui.writes import operations
from k9lite.tui.writes.drain import Draining, DrainOptions, Plan, drain, plan

# What can befall a kind: the type of the fault, and what it does, in words.
FAULTS: dict[str, tuple[tuple[str, str], ...]] = {
    "Node": (("NodeDown", "Fail: it falls silent; lost after 50 s, its pods leave 300 s later"),),
    "Pod": (
        ("Crash", "Crash: its container exits"),
        ("Hang", "Hang: it neither answers nor stops on SIGTERM"),
        ("NotReady", "Not ready: its readiness probe fails"),
    ),
}


async def cordon(context: ActionContext) -> None:
    for node in context.objects:
        await operations.cordon(context.cluster.client, node, True)


async def uncordon(context: ActionContext) -> None:
    for node in context.objects:
        await operations.cordon(context.cluster.client, node, False)


async def ask_drain(context: ActionContext) -> None:
    nodes = context.objects
    going_on = [found for node in nodes if (found := context.cluster.drains.get(node.name))]
    if going_on:
        await _ask_stop(context, nodes, going_on)
        return
    on_nodes = [context.cluster.of(kinds.POD).indexed("node", node.name) for node in nodes]
    fields = [
        Field("ignore_daemon_sets", "Ignore DaemonSets", "yes", switch=True),
        Field("delete_empty_dir", "Lose emptyDir data", "", switch=True),
        Field("force", "Pods without owner too", "", switch=True),
    ]
    text = f"No new pod gets in, and {sum(map(len, on_nodes))} pods are evicted as disruption budgets allow."
    form = Form(
        f"Drain {operations.several(nodes)}?",
        f"{text}\n{operations.names(nodes)}".rstrip(),
        fields,
        ok="Drain",
        danger=True,
    )
    answer = await context.app.push_screen_wait(form)
    if answer is not None:
        options = DrainOptions(**{name: value == "yes" for name, value in answer.items()})
        for node, on_node in zip(nodes, on_nodes, strict=True):
            await _drain(context, node, plan(on_node, options))


async def _drain(context: ActionContext, node: Object[Any], planned: Plan) -> None:
    """Its row says how far it is."""
    cluster, task = context.cluster, asyncio.current_task()
    assert task is not None
    cluster.drains[node.name] = going_on = Draining(task)
    try:
        pods = cluster.of(kinds.POD)
        await drain(cluster.client, pods, cluster.clock, node, planned, lambda said: setattr(going_on, "said", said))
    finally:
        del cluster.drains[node.name]
    context.app.notify(f"{operations.label(node)} drained", markup=False)


async def _ask_stop(context: ActionContext, nodes: list[Object[Any]], going_on: list[Draining]) -> None:
    text = "What was evicted stays away, and no new pod gets in until it is uncordoned."
    title = f"Stop draining {operations.several(nodes)}?"
    if await context.app.push_screen_wait(Form(title, text, ok="Stop")) is not None:
        for draining in going_on:
            draining.task.cancel()


async def faults(context: ActionContext) -> None:
    """Offer to inject what can befall the object, and to lift what already has."""
    obj = context.obj
    present = context.cluster.of(kinds.FAULT).indexed("target", f"{obj.kind.kind}/{obj.key}")
    injected = {fault.view.spec.type for fault in present if fault.view.spec}
    options = [(f"lift {fault.name}", f"Recover: lift {fault.view.spec.type}") for fault in present if fault.view.spec]
    options += [(type, text) for type, text in FAULTS.get(obj.kind.kind, ()) if type not in injected]
    chosen = await context.app.push_screen_wait(Menu(f"Faults of {operations.label(obj)}", options))
    if chosen is None:
        return
    lifted = next((fault for fault in present if chosen == f"lift {fault.name}"), None)
    if lifted is not None:
        await operations.lift(context.cluster.client, lifted)
    else:
        await operations.inject(context.cluster.client, obj, chosen)


def show_map(context: ActionContext) -> None:
    context.app.push_screen(MapScreen(context.cluster))


def _along_cells(step: int) -> Handler:
    def go(context: ActionContext) -> None:
        if isinstance(context.place, PodMap):
            context.place.move_cell(step)

    return go


HANDLERS: dict[str, Handler] = {
    "map": show_map,
    "cell-left": _along_cells(-1),
    "cell-right": _along_cells(1),
    "cordon": cordon,
    "uncordon": uncordon,
    "drain": ask_drain,
    "faults": faults,
}
